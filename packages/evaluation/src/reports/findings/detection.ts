import { type Detection, type MatchedScene, matchScene, type TruthBox } from "../../metrics/detection-matching.ts";
import { faceHeightBins } from "../../protocols/faces/faces.ts";
import type { DetectionTest } from "../../protocols/protocol.ts";
import { plainText, valueText } from "../numbers.ts";
import type { MistakesSection, ReportSection, SubgroupsSection } from "../report-input.ts";
import { precisionRecallCurve, rankingOf } from "./rankings.ts";
import { regionPicture, type Subject } from "./region-picture.ts";
import { measuredShare } from "./shares.ts";
import type { ScoredTest, SectionMaker } from "./source.ts";
import { thresholdSeries } from "./threshold-series.ts";

/** What a report of found faces shows. */
export const detectionSections: SectionMaker<DetectionTest> = (scored, { mistakes, minimum }) => {
  const { scores, options, test } = scored;
  const { threshold } = options;
  const ranking = rankingOf(scores.outcomes ?? [], "ap");
  if (ranking === undefined || ranking.positives === 0) return [];
  const { ap } = scores.metrics;
  const sections: ReportSection[] = [
    precisionRecallCurve(ranking, {
      threshold,
      readings: ap === undefined ? [] : [{ name: "average precision", value: valueText(ap.value, "fraction") }],
    }),
    {
      kind: "thresholds",
      summary: "What would come of another least score of a find? The slider starts at the threshold in use.",
      series: [
        thresholdSeries(ranking, {
          name: "all finds",
          pictures: test.samples.length,
          words: { hits: "found", falses: "false positives" },
          inUse: threshold,
        }),
      ],
    },
  ];
  const scenes = scenesOf(scored);
  return scenes === undefined
    ? sections
    : [...sections, byHeight(scenes, scored, minimum), ...mistakesOf(scenes, threshold, mistakes)];
};

interface MatchedPicture extends MatchedScene {
  readonly id: string;
  readonly truth: readonly TruthBox[];
  readonly detections: readonly Detection[];
}

function scenesOf({ test, answers, options }: ScoredTest<DetectionTest>): readonly MatchedPicture[] | undefined {
  const { truth: truths } = test;
  if (truths === undefined) return undefined;
  return test.samples.map(({ id }) => {
    const scene = { truth: truths.boxes.get(id) ?? [], detections: answers.get(id) ?? [] };
    return { id, ...scene, ...matchScene(scene, { iou: options.iou ?? truths.iou }) };
  });
}

function byHeight(
  scenes: readonly MatchedPicture[],
  { options, scores }: ScoredTest<DetectionTest>,
  minimum: number,
): SubgroupsSection {
  const faces = scenes.flatMap(({ id, found }) =>
    found.map(({ box, score }) => ({ unit: id, height: box.height, isHit: score >= options.threshold })),
  );
  return {
    kind: "subgroups",
    title: "By height of the face",
    summary: "Recall by the height of the labelled box in the picture.",
    counted: "faces",
    minimum,
    columns: [{ name: "recall", unit: "fraction", overall: scores.metrics.recall?.value ?? Number.NaN }],
    rows: faceHeightBins
      .map(({ from, below }) => {
        const own = faces.filter(({ height }) => height >= from && height < below);
        const name = Number.isFinite(below) ? `${from} to ${below} px` : `${from} px and more`;
        return { name, count: own.length, values: [measuredShare(own, options)] };
      })
      .filter(({ count }) => count > 0),
  };
}

function mistakesOf(scenes: readonly MatchedPicture[], threshold: number, most: number): MistakesSection[] {
  const missed = scenes.flatMap((scene) =>
    scene.found.filter(({ score }) => score < threshold).map(({ box, score }) => ({ scene, box, score })),
  );
  const falses = scenes.flatMap((scene) =>
    scene.falseDetections.filter(({ score }) => score >= threshold).map(({ box, score }) => ({ scene, box, score })),
  );
  missed.sort((a, b) => b.box.height - a.box.height);
  falses.sort((a, b) => b.score - a.score);
  return [
    {
      kind: "mistakes",
      title: "Missed faces",
      summary: "Labelled faces without a find at the threshold, the tallest first.",
      total: missed.length,
      pictures: missed.slice(0, most).map(({ scene, box, score }) => ({
        ...pictureOf(scene, { role: "truth", box }, threshold),
        title: `${Math.round(box.height)} px tall`,
        detail: [score === Number.NEGATIVE_INFINITY ? "no find at any score" : `best score ${plainText(score)}`],
      })),
    },
    {
      kind: "mistakes",
      title: "False finds",
      summary: "Finds at the threshold where no face is labelled, the surest first. Some are faces without a label.",
      total: falses.length,
      pictures: falses.slice(0, most).map(({ scene, box, score }) => ({
        ...pictureOf(scene, { role: "answer", box }, threshold),
        title: `score ${plainText(score)}`,
        detail: [`${Math.round(box.height)} px tall`],
      })),
    },
  ];
}

const pictureOf = ({ id, truth, detections }: MatchedPicture, subject: Subject, threshold: number) =>
  regionPicture(
    {
      id,
      truth: truth.map(({ box }) => box),
      answers: detections.filter(({ score }) => score >= threshold).map(({ box }) => box),
    },
    subject,
  );
