import { type Detection, type MatchedScene, matchScene, type TruthBox } from "../../metrics/detection-matching.ts";
import type { HeightBin } from "../../metrics/detection-recall.ts";
import type { Ranking } from "../../metrics/precision-recall.ts";
import { faceHeightBins } from "../../protocols/faces/faces.ts";
import type { DetectionTest } from "../../protocols/protocol.ts";
import type { BootstrapOptions } from "../../statistics/bootstrap.ts";
import { nameText, plainText, valueText } from "../numbers.ts";
import type { MistakesSection, ReportFact, ReportSection, SubgroupsSection } from "../report-input.ts";
import { precisionRecallCurve, rankingOf } from "./rankings.ts";
import { regionPicture, type Subject } from "./region-picture.ts";
import { measuredShare } from "./shares.ts";
import type { ReportLimits, ScoredTest, SectionMaker } from "./source.ts";
import { thresholdSeries } from "./threshold-series.ts";

/** What a report of found faces shows. */
export const detectionSections: SectionMaker<DetectionTest> = (scored, limits) => {
  const { scores, options, test } = scored;
  const ranking = rankingOf(scores.outcomes ?? [], "ap");
  if (ranking === undefined || ranking.positives === 0) return [];
  const { ap, recall } = scores.metrics;
  const sections = rankingSections(ranking, {
    threshold: options.threshold,
    pictures: test.samples.length,
    readings: ap === undefined ? [] : [{ name: "average precision", value: valueText(ap.value, "fraction") }],
  });
  const pictures = picturesOf(scored);
  if (pictures === undefined) return sections;
  const { threshold, ...bootstrap } = options;
  return [
    ...sections,
    ...foundSections(
      pictures,
      { threshold, bootstrap, recall: recall?.value ?? Number.NaN, noun: "face", heights: faceHeightBins },
      limits,
    ),
  ];
};

/** Precision over recall by score, and what other thresholds would come to. */
export const rankingSections = (
  ranking: Ranking,
  {
    threshold,
    pictures,
    readings,
  }: { readonly threshold: number; readonly pictures: number; readonly readings: readonly ReportFact[] },
): ReportSection[] => [
  precisionRecallCurve(ranking, { threshold, readings }),
  {
    kind: "thresholds",
    summary: "What would come of another least score of a find? The slider starts at the threshold in use.",
    series: [
      thresholdSeries(ranking, {
        name: "all finds",
        pictures,
        words: { hits: "found", falses: "false positives" },
        inUse: threshold,
      }),
    ],
  },
];

/** A box that is told of, with the name of its class where there are several. */
type Named<Found> = Found & { readonly name?: string };

/** A picture whose finds were matched with what is labelled, each class by itself. */
export interface FoundPicture {
  readonly id: string;
  readonly truth: readonly Pick<TruthBox, "box">[];
  readonly detections: readonly Detection[];
  /** What there is to find, each with the score of its find, -Infinity for none. */
  readonly found: readonly Named<MatchedScene["found"][number]>[];
  readonly falseDetections: readonly Named<Detection>[];
}

export interface FoundOptions {
  /** Finds count from this score up. */
  readonly threshold: number;
  /** What intervals are drawn with. */
  readonly bootstrap: BootstrapOptions;
  /** Of all at the threshold; NaN where undefined. */
  readonly recall: number;
  /** What is found. */
  readonly noun: "face" | "object";
  readonly heights: readonly HeightBin[];
}

/** Recall by height of the box, and what was missed and found in vain, as pictures. */
export const foundSections = (
  pictures: readonly FoundPicture[],
  options: FoundOptions,
  { mistakes, minimum }: Pick<ReportLimits, "mistakes" | "minimum">,
): ReportSection[] => [byHeight(pictures, options, minimum), ...mistakesOf(pictures, options, mistakes)];

function picturesOf({ test, answers, options }: ScoredTest<DetectionTest>): readonly FoundPicture[] | undefined {
  const { truth: truths } = test;
  if (truths === undefined) return undefined;
  return test.samples.map(({ id }) => {
    const scene = { truth: truths.boxes.get(id) ?? [], detections: answers.get(id) ?? [] };
    return { id, ...scene, ...matchScene(scene, { iou: options.iou ?? truths.iou }) };
  });
}

function byHeight(
  pictures: readonly FoundPicture[],
  { threshold, bootstrap, recall, noun, heights }: FoundOptions,
  minimum: number,
): SubgroupsSection {
  const boxes = pictures.flatMap(({ id, found }) =>
    found.map(({ box, score }) => ({ unit: id, height: box.height, isHit: score >= threshold })),
  );
  return {
    kind: "subgroups",
    title: `By height of the ${noun}`,
    summary: "Recall by the height of the labelled box in the picture.",
    counted: `${noun}s`,
    minimum,
    columns: [{ name: "recall", unit: "fraction", overall: recall }],
    rows: heights
      .map(({ from, below }) => {
        const own = boxes.filter(({ height }) => height >= from && height < below);
        const name = Number.isFinite(below) ? `${from} to ${below} px` : `${from} px and more`;
        return { name, count: own.length, values: [measuredShare(own, bootstrap)] };
      })
      .filter(({ count }) => count > 0),
  };
}

function mistakesOf(
  pictures: readonly FoundPicture[],
  { threshold, noun }: FoundOptions,
  most: number,
): MistakesSection[] {
  const missed = pictures.flatMap((picture) =>
    picture.found.filter(({ score }) => score < threshold).map((one) => ({ picture, ...one })),
  );
  const falses = pictures.flatMap((picture) =>
    picture.falseDetections.filter(({ score }) => score >= threshold).map((one) => ({ picture, ...one })),
  );
  missed.sort((a, b) => b.box.height - a.box.height);
  falses.sort((a, b) => b.score - a.score);
  const named = (name: string | undefined, text: string) => (name === undefined ? text : `${nameText(name)}, ${text}`);
  return [
    {
      kind: "mistakes",
      title: `Missed ${noun}s`,
      summary: `Labelled ${noun}s without a find at the threshold, the tallest first.`,
      total: missed.length,
      pictures: missed.slice(0, most).map(({ picture, box, score, name }) => ({
        ...pictureOf(picture, { role: "truth", box }, threshold),
        title: named(name, `${Math.round(box.height)} px tall`),
        detail: [score === Number.NEGATIVE_INFINITY ? "no find at any score" : `best score ${plainText(score)}`],
      })),
    },
    {
      kind: "mistakes",
      title: "False finds",
      summary: `Finds at the threshold where no ${noun} is labelled, the surest first. Some are ${noun}s without a label.`,
      total: falses.length,
      pictures: falses.slice(0, most).map(({ picture, box, score, name }) => ({
        ...pictureOf(picture, { role: "answer", box }, threshold),
        title: named(name, `score ${plainText(score)}`),
        detail: [`${Math.round(box.height)} px tall`],
      })),
    },
  ];
}

const pictureOf = ({ id, truth, detections }: FoundPicture, subject: Subject, threshold: number) =>
  regionPicture(
    {
      id,
      truth: truth.map(({ box }) => box),
      answers: detections.filter(({ score }) => score >= threshold).map(({ box }) => box),
    },
    subject,
  );
