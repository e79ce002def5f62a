import type { Ranking } from "../../metrics/precision-recall.ts";
import type { VerificationTest } from "../../protocols/protocol.ts";
import { plainText, valueText } from "../numbers.ts";
import type { CurveSection, MistakesSection, ReportPicture } from "../report-input.ts";
import { countsAt, rocPoints } from "./rankings.ts";
import type { SectionMaker } from "./source.ts";
import { thresholdSeries } from "./threshold-series.ts";

/** What a report of pairs shows: same or not. */
export const verificationSections: SectionMaker<VerificationTest> = (
  { test, answers, options, scores },
  { mistakes },
) => {
  const told = test.pairs.flatMap((pair) => {
    const similarity = answers.get(pair.id);
    return typeof similarity === "number" ? [{ ...pair, similarity }] : [];
  });
  const same = told.filter(({ isSame }) => isSame);
  const different = told.filter(({ isSame }) => !isSame);
  if (same.length === 0 || different.length === 0) return [];
  const ranking: Ranking = {
    positives: same.length,
    hits: same.map(({ similarity }) => similarity),
    falses: different.map(({ similarity }) => similarity),
  };
  const threshold = options.threshold ?? mostSeparating(ranking);
  const auc = scores.metrics.roc_auc;
  return [
    rocCurve(ranking, {
      threshold,
      readings: auc === undefined ? [] : [{ name: "area", value: valueText(auc.value, "fraction") }],
    }),
    {
      kind: "thresholds",
      summary: `From which similarity are two pictures of one person? The slider starts at ${
        options.threshold === undefined ? "the one that separates most" : "the threshold in use"
      }.`,
      series: [
        thresholdSeries(ranking, {
          name: "pairs",
          negatives: different.length,
          words: { hits: "same person, accepted", falses: "false positives" },
          inUse: threshold,
        }),
      ],
    },
    pairMistakes(
      different.filter(({ similarity }) => similarity >= threshold).sort((a, b) => b.similarity - a.similarity),
      {
        title: "Taken for the same person",
        summary: "Pairs of two people at or above the threshold, the most alike first.",
        most: mistakes,
      },
    ),
    pairMistakes(
      same.filter(({ similarity }) => similarity < threshold).sort((a, b) => a.similarity - b.similarity),
      {
        title: "Taken for two people",
        summary: "Pairs of one person below the threshold, the least alike first.",
        most: mistakes,
      },
    ),
  ];
};

interface Pair {
  readonly first: string;
  readonly second: string;
  readonly similarity: number;
}

/** The score at which the shares of positives and negatives that are accepted differ most, the highest of several. */
export function mostSeparating(ranking: Ranking): number {
  let [best, threshold] = [Number.NEGATIVE_INFINITY, Number.NaN];
  const negatives = ranking.falses.length;
  for (const score of [...new Set(ranking.hits)].sort((a, b) => b - a)) {
    const { hits, falses } = countsAt(ranking, score);
    const difference = hits * negatives - falses * ranking.positives; // whole numbers: equal ones are equal
    if (difference > best) [best, threshold] = [difference, score];
  }
  return threshold;
}

/** The ROC curve, false positives by logarithm: what is of use lies at the left end. */
function rocCurve(
  ranking: Ranking,
  { threshold, readings }: { readonly threshold: number; readonly readings: CurveSection["readings"] },
): CurveSection {
  const least = Math.min(0.1, 1 / ranking.falses.length);
  const at = countsAt(ranking, threshold);
  const falsePositives = at.falses / ranking.falses.length;
  return {
    kind: "curve",
    title: "ROC",
    summary: "The share of pairs of one person that are accepted, over the share of pairs of two people that are.",
    x: { label: "false positives (logarithm)", range: [least, 1], unit: "fraction", scale: "log" },
    y: { label: "accepted rightly", range: [0, 1], unit: "fraction" },
    lines: [
      { name: "pairs by similarity", role: "result", points: rocPoints(ranking) },
      { name: "chance", role: "reference", points: chanceLine(least) },
    ],
    points: [{ x: falsePositives, y: at.hits / ranking.positives, label: `threshold ${plainText(threshold)}` }],
    guides: [],
    readings,
  };
}

/** The diagonal in steps, as it is bent by the logarithm. */
const chanceLine = (least: number): [number, number][] =>
  Array.from({ length: 51 }, (_, i) => {
    const share = least ** (1 - i / 50);
    return [share, share];
  });

function pairMistakes(
  pairs: readonly Pair[],
  { title, summary, most }: { title: string; summary: string; most: number },
): MistakesSection {
  return {
    kind: "mistakes",
    title,
    summary,
    total: pairs.length,
    pictures: pairs.slice(0, most).map(
      ({ first, second, similarity }): ReportPicture => ({
        sample: first,
        beside: { sample: second },
        title: `similarity ${plainText(similarity)}`,
        detail: [],
      }),
    ),
  };
}
