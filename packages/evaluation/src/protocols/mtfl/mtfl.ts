import { landmarkFailureRate, normalisedMeanError } from "../../metrics/landmark-errors.ts";
import { interPupil } from "../../metrics/landmark-normalisers.ts";
import { faceByPoints } from "../annotated-face.ts";
import { undefinedMeasure } from "../classification.ts";
import { type AnsweredLandmarks, landmarksTest } from "../landmarks.ts";
import type { Protocol } from "../protocol.ts";
import { shareMetric } from "../share-metric.ts";
import { chooseSplit } from "../split.ts";
import { countsOf } from "../split-standing.ts";
import { mtflColumns, mtflPoints, mtflPoses, readMtfl } from "./release.ts";

/** Between the two points of the eyes, which are their centres. */
const normaliser = interPupil([[0], [1]]);
/** Errors above a tenth of it are failures. */
const threshold = 0.1;

/** Faces of each head pose in the order of the poses. */
const counts = (...each: readonly number[]) => countsOf(mtflPoses, each);

/** Five points and the head pose of MTFL. */
export const mtfl: Protocol = {
  id: "mtfl",
  title: "MTFL: five facial points, and head pose in five classes",
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
    const labelled = rows.map((row) => ({ ...row, label: [...row.points, row.pose ?? ""], className: row.pose }));
    const chosen = await chooseSplit(mtfl, labelled, { ...options, layout, folder: files.name });
    return landmarksTest({
      ...chosen,
      modes: ["end_to_end", "direct"],
      faces: new Map(chosen.rows.map(({ id, points }) => [id, faceOfFive(points)])),
      pointNames: mtflPoints,
      pointColumns: mtflColumns,
      pose: { column: "head_pose", classes: mtflPoses },
      failure: { metric: "mean_error", above: threshold },
      subgroups: {
        head_pose: new Map(chosen.rows.flatMap(({ id, pose }) => (pose === undefined ? [] : [[id, pose] as const]))),
      },
      samples: chosen.rows.map(({ id, unit, points, pose }) => ({
        id,
        unit,
        points,
        ...(pose === undefined ? {} : { pose }),
        picture: { file: id },
      })),
      metrics: (measureFaces, answers, measureAnswers) => ({
        mean_error: measureFaces(normalisedMeanError({ normaliser }), "found"),
        failure_rate: measureFaces(landmarkFailureRate({ threshold, normaliser }), "all"),
        pose_accuracy: answers.some(({ answer }) => answer?.pose !== undefined)
          ? measureAnswers(poseAccuracy, ({ pose }) => pose !== undefined)
          : undefinedMeasure("no pose was told"),
      }),
    });
  },
};

/** Left eye, right eye, nose, left and right corner of the mouth. */
function faceOfFive(points: readonly number[]) {
  const at = (index: number) => [points[2 * index]!, points[2 * index + 1]!] as const;
  return faceByPoints([at(0), at(1), at(3), at(4)]);
}

const poseAccuracy = shareMetric<AnsweredLandmarks>(
  "pose_accuracy",
  ({ sample, answer }) => answer?.pose === sample.pose,
);
