import { counted, formatTable, printable } from "../output/table.ts";
import type { ResultOf, ViewMaker } from "./view.ts";

/** A paragraph a mode: what was scored on what, then a line a metric with its interval. */
export const evaluateView: ViewMaker<ResultOf<"evaluate">> = ({ style }) => ({
  item({ protocol, mode, split, split_check, missed, metrics, threshold, leak_check, model, seed, commit, report }) {
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
      `split ${split.sha256.slice(0, 12)}${split_check === "not an official part" ? "" : ` (${split_check})`}`,
      `model ${model.sha256.slice(0, 12)}`,
      `95 % bootstrap, seed ${seed}`,
      ...(commit === null ? [] : [`commit ${commit.slice(0, 12)}${commit.endsWith("-dirty") ? "-dirty" : ""}`]),
    ];
    const page = report === undefined ? "" : `  report ${printable(report)}\n`;
    const notes = [
      ...(split_check === "not an official part"
        ? [style.yellow(`not an official part: ${counted(split.count, "row")}, sha256 ${split.sha256}`)]
        : []),
      ...(threshold === undefined ? [] : [thresholdText(threshold)]),
      ...(leak_check === "no list in the card"
        ? [style.yellow("not checked for leaks: the model's file does not list the pictures that it was trained on")]
        : []),
      ...(leak_check.startsWith("left out") ? [style.yellow(`trained on part of the split: ${leak_check}`)] : []),
    ].map((note) => `  ${note}\n`);
    return `${head.join("  ")}\n${formatTable(rows, { right: [1] })}${notes.join("")}${style.dim(`  ${trace.join(", ")}`)}\n${page}`;
  },
  end: () => "",
});

const thresholdText = ({ value, target, reached, split }: NonNullable<ResultOf<"evaluate">["threshold"]>): string =>
  `threshold ${number(value)}, chosen on ${printable(split.name)} (${split.sha256.slice(0, 12)}) for at most ${target} false positives: ${number(reached)} there`;

/** Four digits after the point: hundredths of a per cent. */
const number = (value: number): string => value.toFixed(4);
