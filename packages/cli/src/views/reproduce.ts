import { count, counted, formatTable, printable } from "../output/table.ts";
import type { ResultOf, ViewMaker } from "./view.ts";

const verdicts = {
  same_bytes: "the same file, bit for bit",
  same_graph: "the same weights, bit for bit, with another card",
  same_losses: "the same losses, bit for bit",
  within_tolerance: "not the same bits, but within tolerance",
  different: "different",
} as const;

/** The verdict in words, then what was compared. */
export const reproduceView: ViewMaker<ResultOf<"reproduce">> = ({ style }) => ({
  item({ model, recipe, verdict, threads, steps, compared, path, sha256, expected_sha256 }) {
    const color = { different: style.red, within_tolerance: style.yellow } as const;
    const paint = verdict === "different" || verdict === "within_tolerance" ? color[verdict] : style.green;
    const rows = compared.map(({ name, recorded, reproduced, basis, within }) => [
      `  ${printable(name)}`,
      String(recorded),
      String(reproduced),
      within ? style.dim(basis) : style.red(`outside of ${basis}`),
    ]);
    const head = ["", "recorded", "reproduced", ""].map((cell) => style.dim(cell));
    const by = threads === null ? "" : `, ${counted(threads, "thread")}`;
    return [
      `${style.bold(printable(model))}  ${paint(verdicts[verdict])}  ${style.dim(`${count(steps)} steps of ${printable(recipe)}${by}`)}\n`,
      rows.length === 0 ? "" : formatTable([head, ...rows], { right: [1, 2] }),
      path === null
        ? ""
        : style.dim(`  ${printable(path)} ${sha256?.slice(0, 12)}, expected ${expected_sha256.slice(0, 12)}`),
      path === null ? "" : "\n",
    ].join("");
  },
  end: () => "",
});
