import { errors } from "../errors.ts";
import { type Classified, checkClassified, logProbabilities, predictedClass } from "./classified.ts";
import { defineMetric } from "./metric.ts";
import { weightedSums } from "./resampling.ts";

/** One bar of a reliability diagram: samples of similar confidence, their mean confidence and accuracy (NaN if none). */
export interface ReliabilityBin {
  readonly count: number;
  readonly confidence: number;
  readonly accuracy: number;
}

/** Sums per bin, [bins][3]: samples, confidence, hits. Adding two adds their samples. */
export type ReliabilitySums = Float64Array;

/**
 * Expected calibration error over bins of equal width of the top probability: Σ_b (n_b / n) |accuracy_b − confidence_b|,
 * bin b of B holds confidences in (b/B, (b+1)/B]. Source: Guo et al. (2017), arXiv:1706.04599.
 */
export const expectedCalibrationError = ({ bins = 15 }: { bins?: number } = {}) => {
  checkBins(bins);
  return defineMetric<Classified, ReliabilitySums>({
    ...calibrationProperties,
    name: "ece",
    empty: () => new Float64Array(3 * bins),
    update: (sums, batch) => addJudged(sums, judge(batch)),
    merge: (a, b) => a.map((sum, i) => sum + b[i]!),
    compute: (sums) => calibrationError(reliabilityBins(sums)),
    resampler: (units) => {
      const sums = weightedSums(units);
      return (counts) => calibrationError(reliabilityBins(sums(counts)));
    },
  });
};

/** The sums with some samples more, each in its bin of equal width. */
export function addJudged(sums: ReliabilitySums, samples: readonly Judged[]): ReliabilitySums {
  const next = sums.slice();
  const bins = sums.length / 3;
  for (const { confidence, hit } of samples) {
    const at = 3 * Math.min(bins - 1, Math.max(0, Math.ceil(confidence * bins) - 1));
    next[at]!++;
    next[at + 1]! += confidence;
    next[at + 2]! += hit;
  }
  return next;
}

/** A confidence (top probability, 0 to 1) and whether the class was right (1 or 0). */
export interface Judged {
  readonly confidence: number;
  readonly hit: number;
}

/**
 * Expected calibration error over bins of equal mass: samples sorted by top probability are cut into `bins` runs, the
 * first n mod bins of them one longer. Samples of equal confidence share their mean accuracy, so that their order
 * does not matter. Source: Nixon et al. (2019), arXiv:1904.01685.
 */
export const equalMassCalibrationError = ({ bins = 15 }: { bins?: number } = {}) => {
  checkBins(bins);
  const resampler = (units: readonly (readonly Judged[])[]) => {
    const sorted = sortJudged(units);
    return (counts: ArrayLike<number>) => calibrationError(equalMassBins(sorted, counts, bins));
  };
  return defineMetric<Classified, readonly Judged[]>({
    ...calibrationProperties,
    name: "ece_equal_mass",
    empty: () => [],
    update: (samples, batch) => [...samples, ...judge(batch)],
    merge: (a, b) => [...a, ...b],
    compute: (samples) => resampler([samples])([1]),
    resampler,
  });
};

/** Sums as bars, from low to high confidence. */
export const reliabilityBins = (sums: ReliabilitySums): ReliabilityBin[] =>
  Array.from({ length: sums.length / 3 }, (_, b) => {
    const [count, confidence, hits] = sums.subarray(3 * b) as unknown as [number, number, number];
    return { count, confidence: confidence / count, accuracy: hits / count };
  });

const calibrationProperties = {
  unit: "fraction",
  range: [0, 1],
  higherIsBetter: false,
  permutationInvariant: true,
} as const;

function checkBins(bins: number): void {
  if (!Number.isInteger(bins) || bins < 1) {
    throw errors["bad-option"]({ name: "bins", expected: "a whole number of at least 1", received: bins });
  }
}

/** Each sample's confidence, and whether its likeliest class is the target. */
export function judge(batch: Classified): Judged[] {
  checkClassified(batch);
  return batch.logits.map((row, i) => {
    const confidence = Math.min(
      1,
      Math.exp(logProbabilities(row, `logits, row ${i}`).reduce((a, b) => Math.max(a, b))),
    );
    return { confidence, hit: predictedClass(row, batch.targets[i]!) === batch.targets[i] ? 1 : 0 };
  });
}

/** The samples of units by rising confidence. */
interface SortedSamples {
  readonly confidences: Float64Array;
  readonly hits: Uint8Array;
  readonly unitOf: Uint32Array;
}

function sortJudged(units: readonly (readonly Judged[])[]): SortedSamples {
  const sorted = units
    .flatMap((samples, unit) => samples.map(({ confidence, hit }) => ({ confidence, hit, unit })))
    .sort((a, b) => a.confidence - b.confidence);
  return {
    confidences: Float64Array.from(sorted, ({ confidence }) => confidence),
    hits: Uint8Array.from(sorted, ({ hit }) => hit),
    unitOf: Uint32Array.from(sorted, ({ unit }) => unit),
  };
}

/** Cuts the samples, each as often as its unit counts, into runs of equal length. */
function equalMassBins(
  { confidences, hits, unitOf }: SortedSamples,
  counts: ArrayLike<number>,
  bins: number,
): ReliabilityBin[] {
  const total = unitOf.reduce((sum, unit) => sum + counts[unit]!, 0);
  const capacity = (b: number) => Math.floor(total / bins) + (b < total % bins ? 1 : 0);
  const sums = new Float64Array(3 * bins);
  let bin = 0;
  let room = capacity(0);
  for (let start = 0, end = 0; start < unitOf.length; start = end) {
    const confidence = confidences[start]!;
    let equal = 0;
    let equalHits = 0;
    for (end = start; end < unitOf.length && confidences[end] === confidence; end++) {
      equal += counts[unitOf[end]!]!;
      equalHits += counts[unitOf[end]!]! * hits[end]!;
    }
    const accuracy = equalHits / equal;
    while (equal > 0) {
      while (room === 0) room = capacity(++bin);
      const taken = Math.min(room, equal);
      sums[3 * bin]! += taken;
      sums[3 * bin + 1]! += taken * confidence;
      sums[3 * bin + 2]! += taken * accuracy;
      equal -= taken;
      room -= taken;
    }
  }
  return reliabilityBins(sums);
}

function calibrationError(bins: readonly ReliabilityBin[]): number {
  const filled = bins.filter(({ count }) => count > 0);
  const total = filled.reduce((sum, { count }) => sum + count, 0);
  return (
    filled.reduce((sum, { count, confidence, accuracy }) => sum + count * Math.abs(accuracy - confidence), 0) / total
  );
}
