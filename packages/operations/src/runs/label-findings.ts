import { nameText, type ReportSection, thresholdSeries, valueText } from "@foveajs/evaluation";
import type { Multilabel, Predicted } from "@foveajs/vision";
import type { FindingContext } from "./finding-context.ts";
import { twoSided } from "./two-sided.ts";

/** Thresholds of each label, and the labels that were told wrongly with the most certainty. */
export function labelFindings(
  task: Multilabel,
  predicted: Predicted,
  { limits }: FindingContext,
): readonly ReportSection[] {
  const sides = twoSided(task, predicted);
  const series = sides
    .filter(({ positives }) => positives.some(Boolean))
    .map(({ name, usual, scores, positives }) =>
      thresholdSeries(
        {
          positives: positives.filter(Boolean).length,
          hits: scores.filter((_, i) => positives[i]),
          falses: scores.filter((_, i) => !positives[i]),
        },
        {
          name,
          negatives: positives.filter((positive) => !positive).length,
          words: { hits: "right ones", falses: "false positives" },
          inUse: usual,
        },
      ),
    );
  const wrong = sides
    .flatMap(({ name, usual, ids, scores, positives }) =>
      ids.map((sample, i) => ({ sample, name, usual, score: scores[i]!, isThere: positives[i]! })),
    )
    .filter(({ score, usual, isThere }) => score >= usual !== isThere)
    .sort((a, b) => Math.abs(b.score - 0.5) - Math.abs(a.score - 0.5));
  return [
    ...(series.length === 0
      ? []
      : [{ kind: "thresholds" as const, summary: "From which probability up should a label be told?", series }]),
    {
      kind: "mistakes",
      title: "Worst mistakes",
      summary: "Labels that were told wrongly, the surest first. Some of them are mistakes of the labels.",
      total: wrong.length,
      pictures: wrong.slice(0, limits.mistakes).map(({ sample, name, score, isThere }) => ({
        sample,
        title: `${nameText(name)} ${valueText(score, "fraction")}`,
        detail: [isThere ? "labelled: there" : "labelled: not there"],
      })),
    },
  ];
}
