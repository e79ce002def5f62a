import { landmarkFailureRate, normalisedMeanError } from "../../metrics/landmark-errors.ts";
import { interPupil } from "../../metrics/landmark-normalisers.ts";
import type { Measured } from "../../statistics/bootstrap.ts";
import { faceByPoints } from "../annotated-face.ts";
import { undefinedMeasure } from "../classification.ts";
import { type AnsweredLandmarks, type LandmarkSample, landmarksTest } from "../landmarks.ts";
import type { Protocol } from "../protocol.ts";
import { chooseSplit } from "../split.ts";
import { countsOf } from "../split-standing.ts";
import { traitAccuracy, traitOutcome, traitRecall } from "../trait-metrics.ts";
import { mtflColumns, mtflPoints, mtflPoses, mtflTraits, readMtfl } from "./release.ts";

/** Between the two points of the eyes, which are their centres. */
const normaliser = interPupil([[0], [1]]);
/** Errors above a tenth of it are failures. */
const threshold = 0.1;

/** Faces of each head pose in the order of the poses. */
const counts = (...each: readonly number[]) => countsOf(mtflPoses, each);

/** Five points, head pose, smile and glasses of MTFL. */
export const mtfl: Protocol = {
  id: "mtfl",
  title: "MTFL: five facial points, head pose in five classes, smile, and glasses",
  task: "landmarks",
  metrics: [
    {
      name: "mean_error",
      unit: "distances of the eye centres",
      higherIsBetter: false,
      summary: "mean distance of points, over the faces that were found",
    },
    {
      name: "failure_rate",
      unit: "fraction",
      higherIsBetter: false,
      summary: "share of faces whose mean distance is above 10 % of that of the eye centres, or that were missed",
    },
    {
      name: "pose_accuracy",
      unit: "fraction",
      higherIsBetter: true,
      summary: "share of faces whose pose was named, of those with a labelled pose; undefined where no pose was told",
    },
    {
      name: "pose_balanced_accuracy",
      unit: "fraction",
      higherIsBetter: true,
      summary: "mean over the poses of the share of their faces that was named so; undefined as pose_accuracy is",
    },
    {
      name: "smile_accuracy",
      unit: "fraction",
      higherIsBetter: true,
      summary:
        "share of faces of which it was told rightly whether they smile, of those where that is labelled; undefined where it was told of none",
    },
    {
      name: "glasses_accuracy",
      unit: "fraction",
      higherIsBetter: true,
      summary:
        "share of faces of which it was told rightly whether they wear glasses, of those where that is labelled; undefined where it was told of none",
    },
  ],
  parts: [
    { name: "test", count: 2995, classes: counts(193, 450, 1825, 401, 126) },
    {
      name: "train",
      count: 10_000,
      classes: counts(136, 1113, 7445, 1111, 195),
      copies: [
        {
          count: 8383,
          sha256: "1be6366f9a1aa3438ef80b0d3330566550526c11f5b7f51083fe477d84acf39a",
          what: "cut out and scaled, without 1,617 pictures of people in folds 6 to 10 of LFW",
        },
      ],
    },
  ],
  unit: "person (LFW) or photograph",
  data: {
    where: "https://mmlab.ie.cuhk.edu.hk/projects/TCDCN.html",
    licence: "CUHK Multimedia Laboratory: non-commercial research only; the test pictures are from AFLW, research only",
    source: "Zhang, Luo, Loy, Tang: Facial Landmark Detection by Deep Multi-task Learning, ECCV 2014",
  },
  rules: [
    "Errors are divided by the distance of the eye centres; above 10 % is a failure (recalled).",
    "mean_error is over the faces that were found: read it with `missed` and failure_rate, where a miss is a failure (design).",
    "direct gives the upright box around the face that its points mark, not how the head is turned in it (design).",
    "Of several faces found, that whose box holds the middle of the labelled points and overlaps them most is the answer (design).",
  ],
  published: [],
  async read(files, options = {}) {
    const { layout, rows } = await readMtfl(files);
    const labelled = rows.map((row) => ({
      ...row,
      label: [...row.points, row.traits.head_pose ?? ""],
      className: row.traits.head_pose,
    }));
    const chosen = await chooseSplit(mtfl, labelled, { ...options, layout, folder: files.name });
    return landmarksTest({
      ...chosen,
      modes: ["end_to_end", "direct"],
      faces: new Map(chosen.rows.map(({ id, points }) => [id, faceOfFive(points)])),
      pointNames: mtflPoints,
      pointColumns: mtflColumns,
      traits: mtflTraits,
      failure: { metric: "mean_error", above: threshold },
      subgroups: {
        head_pose: new Map(
          chosen.rows.flatMap(({ id, traits }) =>
            traits.head_pose === undefined ? [] : [[id, traits.head_pose] as const],
          ),
        ),
      },
      samples: chosen.rows.map(({ id, unit, points, traits }) => ({
        id,
        unit,
        points,
        traits,
        picture: { file: id },
      })),
      metrics(measureFaces, answers, measureAnswers) {
        const accuracyOf = (name: string, trait: string, what: string) =>
          undefinedOf(answers, trait, what) ?? measureAnswers(traitAccuracy(name, trait), isLabelled(trait));
        return {
          mean_error: measureFaces(normalisedMeanError({ normaliser }), "found"),
          failure_rate: measureFaces(landmarkFailureRate({ threshold, normaliser }), "all"),
          pose_accuracy: accuracyOf("pose_accuracy", "head_pose", "pose"),
          pose_balanced_accuracy:
            undefinedOf(answers, "head_pose", "pose") ??
            measureAnswers(traitRecall("head_pose", mtflPoses), isLabelled("head_pose"), (one) =>
              traitOutcome("head_pose", mtflPoses, one),
            ),
          smile_accuracy: accuracyOf("smile_accuracy", "smile", "smile"),
          glasses_accuracy: accuracyOf("glasses_accuracy", "glasses", "glasses"),
        };
      },
    });
  },
};

const isLabelled =
  (trait: string) =>
  ({ traits }: LandmarkSample): boolean =>
    traits?.[trait] !== undefined;

/** Where a trait is told of no face, or labelled of none. */
function undefinedOf(answers: readonly AnsweredLandmarks[], trait: string, what: string): Measured | undefined {
  if (!answers.some(({ answer }) => answer?.traits?.[trait] !== undefined))
    return undefinedMeasure(`no ${what} was told`);
  return answers.some(({ sample }) => isLabelled(trait)(sample))
    ? undefined
    : undefinedMeasure(`no ${what} is labelled`);
}

/** Left eye, right eye, nose, left and right corner of the mouth. */
function faceOfFive(points: readonly number[]) {
  const at = (index: number) => [points[2 * index]!, points[2 * index + 1]!] as const;
  return faceByPoints([at(0), at(1), at(3), at(4)]);
}
