import type { Style } from "../output/style.ts";
import { counted, formatTable, printable } from "../output/table.ts";
import type { ResultOf, ViewMaker } from "./view.ts";

type Job = Extract<ResultOf<"sweep">, { type: "job" }>;
type Summary = Extract<ResultOf<"sweep">, { type: "summary" }>;

/** A line for each job that ends, then the table. */
export const sweepView: ViewMaker<ResultOf<"sweep">> = ({ style }) => ({
  item: (event) => (event.type === "job" ? jobText(event, style) : summaryText(event, style)),
  end: () => "",
});

/** "job 3/12 done ...": what it reached, or why it failed. */
export function jobText({ id, state, number, jobs, metrics, error }: Job, style: Style): string {
  if (state === "started") return "";
  const words = { done: style.green("done"), done_before: style.dim("done before"), failed: style.red("failed") };
  const reached = Object.entries(metrics ?? {}).map(([name, value]) => `${printable(name)} ${value.toFixed(4)}`);
  const parts = [
    `job ${number}/${jobs}`,
    words[state],
    style.bold(printable(id)),
    ...reached,
    ...(error ? [printable(error.code)] : []),
  ];
  return `${parts.join("  ")}\n`;
}

/** A table of points, each with its metrics, mean and interval. */
export function summaryText({ jobs, done, rows, note, json, csv, name }: Summary, style: Style): string {
  const paths = Object.keys(rows[0]?.values ?? {});
  const head = [...paths.map((path) => printable(path)), "seeds", "metric", "mean", "95 % interval"];
  const lines = rows.flatMap(({ values, seeds, metrics }) => {
    const point = [...paths.map((path) => printable(textOf(values[path]))), String(seeds.length)];
    const measured = Object.entries(metrics).map(([metric, { mean, interval }]) => [
      printable(metric),
      style.bold(mean.toFixed(4)),
      interval ? `${interval[0].toFixed(4)} to ${interval[1].toFixed(4)}` : style.dim("none"),
    ]);
    // a point is named once
    const blank = point.map(() => "");
    return measured.length === 0
      ? [[...point, style.dim("not done"), "", ""]]
      : measured.map((cells, index) => [...(index === 0 ? point : blank), ...cells]);
  });
  return [
    `${style.bold(printable(name))}: ${done} of ${counted(jobs, "job")} done\n`,
    formatTable([head.map((cell) => style.dim(cell)), ...lines], { right: [paths.length, paths.length + 2] }),
    style.dim(`${note}; ${printable(json)}, ${printable(csv)}`),
    "\n",
  ].join("");
}

const textOf = (value: unknown): string => (typeof value === "string" ? value : JSON.stringify(value));
