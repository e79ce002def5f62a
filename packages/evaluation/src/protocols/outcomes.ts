import { detectionAveragePrecision } from "../metrics/average-precision.ts";
import { balancedAccuracy } from "../metrics/balanced-accuracy.ts";
import { addJudged, expectedCalibrationError, type Judged } from "../metrics/expected-calibration-error.ts";
import { defineMetric, type Metric } from "../metrics/metric.ts";
import type { Ranking } from "../metrics/precision-recall.ts";
import { rocAuc } from "../metrics/roc-auc.ts";
import { equalErrorRate, trueAcceptRate } from "../metrics/verification-curve.ts";
import type { DrawnValues } from "../statistics/bootstrap.ts";
import { macroF1WithMissed } from "./macro-f1-with-missed.ts";
import { logitsOfNamed } from "./named-class.ts";

/** What one sample adds to a metric that is Σ sum / Σ weight over samples, such as [hit, 1] to accuracy. */
export type RatioOutcome = readonly [sum: number, weight: number];
/** Classes by their numbers from 0; null for a face that was missed. */
export interface ClassOutcome {
  readonly target: number;
  readonly answer: number | null;
}
export type OutcomeValue = RatioOutcome | ClassOutcome | Judged | Ranking;

/** What one sample came to: enough to measure again, in any draw of units. */
export interface Outcome {
  readonly id: string;
  /** What intervals are drawn over: the subject, photograph, picture, ... that the sample is of. */
  readonly unit: string;
  /** By metric; a metric to which the sample adds nothing, or which is read off the evidence, is absent. */
  readonly values: Readonly<Record<string, OutcomeValue>>;
  /** What metrics that are no sums over samples are measured from, in a form that the protocol reads (`Remeasure`). */
  readonly evidence?: unknown;
}

/**
 * Prepares the samples of units once: the metrics that are read off the evidence, in any draw of units. Evidence that is
 * not of the protocol's form is refused; every sample has some.
 */
export type Remeasure = (units: readonly (readonly Outcome[])[]) => DrawnValues;

/** A metric that was remade from outcomes, with the states of each result's units, by unit. */
export interface OutcomeStates<State = unknown> {
  readonly metric: Pick<Metric<never, State>, "empty" | "merge" | "compute" | "resampler">;
  readonly states: readonly ReadonlyMap<string, State>[];
}

/**
 * One metric of several results' outcomes by unit, so that it can be measured in any draw of units; undefined where they do
 * not tell it. Every unit of a result has a state.
 */
export function outcomeStates(results: readonly (readonly Outcome[])[], name: string): OutcomeStates | undefined {
  const values = results.flatMap((outcomes) => outcomes.map(({ values }) => values[name]));
  const told = values.filter((value) => value !== undefined);
  const [first] = told;
  if (first === undefined) return undefined;
  if (isRatio(first)) return statesOf(results, name, ratio, (value: RatioOutcome) => value);
  if ("target" in first) return classStates(results, name, told as readonly ClassOutcome[]);
  if ("confidence" in first) {
    return statesOf(results, name, calibration, (value: Judged) => addJudged(calibration.empty(), [value]));
  }
  const make = Object.hasOwn(rankedMetrics, name) ? rankedMetrics[name as keyof typeof rankedMetrics] : undefined;
  return make && statesOf(results, name, make(), (value: Ranking) => value);
}

/** The hits, 0 or 1, of samples each of which adds a hit of weight 1; undefined for any other metric. */
export function hitsOf(outcomes: readonly Outcome[], name: string): ReadonlyMap<string, number> | undefined {
  const hits = new Map<string, number>();
  for (const { id, values } of outcomes) {
    const value = values[name];
    if (value === undefined || !isRatio(value) || value[1] !== 1 || (value[0] !== 0 && value[0] !== 1))
      return undefined;
    hits.set(id, value[0]);
  }
  return hits;
}

const isRatio = (value: OutcomeValue): value is RatioOutcome => Array.isArray(value);

/** Σ sum / Σ weight. */
const ratio = defineMetric<never, RatioOutcome>({
  name: "ratio",
  unit: "that of the metric",
  range: [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY],
  higherIsBetter: true,
  permutationInvariant: true,
  empty: () => [0, 0],
  update: (state) => state,
  merge: (a, b) => [a[0] + b[0], a[1] + b[1]],
  compute: ([sum, weight]) => sum / weight,
  resampler: (units) => (counts) => {
    let [sum, weight] = [0, 0];
    units.forEach((unit, i) => {
      if (counts[i]! === 0) return; // an infinite sum must not become NaN
      sum += counts[i]! * unit[0];
      weight += counts[i]! * unit[1];
    });
    return sum / weight;
  },
});

/** Over the bins in which protocols measure it. */
const calibration = expectedCalibrationError();

/** Metrics of classes that are not their macro F1, by their keys in results; one more class stands for missed faces. */
const classMetrics = { mean_recall: () => balancedAccuracy(), pose_balanced_accuracy: () => balancedAccuracy() };

/** Metrics of a ranking, by their keys in results. */
const rankedMetrics = {
  ap: () => detectionAveragePrecision(),
  roc_auc: () => rocAuc(),
  equal_error_rate: () => equalErrorRate(),
  tar_at_far_1e_2: () => trueAcceptRate({ far: 0.01 }),
  tar_at_far_1e_3: () => trueAcceptRate({ far: 0.001 }),
};

function classStates(
  results: readonly (readonly Outcome[])[],
  name: string,
  values: readonly ClassOutcome[],
): OutcomeStates {
  const classes = 1 + values.reduce((most, { target, answer }) => Math.max(most, target, answer ?? 0), 0);
  const make = Object.hasOwn(classMetrics, name) ? classMetrics[name as keyof typeof classMetrics] : macroF1WithMissed;
  const metric = make(classes);
  return statesOf(results, name, metric, ({ target, answer }: ClassOutcome) => {
    const logits = logitsOfNamed(answer ?? classes, classes + 1);
    return metric.update(metric.empty(), { logits: [logits], targets: [target] });
  });
}

function statesOf<State, Value>(
  results: readonly (readonly Outcome[])[],
  name: string,
  metric: OutcomeStates<State>["metric"],
  stateOf: (value: Value) => State,
): OutcomeStates {
  const states = results.map((outcomes) => {
    const byUnit = new Map<string, State>();
    for (const { unit, values } of outcomes) {
      const before = byUnit.get(unit) ?? metric.empty();
      const value = values[name] as Value | undefined;
      byUnit.set(unit, value === undefined ? before : metric.merge(before, stateOf(value)));
    }
    return byUnit;
  });
  return { metric, states } as unknown as OutcomeStates;
}
