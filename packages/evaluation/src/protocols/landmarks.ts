import { errors } from "../errors.ts";
import { type Box, intersectionOverUnion } from "../metrics/boxes.ts";
import type { LandmarkedFace } from "../metrics/landmark-errors.ts";
import type { Metric } from "../metrics/metric.ts";
import { type Measured, measure, statesByGroup } from "../statistics/bootstrap.ts";
import { missingRows } from "./classification.ts";
import type { LandmarkAnswer, LandmarksTest, ScoreOptions, TestSample } from "./protocol.ts";

/** A sample with its labelled points [2P], NaN where missing, and its pose where labelled. */
export interface LandmarkSample extends TestSample {
  readonly unit: string;
  readonly points: readonly number[];
  readonly pose?: string;
}

/** A sample with its answer, null for a face that was missed. */
export interface AnsweredLandmarks {
  readonly sample: LandmarkSample;
  readonly answer: LandmarkAnswer | null;
}

/** Measures one metric over the answered samples. */
export type MeasureFaces = <State>(
  metric: Metric<readonly LandmarkedFace[], State>,
  faces: "all" | "found",
) => Measured;

export interface LandmarksOptions
  extends Pick<LandmarksTest, "split" | "others" | "modes" | "pointNames" | "pointColumns" | "pose"> {
  readonly samples: readonly LandmarkSample[];
  /** The metrics, by key in results. */
  readonly metrics: (
    measureFaces: MeasureFaces,
    answers: readonly AnsweredLandmarks[],
    options: ScoreOptions,
  ) => Readonly<Record<string, Measured>>;
}

/** The test of faces with labelled points. A miss is a failure; errors are averaged over the faces that were found. */
export function landmarksTest({ samples, metrics, ...test }: LandmarksOptions): LandmarksTest {
  return {
    kind: "landmarks",
    ...test,
    samples,
    truth: new Map(samples.map(({ id, points }) => [id, points])),
    score(answers, options) {
      const answered = samples.map((sample): AnsweredLandmarks => {
        const answer = answers.get(sample.id);
        if (answer === undefined) throw missingRows("answers", samples, answers);
        return { sample, answer };
      });
      const measureFaces: MeasureFaces = (metric, faces) =>
        measure(
          metric,
          statesByGroup(
            metric,
            answered
              .filter(({ answer }) => faces === "all" || answer !== null)
              .map(({ sample, answer }) => ({
                group: sample.unit,
                batch: [{ truth: sample.points, predicted: answer === null ? null : answer.points }],
              })),
          ),
          options,
        );
      return {
        missed: answered.filter(({ answer }) => answer === null).length,
        metrics: metrics(measureFaces, answered, options),
      };
    },
  };
}

/**
 * Which of the faces found in a picture is the labelled one: of those whose box holds the middle of the labelled points,
 * the one of largest IoU with the rectangle around them; undefined where there is none (design; the JD challenges take
 * the largest IoU with a box that is supplied).
 */
export function labelledFace(boxes: readonly Box[], truth: ArrayLike<number>): number | undefined {
  const [xs, ys] = [0, 1].map((axis) =>
    Array.from({ length: truth.length / 2 }, (_, i) => truth[2 * i + axis]!).filter((value) => !Number.isNaN(value)),
  ) as [number[], number[]];
  if (xs.length === 0) throw errors["bad-landmarks"]({ where: "truth", expected: "labelled points", received: "none" });
  const [x, y] = [mean(xs), mean(ys)];
  const rectangle = {
    x: Math.min(...xs),
    y: Math.min(...ys),
    width: Math.max(...xs) - Math.min(...xs),
    height: Math.max(...ys) - Math.min(...ys),
  };
  let [best, overlap]: [number | undefined, number] = [undefined, -1];
  boxes.forEach((box, i) => {
    const isInside = x >= box.x && x <= box.x + box.width && y >= box.y && y <= box.y + box.height;
    const shared = intersectionOverUnion(box, rectangle);
    if (isInside && shared > overlap) [best, overlap] = [i, shared];
  });
  return best;
}

const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;
