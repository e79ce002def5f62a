import type { DatasetCheck } from "@foveajs/operations";
import type { Style } from "../output/style.ts";
import { bar, count, counted, duration, formatPairs, formatTable, printable } from "../output/table.ts";
import type { ResultOf, ViewMaker } from "./view.ts";

/** A line a reader. */
export const datasetsView: ViewMaker<ResultOf<"datasets">> = ({ style }) => ({
  item: ({ name, summary }) => formatPairs([[style.bold(name.padEnd(12)), summary]]),
  end: () => style.dim("fovea datasets check DIR looks for copies, leaks and contradictions in them.\n"),
});

type Copies = Extract<DatasetCheck, { type: "copies" }>;

/** Copies and groups that are told one by one; of more there is a count. */
const mostTold = 20;

/** The folders with their classes, the gravest copies, the groups across splits, and what it comes to. */
export const checkDatasetsView: ViewMaker<DatasetCheck> = ({ style }) => {
  const told = { copies: 0, group: 0 };
  const only = (type: keyof typeof told, line: string): string => (told[type]++ < mostTold ? `${line}\n` : "");
  const more = (type: keyof typeof told): string =>
    told[type] > mostTold ? `${style.dim(`... and ${count(told[type] - mostTold)} more; --json tells all`)}\n` : "";
  return {
    item(result) {
      switch (result.type) {
        case "folder":
          return folderText(result, style);
        case "unreadable":
          return ""; // its error is told
        case "copies":
          return only("copies", copiesLine(result, style));
        case "group":
          return `${told.group === 0 ? more("copies") : ""}${only("group", groupLine(result, style))}`;
        case "summary":
          return `${told.group === 0 ? more("copies") : more("group")}${summaryText(result, style)}`;
      }
    },
    end: () => "",
  };
};

function folderText(
  { folder, reader, pictures, unreadable, classes }: Extract<DatasetCheck, { type: "folder" }>,
  style: Style,
): string {
  const parts = Object.entries(pictures).map(([split, number]) => `${count(number)} ${split}`);
  const bad = unreadable === 0 ? "" : `, ${style.red(`${count(unreadable)} unreadable`)}`;
  const head = `${style.bold(printable(folder))}  ${parts.join(", ")}${bad}  ${style.dim(`read by ${reader}`)}\n`;
  const tables = Object.entries(classes).map(([task, names]) => {
    const sums = Object.entries(names).map(([name, splits]) => [name, splits, sumOf(splits)] as const);
    const most = Math.max(1, ...sums.map(([, , sum]) => sum));
    const rows = sums.map(([name, splits, sum]) => [
      `    ${printable(name)}`,
      sum === 0 ? style.red("0") : count(sum),
      style.cyan(bar(sum / most, 20)),
      style.dim(
        Object.entries(splits)
          .map(([split, number]) => `${count(number)} ${split}`)
          .join(", "),
      ),
    ]);
    return `  ${printable(task)}\n${formatTable(rows, { right: [1] })}`;
  });
  return `${head}${tables.join("")}`;
}

const sumOf = (splits: Readonly<Record<string, number>>): number =>
  Object.values(splits).reduce((sum, number) => sum + number, 0);

function copiesLine({ kind, similarity, mirrored, leaks, conflicts, first, second }: Copies, style: Style): string {
  const what = kind === "exact" ? "exact copy" : `near copy ${similarity.toFixed(3)}${mirrored ? ", mirrored" : ""}`;
  const marks = [
    ...(leaks ? [style.red("leaks")] : []),
    ...conflicts.map((one) => style.yellow(printable(`${one.task}: ${one.first} or ${one.second}`))),
  ];
  const names = [first, second].map(({ folder, id, split }) => `${printable(`${folder} ${id}`)} ${style.dim(split)}`);
  return [what, ...marks, names.join(style.dim(" = "))].join("  ");
}

function groupLine({ dataset, group, splits }: Extract<DatasetCheck, { type: "group" }>, style: Style): string {
  const parts = Object.entries(splits).map(([split, number]) => `${count(number)} ${split}`);
  return `${style.red("leaks")}  group ${printable(group)} of ${printable(dataset)}: ${parts.join(", ")}`;
}

function summaryText(summary: Extract<DatasetCheck, { type: "summary" }>, style: Style): string {
  const { pictures, unreadable, exact_copies, near_copies, label_conflicts, leaking_copies, leaking_groups } = summary;
  const leaks = [
    ...(leaking_copies === 0 ? [] : [counted(leaking_copies, "pair of copies", "pairs of copies")]),
    ...(leaking_groups === 0 ? [] : [counted(leaking_groups, "group")]),
  ];
  const verdict =
    leaks.length === 0 ? style.green("nothing leaks across splits") : style.red(`${leaks.join(" and ")} across splits`);
  const found = [
    counted(pictures, "picture"),
    counted(exact_copies, "exact copy", "exact copies"),
    counted(near_copies, "near copy", "near copies"),
    counted(label_conflicts, "label conflict"),
    ...(unreadable === 0 ? [] : [style.red(`${count(unreadable)} unreadable`)]),
    duration(summary.milliseconds),
  ];
  const sheet = summary.sheet === undefined ? "" : `${style.dim(`drawn in ${printable(summary.sheet)}`)}\n`;
  return `${sheet}${style.dim("total:")} ${found.join(", ")}\n${verdict}\n`;
}
