/** A task's metric at each moment of a training [M], NaN where it was not measured. */
export interface MomentTask {
  readonly name: string;
  readonly higherIsBetter: boolean;
  /** Over all validation samples. */
  readonly all: readonly number[];
  /** Over each half of the samples; every task has the same samples in the same half. */
  readonly halves: readonly [first: readonly number[], second: readonly number[]];
}

/** Values of one metric at each moment [M], NaN where it was not measured. */
export interface MomentCurve {
  readonly values: readonly number[];
  readonly higherIsBetter: boolean;
}

/** What a task would have at the moment that is its own best, and at the one that is best for all together. */
export interface MomentGain {
  readonly own: number;
  readonly common: number;
  /** How much better the own moment is, in units of the metric: above 0 is better, whichever way the metric goes. */
  readonly gain: number;
}

/** What choosing the moment for one task comes to. */
export interface TaskMoments {
  readonly name: string;
  /** Best moment by the smoothed curve over all samples; undefined where nothing was measured. */
  readonly moment: number | undefined;
  /** Chosen and reported on the same samples: too good by what was luck. */
  readonly naive: MomentGain;
  /** Chosen on one half of the samples and reported on the other: [first half reported, second half reported]. */
  readonly halves: readonly [MomentGain, MomentGain];
  /** Mean of both halves: what may be expected of new samples. */
  readonly honest: MomentGain;
}

export interface MomentChoice {
  /** Best moment for all tasks together over all samples; undefined where nothing was measured. */
  readonly common: number | undefined;
  readonly tasks: readonly TaskMoments[];
}

/**
 * Median of each value and its neighbours: of three, at the ends of two (their mean); NaN is left out, and stays where it was.
 * One lucky epoch on a rare class is noise and is not followed.
 */
export const medianOfThree = (values: readonly number[]): number[] =>
  values.map((value, i) => {
    if (Number.isNaN(value)) return value;
    const near = values.slice(Math.max(0, i - 1), i + 2).filter((other) => !Number.isNaN(other));
    near.sort((a, b) => a - b);
    const middle = (near.length - 1) / 2;
    return (near[Math.floor(middle)]! + near[Math.ceil(middle)]!) / 2;
  });

/** The moment with the best smoothed value, the first of equal ones; undefined where nothing was measured. */
export function bestMoment({ values, higherIsBetter }: MomentCurve): number | undefined {
  let best: number | undefined;
  const smooth = medianOfThree(values);
  smooth.forEach((value, i) => {
    if (Number.isNaN(value)) return;
    if (best === undefined || (higherIsBetter ? value > smooth[best]! : value < smooth[best]!)) best = i;
  });
  return best;
}

/**
 * The moment whose mean rank over the tasks is best, by smoothed values; the first of equal ones. Ranks, since metrics
 * have units of their own; moments at which a task was not measured come last for it.
 */
export function commonMoment(curves: readonly MomentCurve[]): number | undefined {
  const measured = curves.filter(({ values }) => values.some((value) => !Number.isNaN(value)));
  if (measured.length === 0) return undefined;
  const ranks = measured.map(ranksOf);
  const sums = ranks[0]!.map((_, moment) => ranks.reduce((sum, rank) => sum + rank[moment]!, 0));
  return sums.indexOf(Math.min(...sums));
}

/** Rank of each moment from 1 (the best), equal ones sharing their mean. */
function ranksOf({ values, higherIsBetter }: MomentCurve): number[] {
  const losses = medianOfThree(values).map((value) =>
    Number.isNaN(value) ? Number.POSITIVE_INFINITY : higherIsBetter ? -value : value,
  );
  return losses.map((own) => {
    const better = losses.filter((other) => other < own).length;
    const equal = losses.filter((other) => other === own).length;
    return better + (equal + 1) / 2;
  });
}

/**
 * What each task gains from a moment of its own over one for all: naively, and honestly, each half reported by what the other
 * chose. The common moment too is chosen without the samples on which it is reported.
 */
export function chooseMoments(tasks: readonly MomentTask[]): MomentChoice {
  const curvesOf = (valuesOf: (task: MomentTask) => readonly number[]) =>
    tasks.map((task): MomentCurve => ({ values: valuesOf(task), higherIsBetter: task.higherIsBetter }));
  const all = curvesOf((task) => task.all);
  const [first, second] = [curvesOf(({ halves }) => halves[0]), curvesOf(({ halves }) => halves[1])];
  return {
    common: commonMoment(all),
    tasks: tasks.map(({ name }, t) => {
      const halves = [gainOf(second, first, t), gainOf(first, second, t)] as const;
      const mean = (key: keyof MomentGain) => (halves[0][key] + halves[1][key]) / 2;
      return {
        name,
        moment: bestMoment(all[t]!),
        naive: gainOf(all, all, t),
        halves,
        honest: { own: mean("own"), common: mean("common"), gain: mean("gain") },
      };
    }),
  };
}

/** Moments chosen by some curves, reported by others. */
function gainOf(chosen: readonly MomentCurve[], reported: readonly MomentCurve[], task: number): MomentGain {
  const { values, higherIsBetter } = reported[task]!;
  const at = (moment: number | undefined) => (moment === undefined ? Number.NaN : values[moment]!);
  const [own, common] = [at(bestMoment(chosen[task]!)), at(commonMoment(chosen))];
  return { own, common, gain: higherIsBetter ? own - common : common - own };
}
