import { concordanceCorrelation, nameText, plainText, type ReportSection } from "@foveajs/evaluation";
import type { Predicted, Regression } from "@foveajs/vision";
import type { FindingContext } from "./finding-context.ts";

/** A scatter of each number, and the samples whose numbers are furthest off. */
export function valueFindings(
  { values }: Regression,
  predicted: Predicted,
  { limits }: FindingContext,
): readonly ReportSection[] {
  const columns = values.map((name, column) => ({ name, pairs: pairsOf(predicted, column) }));
  const wrong = columns
    .flatMap(({ name, pairs }) => {
      const spread = deviation(pairs.map(({ target }) => target));
      return pairs.map((pair) => ({ ...pair, name, size: Math.abs(pair.told - pair.target) / spread }));
    })
    .sort((a, b) => b.size - a.size);
  // each sample by the number that is furthest off
  const seen = new Set<string>();
  const worst = wrong.filter(({ id }) => !seen.has(id) && seen.add(id));
  return [
    ...columns.filter(({ pairs }) => pairs.length > 0).map(({ name, pairs }) => scatter(name, pairs)),
    {
      kind: "mistakes",
      title: "Largest errors",
      summary:
        "By the error in deviations of the labels, the largest first; of each sample the number that is furthest off.",
      total: worst.length,
      pictures: worst.slice(0, limits.mistakes).map(({ id, name, told, target }) => ({
        sample: id,
        title: `${nameText(name)} ${told.toFixed(2)}`,
        detail: [`labelled: ${target.toFixed(2)}`],
      })),
    },
  ];
}

interface Pair {
  readonly id: string;
  readonly told: number;
  readonly target: number;
}

/** Samples whose label has this number. */
const pairsOf = ({ ids, outputs, targets }: Predicted, column: number): Pair[] =>
  ids.flatMap((id, i) => {
    const [labelled, weights] = targets[i]!;
    return weights![column]! > 0 ? [{ id, told: outputs[i]![column]!, target: labelled![column]! }] : [];
  });

function scatter(name: string, pairs: readonly Pair[]): ReportSection {
  const all = pairs.flatMap(({ told, target }) => [told, target]);
  const [low, high] = [all.reduce((a, b) => Math.min(a, b)), all.reduce((a, b) => Math.max(a, b))];
  // both axes alike, so that the diagonal is where answers are right
  const range = [Math.min(low, high - 1e-6), high] as const;
  const metric = concordanceCorrelation();
  const batch = { predictions: pairs.map(({ told }) => told), targets: pairs.map(({ target }) => target) };
  const concordance = metric.compute(metric.update(metric.empty(), batch)).value;
  const error = pairs.reduce((sum, { told, target }) => sum + Math.abs(told - target), 0) / pairs.length;
  const told = (value: number) => (Number.isNaN(value) ? "–" : plainText(value));
  return {
    kind: "scatter",
    title: nameText(name),
    summary: "What was told over what is labelled; on the dashed line it is right. Stronger: more samples.",
    x: { label: "labelled", range, unit: "plain" },
    y: { label: "told", range, unit: "plain" },
    points: pairs.map(({ told, target }) => [target, told] as const),
    readings: [
      { name: "concordance (CCC)", value: told(concordance) },
      { name: "mean error", value: told(error) },
      { name: "samples", value: pairs.length.toLocaleString("en-US") },
    ],
  };
}

/** Standard deviation, 1 where nothing varies. */
function deviation(values: readonly number[]): number {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  return Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length) || 1;
}
