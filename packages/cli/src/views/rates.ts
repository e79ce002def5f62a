import { lineChart } from "../output/chart.ts";
import type { Style } from "../output/style.ts";
import type { ResultOf } from "./view.ts";

type Rates = Extract<ResultOf<"train">, { type: "rates" }>;

/** The smoothed loss over the learning rate, and the rate that follows. */
export function ratesText({ points, suggestion, ended, source }: Rates, style: Style): string {
  if (points.length === 0) return "the loss was not finite from the first step on\n";
  const chart = lineChart(
    points.map(({ rate, smoothed }) => ({ x: Math.log10(rate), y: smoothed })),
    {
      labelX: (x) => (10 ** x).toPrecision(2),
      mark: suggestion ? Math.log10(suggestion.rate) : undefined,
    },
  );
  const told = suggestion
    ? `${style.bold(`rate ${suggestion.rate.toPrecision(2)}`)} of the first group, ${suggestion.factor.toPrecision(2)} times the recipe's rates`
    : style.yellow("no rate: the loss never fell");
  const end = ended === "diverged" ? "the loss rose out of hand and the ramp ended" : "the ramp was gone through";
  return `smoothed loss over the learning rate of the first group\n${chart}${told}\n${style.dim(`${end}; ${source}`)}\n`;
}
