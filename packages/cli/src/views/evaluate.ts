import { counted, formatTable, printable } from "../output/table.ts";
import type { ResultOf, ViewMaker } from "./view.ts";

/** A paragraph a mode: what was scored on what, then a line a metric with its interval. */
export const evaluateView: ViewMaker<ResultOf<"evaluate">> = ({ style }) => ({
  item({ protocol, mode, split, missed, metrics, model, seed, commit }) {
    const ways = { direct: "annotated faces", end_to_end: "whole pictures" };
    const head = [
      style.bold(printable(model.name)),
      `by ${protocol}, ${split.name}`,
      `${mode} (${ways[mode]})`,
      counted(split.count, "sample"),
      ...(missed === 0 ? [] : [style.yellow(`${missed} missed`)]),
    ];
    const rows = Object.entries(metrics).map(
      ([
        name,
        {
          value,
          interval: [low, high],
          reason,
        },
      ]) => [
        `  ${printable(name)}`,
        value === null ? style.dim("undefined") : style.bold(number(value)),
        low === null || high === null ? "" : style.dim(`${number(low)} to ${number(high)}`),
        reason === undefined ? "" : style.dim(printable(reason)),
      ],
    );
    const trace = [
      `split ${split.sha256.slice(0, 12)}`,
      `model ${model.sha256.slice(0, 12)}`,
      `95 % bootstrap, seed ${seed}`,
      ...(commit === null ? [] : [`commit ${commit.slice(0, 12)}${commit.endsWith("-dirty") ? "-dirty" : ""}`]),
    ];
    return `${head.join("  ")}\n${formatTable(rows, { right: [1] })}${style.dim(`  ${trace.join(", ")}`)}\n`;
  },
  end: () => "",
});

/** Four digits after the point: hundredths of a per cent. */
const number = (value: number): string => value.toFixed(4);
