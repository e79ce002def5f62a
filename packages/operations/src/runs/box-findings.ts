import {
  areaUnderCurve,
  type FoundPicture,
  foundSections,
  type HeightBin,
  matchScene,
  nameText,
  type Ranking,
  type ReportLimits,
  type ReportSection,
  rankingCurves,
  rankingSections,
  type TableSection,
  valueText,
} from "@foveajs/evaluation";
import type { Detection, PredictedBoxes } from "@foveajs/vision";
import { leastOverlap } from "../node/measurers.ts";

/** Heights of boxes in pixels of the picture by which recall is told. */
const heights: readonly HeightBin[] = [16, 32, 64, 128, Number.POSITIVE_INFINITY].map((below, i, all) => ({
  from: i === 0 ? 0 : all[i - 1]!,
  below,
}));

/** Of its bootstrap: the same pictures give the same page. */
const SEED = 0;

/** Precision over recall, thresholds, recall by height, and what was missed and found in vain, by the finds that are kept. */
export function boxFindings(
  task: Pick<Detection, "labels" | "threshold">,
  { ids, found, labelled }: PredictedBoxes,
  limits: ReportLimits,
): readonly ReportSection[] {
  const { labels = [], threshold } = task;
  const several = labels.length > 1;
  const classes = several ? labels.length : 1;
  const iou = leastOverlap(task);
  const rankings = Array.from({ length: classes }, () => ({
    positives: 0,
    hits: [] as number[],
    falses: [] as number[],
  }));
  const pictures = ids.map((id, i): FoundPicture => {
    const truth = labelled[i]!.map(({ box, kind, class: index = 0 }) => ({ box, ignored: kind !== "face", index }));
    const detections = found[i]!.map(({ box, score, class: index = 0 }) => ({ box, score, index }));
    const matched = rankings.map((ranking, index) => {
      const scene = {
        truth: truth.filter((box) => box.index === index),
        detections: detections.filter((find) => find.index === index),
      };
      const { found: faces, falseDetections } = matchScene(scene, { iou });
      ranking.positives += faces.length;
      ranking.hits.push(...faces.map(({ score }) => score).filter(Number.isFinite));
      ranking.falses.push(...falseDetections.map(({ score }) => score));
      const name = several ? { name: labels[index]! } : {};
      return {
        found: faces.map((one) => ({ ...one, ...name })),
        falses: falseDetections.map(({ box, score }) => ({ box, score, ...name })),
      };
    });
    return {
      id,
      truth,
      detections,
      found: matched.flatMap((one) => one.found),
      falseDetections: matched.flatMap(({ falses }) => falses),
    };
  });
  const all: Ranking = {
    positives: rankings.reduce((sum, { positives }) => sum + positives, 0),
    hits: rankings.flatMap(({ hits }) => hits),
    falses: rankings.flatMap(({ falses }) => falses),
  };
  if (all.positives === 0) return [];
  const recall = all.hits.filter((score) => score >= threshold).length / all.positives;
  const name = several ? `mean AP of classes at IoU ${iou}` : `average precision at IoU ${iou}`;
  return [
    ...rankingSections(all, {
      threshold,
      pictures: ids.length,
      readings: [{ name, value: valueText(meanPrecision(rankings), "fraction") }],
    }),
    ...(several ? [classTable(labels, rankings, threshold)] : []),
    ...foundSections(
      pictures,
      { threshold, bootstrap: { seed: SEED }, recall, noun: labels.length > 0 ? "object" : "face", heights },
      limits,
    ),
  ];
}

const precisionOf = (ranking: Ranking): number => areaUnderCurve(rankingCurves([ranking])([1]), "envelope");

/** Over the classes that have an object to find. */
function meanPrecision(rankings: readonly Ranking[]): number {
  const values = rankings.map(precisionOf).filter(Number.isFinite);
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

const classTable = (labels: readonly string[], rankings: readonly Ranking[], threshold: number): TableSection => ({
  kind: "table",
  title: "By class",
  summary: "Of the finds that are kept; false finds at the threshold.",
  columns: [
    { name: "class", align: "text" },
    { name: "objects", align: "number" },
    { name: "average precision", align: "number" },
    { name: "found", align: "number" },
    { name: "false finds", align: "number" },
  ],
  rows: labels.map((label, index) => {
    const ranking = rankings[index]!;
    const above = (scores: readonly number[]) => scores.filter((score) => score >= threshold).length;
    const share = ranking.positives === 0 ? Number.NaN : above(ranking.hits) / ranking.positives;
    return {
      name: nameText(label),
      cells: [
        { text: ranking.positives.toLocaleString("en-US") },
        { text: valueText(precisionOf(ranking), "fraction") },
        { text: valueText(share, "fraction") },
        { text: above(ranking.falses).toLocaleString("en-US") },
      ],
    };
  }),
});
