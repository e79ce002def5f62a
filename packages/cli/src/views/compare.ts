import { counted, formatTable, printable } from "../output/table.ts";
import type { ResultOf, ViewMaker } from "./view.ts";

/** A paragraph a mode: a line a metric with both values, the difference, and whether it is more than noise. */
export const compareView: ViewMaker<ResultOf<"compare">> = ({ style }) => ({
  item({ protocol, mode, split, first, second, basis, units, metrics, seed }) {
    const head = [
      `${style.bold(printable(first.name))} and ${style.bold(printable(second.name))}`,
      `by ${protocol}, ${split.name}`,
      mode,
      counted(split.count, "sample"),
    ];
    const better = { first: `${first.name} is better`, second: `${second.name} is better` };
    const names =
      first.name === second.name ? { first: "the first is better", second: "the second is better" } : better;
    const rows = Object.entries(metrics).map(([name, compared]) => {
      const { interval, p_value, mcnemar, verdict, reason } = compared;
      const [low, high] = interval;
      const texts = {
        first: style.green(printable(names.first)),
        second: style.green(printable(names.second)),
        noise: style.yellow("noise: no difference beyond chance"),
        unknown: style.dim("cannot be told"),
      };
      const tests = [
        ...(p_value === null ? [] : [`p ${probability(p_value)}`]),
        ...(mcnemar?.p_value == null
          ? []
          : [`McNemar ${mcnemar.only_first}:${mcnemar.only_second} p ${probability(mcnemar.p_value)}`]),
      ];
      return [
        `  ${printable(name)}`,
        number(compared.first),
        number(compared.second),
        style.bold(signed(compared.difference)),
        low === null || high === null ? "" : style.dim(`${signed(low)} to ${signed(high)}`),
        style.dim(tests.join(", ")),
        [texts[verdict], ...(reason === undefined ? [] : [style.dim(printable(reason))])].join("  "),
      ];
    });
    const trace =
      basis === "paired"
        ? `paired over ${counted(units ?? 0, "unit")}: 95 % bootstrap and permutation test, seed ${seed}; the more metrics, the more is significant by chance: name the one that decides beforehand`
        : "one of the files does not tell its samples (evaluate --outcomes): only intervals are compared, and intervals that overlap say nothing";
    return `${head.join("  ")}\n${formatTable(rows, { right: [1, 2, 3] })}${style.dim(`  ${trace}`)}\n`;
  },
  end: () => "",
});

const number = (value: number | null): string => (value === null ? "undefined" : value.toFixed(4));

const signed = (value: number | null): string =>
  value === null ? "" : `${value < 0 ? "-" : "+"}${Math.abs(value).toFixed(4)}`;

const probability = (value: number): string => (value < 0.001 ? "< 0.001" : value.toFixed(3));
