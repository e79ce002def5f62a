/** A measured number. Where it is undefined, `value` is NaN, never 0, and `reason` says why. */
export interface MetricValue {
  readonly value: number;
  readonly reason?: string;
}

/** What a metric promises; the contract test over the table checks each promise. */
export interface MetricProperties {
  /** Key in results, snake_case. */
  readonly name: string;
  readonly unit: string;
  /** Closed range of defined values; an end may be infinite. */
  readonly range: readonly [low: number, high: number];
  readonly higherIsBetter: boolean;
  /** The value does not depend on the order of samples (up to rounding of sums, 1e-9). */
  readonly permutationInvariant: boolean;
  /** The value stays where predictions and truth change places. */
  readonly symmetric: boolean;
  /** Samples without a label are left out; where false, they are refused. */
  readonly ignoresMissing: boolean;
}

/** The value of one class, NaN where undefined; `class` is its number, as in the batch. */
export interface ClassValue extends MetricValue {
  readonly class: number;
}

/**
 * A number over samples, made from an immutable state, so that parts can be measured apart and merged:
 * `compute(merge(a, b))` is the value of the samples of a and b together.
 */
export interface Metric<Batch, State> extends MetricProperties {
  readonly empty: () => State;
  readonly update: (state: State, batch: Batch) => State;
  readonly merge: (a: State, b: State) => State;
  readonly compute: (state: State) => MetricValue;
  /** The values of classes, in their order, of whose defined ones `compute` is the mean; absent where there are none. */
  readonly perClass?: (state: State) => readonly ClassValue[];
  /**
   * Prepares units (the states of pictures, subjects, ...) once, for many draws with replacement:
   * `resampler(units)(counts)` is the value, maybe NaN, of the whole in which unit i occurs counts[i] times.
   */
  readonly resampler: (units: readonly State[]) => Resample;
}

/** The value of the whole in which unit i occurs `counts[i]` times; NaN where undefined. */
export type Resample = (counts: ArrayLike<number>) => number;

/** Promises that are false where a file does not make them. */
type Optional = "symmetric" | "ignoresMissing";

/** Properties as a file writes them. */
export type DeclaredProperties = Omit<MetricProperties, Optional> & Partial<Pick<MetricProperties, Optional>>;

/** A metric as its file writes it: `compute` may return a bare number, `resampler` is optional. */
export interface MetricDefinition<Batch, State> extends DeclaredProperties {
  readonly empty: () => State;
  readonly update: (state: State, batch: Batch) => State;
  readonly merge: (a: State, b: State) => State;
  /** A bare NaN means that nothing was counted; any other cause is told with `undefinedValue`. */
  readonly compute: (state: State) => number | MetricValue;
  readonly perClass?: (state: State) => readonly ClassValue[];
  /** A faster way than merging, where states are large. */
  readonly resampler?: (units: readonly State[]) => Resample;
}

/** Completes a definition: values carry a reason where undefined, and resampling falls back to merging. */
export function defineMetric<Batch, State>(definition: MetricDefinition<Batch, State>): Metric<Batch, State> {
  const compute = (state: State): MetricValue => {
    const computed = definition.compute(state);
    if (typeof computed !== "number") return computed;
    return Number.isNaN(computed) ? undefinedValue("no samples") : { value: computed };
  };
  const resampler = (units: readonly State[]) => (counts: ArrayLike<number>) => {
    let whole = definition.empty();
    units.forEach((unit, i) => {
      for (let n = 0; n < counts[i]!; n++) whole = definition.merge(whole, unit);
    });
    return compute(whole).value;
  };
  return { resampler, symmetric: false, ignoresMissing: false, ...definition, compute };
}

/** An undefined value and its reason, a phrase such as "no positive samples". */
export const undefinedValue = (reason: string): MetricValue => ({ value: Number.NaN, reason });

/** The mean of the defined values, undefined for `reason` where there is none. */
export function meanOfDefined(values: readonly MetricValue[], reason: string): MetricValue {
  const defined = values.filter(({ value }) => !Number.isNaN(value));
  if (defined.length === 0) return undefinedValue(reason);
  return { value: defined.reduce((sum, { value }) => sum + value, 0) / defined.length };
}

/** Merges any number of states, in order and pairwise (states that are lists are copied log n times, not n). */
export function mergeStates<State>(
  { empty, merge }: Pick<Metric<never, State>, "empty" | "merge">,
  states: readonly State[],
): State {
  let level = states;
  while (level.length > 1) {
    const pairs: State[] = [];
    for (let i = 0; i < level.length; i += 2) {
      pairs.push(i + 1 < level.length ? merge(level[i]!, level[i + 1]!) : level[i]!);
    }
    level = pairs;
  }
  return level[0] ?? empty();
}
