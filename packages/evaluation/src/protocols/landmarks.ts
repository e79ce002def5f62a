import { errors } from "../errors.ts";
import { type Box, intersectionOverUnion } from "../metrics/boxes.ts";
import type { LandmarkedFace } from "../metrics/landmark-errors.ts";
import type { Metric } from "../metrics/metric.ts";
import { type Measured, measure, statesByGroup } from "../statistics/bootstrap.ts";
import { missingRows } from "./classification.ts";
import type { OutcomeValue } from "./outcomes.ts";
import type { LandmarkAnswer, LandmarksTest, TestSample } from "./protocol.ts";
import type { TraitValues } from "./traits.ts";

/** A sample with its labelled points [2P], NaN where missing, and the traits that are labelled. */
export interface LandmarkSample extends TestSample {
  readonly unit: string;
  readonly points: readonly number[];
  readonly traits?: TraitValues;
  /** Added to x and y in pixels, first centre at 0.5, for those of the label file. */
  readonly shift?: number;
}

/** A sample with its answer, null for a face that was missed. */
export interface AnsweredLandmarks {
  readonly sample: LandmarkSample;
  readonly answer: LandmarkAnswer | null;
}

/** Measures one metric over the answered samples, or those of a subset. */
export type MeasureFaces = <State>(
  metric: Metric<readonly LandmarkedFace[], State>,
  faces: "all" | "found",
  isWanted?: (sample: LandmarkSample) => boolean,
) => Measured;

/** Measures a metric of answers and what else they tell, over the samples of a subset; `outcomeOf` where it is no mean over them. */
export type MeasureAnswers = <State>(
  metric: Metric<readonly AnsweredLandmarks[], State>,
  isWanted: (sample: LandmarkSample) => boolean,
  outcomeOf?: (answered: AnsweredLandmarks) => OutcomeValue,
) => Measured;

export interface LandmarksOptions
  extends Pick<
    LandmarksTest,
    | "split"
    | "others"
    | "modes"
    | "pointNames"
    | "pointColumns"
    | "traits"
    | "boxes"
    | "faces"
    | "formats"
    | "failure"
    | "subgroups"
  > {
  readonly samples: readonly LandmarkSample[];
  /** The metrics, by key in results. */
  readonly metrics: (
    measureFaces: MeasureFaces,
    answers: readonly AnsweredLandmarks[],
    measureAnswers: MeasureAnswers,
  ) => Readonly<Record<string, Measured>>;
}

/** The test of faces with labelled points. A miss is a failure; errors are averaged over the faces that were found. */
export function landmarksTest({ samples, metrics, ...test }: LandmarksOptions): LandmarksTest {
  return {
    kind: "landmarks",
    ...test,
    samples,
    truth: new Map(samples.map(({ id, points }) => [id, points])),
    shifts: new Map(samples.map(({ id, shift = 0 }) => [id, shift])),
    score(answers, options) {
      const answered = samples.map((sample): AnsweredLandmarks => {
        const answer = answers.get(sample.id);
        if (answer === undefined) throw missingRows("answers", samples, answers);
        return { sample, answer };
      });
      // what each sample added to a measured value, by that value
      const added = new Map<Measured, ReadonlyMap<LandmarkSample, OutcomeValue>>();
      const measureOver = <Batch, State>(
        metric: Metric<readonly Batch[], State>,
        chosen: readonly AnsweredLandmarks[],
        batchOf: (answered: AnsweredLandmarks) => Batch,
        outcomeOf?: (answered: AnsweredLandmarks) => OutcomeValue,
      ): Measured => {
        const batches = chosen.map((one) => ({ one, group: one.sample.unit, batch: [batchOf(one)] }));
        const measured = measure(metric, statesByGroup(metric, batches), options);
        added.set(
          measured,
          new Map(
            batches.flatMap(({ one, batch }) => {
              const outcome = outcomeOf?.(one) ?? ratioOf(metric.update(metric.empty(), batch));
              return outcome === undefined ? [] : [[one.sample, outcome] as const];
            }),
          ),
        );
        return measured;
      };
      const measureFaces: MeasureFaces = (metric, faces, isWanted = () => true) =>
        measureOver(
          metric,
          answered.filter(({ sample, answer }) => (faces === "all" || answer !== null) && isWanted(sample)),
          ({ sample, answer }) => ({ truth: sample.points, predicted: answer === null ? null : answer.points }),
        );
      const measureAnswers: MeasureAnswers = (metric, isWanted, outcomeOf) =>
        measureOver(
          metric,
          answered.filter(({ sample }) => isWanted(sample)),
          (one) => one,
          outcomeOf,
        );
      const measured = metrics(measureFaces, answered, measureAnswers);
      return {
        missed: answered.filter(({ answer }) => answer === null).length,
        metrics: measured,
        outcomes: samples.map((sample) => ({
          id: sample.id,
          unit: sample.unit,
          values: Object.fromEntries(
            Object.entries(measured).flatMap(([name, value]) => {
              const outcome = added.get(value)?.get(sample);
              return outcome === undefined ? [] : [[name, outcome] as const];
            }),
          ),
        })),
      };
    },
  };
}

/** The state of a mean over faces as what one face added; undefined for a metric that is no mean. */
function ratioOf(state: unknown): OutcomeValue | undefined {
  const { sum, count } = state as { sum?: unknown; count?: unknown };
  return typeof sum === "number" && typeof count === "number" ? [sum, count] : undefined;
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

/** Which of the faces found in a picture is that of a box that was supplied: the one of largest IoU; undefined for none. */
export function faceOfBox(boxes: readonly Box[], supplied: Box): number | undefined {
  let [best, overlap]: [number | undefined, number] = [undefined, 0];
  boxes.forEach((box, i) => {
    const shared = intersectionOverUnion(box, supplied);
    if (shared > overlap) [best, overlap] = [i, shared];
  });
  return best;
}

const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;
