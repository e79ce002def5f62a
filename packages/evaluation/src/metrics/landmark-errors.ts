import { errors } from "../errors.ts";
import { landmarkBox, type Normaliser, type TrueFace } from "./landmark-normalisers.ts";
import { type DeclaredProperties, defineMetric } from "./metric.ts";

/** One face: its true points [2P], and those predicted in the same order, or null where the face was missed. */
export interface LandmarkedFace extends TrueFace {
  readonly predicted: ArrayLike<number> | null;
}

/**
 * Mean over faces of NME = (1/P) Σ ‖predicted − true‖ / d, d of the normaliser, over the points that are labelled;
 * faces without any are left out. Infinity once a face was missed.
 */
export const normalisedMeanError = ({ normaliser = landmarkBox }: { normaliser?: Normaliser } = {}) =>
  faceMean(normaliser, (error) => error, {
    name: `nme_${normaliser.name}`,
    unit: "normaliser lengths",
    range: [0, Number.POSITIVE_INFINITY],
    higherIsBetter: false,
  });

/**
 * Area under the cumulative error curve up to `threshold` α, (1/α) ∫₀^α share of faces with NME ≤ e de, in closed form:
 * the mean over faces of max(0, 1 − NME / α). A missed face counts 0.
 */
export const landmarkAuc = ({ threshold = 0.08, normaliser = landmarkBox }: LandmarkThreshold = {}) => {
  checkThreshold(threshold);
  return faceMean(normaliser, (error) => Math.max(0, 1 - error / threshold), {
    name: `landmark_auc_${threshold}`,
    unit: "fraction",
    range: [0, 1],
    higherIsBetter: true,
  });
};

/** Share of faces with NME > `threshold`; a missed face is one. */
export const landmarkFailureRate = ({ threshold = 0.08, normaliser = landmarkBox }: LandmarkThreshold = {}) => {
  checkThreshold(threshold);
  return faceMean(normaliser, (error) => (error > threshold ? 1 : 0), {
    name: `landmark_failure_rate_${threshold}`,
    unit: "fraction",
    range: [0, 1],
    higherIsBetter: false,
  });
};

/** The NME above which a face has failed, and the normaliser of the errors. */
export interface LandmarkThreshold {
  readonly threshold?: number;
  readonly normaliser?: Normaliser;
}

/** NME of one face: Infinity if it was missed, NaN if no point is labelled; `where` names it in errors. */
export function landmarkError(face: LandmarkedFace, { normaliser, where }: { normaliser: Normaliser; where: string }) {
  const { truth, predicted } = face;
  if (truth.length === 0 || truth.length % 2 === 1 || (predicted !== null && predicted.length !== truth.length)) {
    throw errors["bad-landmarks"]({
      where,
      expected: "as many x, y predicted as there are in the truth",
      received: `${predicted?.length ?? "no"} predicted of ${truth.length} numbers`,
    });
  }
  let sum = 0;
  let count = 0;
  for (let i = 0; i < truth.length; i += 2) {
    if (Number.isNaN(truth[i]! + truth[i + 1]!)) continue;
    count++;
    if (predicted === null) continue;
    sum += Math.hypot(predicted[i]! - truth[i]!, predicted[i + 1]! - truth[i + 1]!);
    if (!Number.isFinite(sum)) {
      const received = `${predicted[i]}, ${predicted[i + 1]} for ${truth[i]}, ${truth[i + 1]}`;
      throw errors["bad-landmarks"]({ where: `${where}, point ${i / 2}`, expected: "finite coordinates", received });
    }
  }
  if (count === 0) return Number.NaN;
  const length = normaliser.length(face);
  if (!(length > 0 && length < Number.POSITIVE_INFINITY)) {
    throw errors["bad-landmarks"]({
      where,
      expected: `a length ${normaliser.name} above 0 to divide by`,
      received: `${length}`,
    });
  }
  return predicted === null ? Number.POSITIVE_INFINITY : sum / count / length;
}

function checkThreshold(threshold: number): void {
  if (!(threshold > 0)) {
    throw errors["bad-option"]({ name: "threshold", expected: "a number above 0", received: threshold });
  }
}

const faceMean = (
  normaliser: Normaliser,
  worth: (error: number) => number,
  properties: Pick<DeclaredProperties, "name" | "unit" | "range" | "higherIsBetter">,
) =>
  defineMetric({
    ...properties,
    permutationInvariant: true,
    ignoresMissing: true,
    empty: () => ({ sum: 0, count: 0 }),
    update(state, faces: readonly LandmarkedFace[]) {
      let { sum, count } = state;
      faces.forEach((face, i) => {
        const error = landmarkError(face, { normaliser, where: `face ${i}` });
        if (Number.isNaN(error)) return;
        sum += worth(error);
        count++;
      });
      return { sum, count };
    },
    merge: (a, b) => ({ sum: a.sum + b.sum, count: a.count + b.count }),
    compute: ({ sum, count }) => sum / count,
  });
