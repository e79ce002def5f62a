import { bytes, formatTable, printable } from "../output/table.ts";
import type { ResultOf, ViewMaker } from "./view.ts";

/** What the file is, then a table: size, time and each metric before and after. */
export const exportView: ViewMaker<ResultOf<"export">> = ({ style }) => ({
  item({ model, path, note, measured, not_measured, input, before, after, largest_difference, tolerance, sha256 }) {
    const ratio = (from: number, to: number) => style.dim(`${(to / from).toFixed(2)} x`);
    const names = Object.keys(before.metrics).filter((name) => name in after.metrics);
    const rows = [
      ["", "before", "after", ""].map((cell) => style.dim(cell)),
      ["  size", bytes(before.size_bytes), bytes(after.size_bytes), ratio(before.size_bytes, after.size_bytes)],
      ...(before.milliseconds === null || after.milliseconds === null
        ? []
        : [
            [
              "  ms a picture",
              before.milliseconds.toFixed(2),
              after.milliseconds.toFixed(2),
              ratio(before.milliseconds, after.milliseconds),
            ],
          ]),
      ...names.map((name) => {
        const [from, to] = [before.metrics[name]!, after.metrics[name]!];
        const change = to - from;
        return [`  ${printable(name)}`, from.toFixed(4), to.toFixed(4), `${change < 0 ? "" : "+"}${change.toFixed(4)}`];
      }),
    ];
    const on = measured
      ? `measured on ${printable(measured.data)}`
      : style.yellow(`not measured: ${printable(not_measured ?? "no pictures were named")}`);
    const golden =
      largest_difference === null
        ? "outputs not compared"
        : tolerance === null
          ? `outputs of noise off by ${largest_difference.toPrecision(2)}`
          : `golden output off by ${largest_difference.toPrecision(2)}, tolerance ${tolerance.toPrecision(2)}`;
    return [
      `${style.bold(printable(path))}  from ${printable(model)}\n`,
      `  ${printable(note)}\n`,
      formatTable(rows, { right: [1, 2, 3] }),
      `  ${on}${input.length === 0 ? "" : `; time of an input ${input.join(" x ")}`}\n`,
      style.dim(`  ${golden}; sha256 ${sha256.slice(0, 12)}`),
      "\n",
    ].join("");
  },
  end: () => "",
});
