import {
  hitsOf,
  mcnemarTest,
  type Outcome,
  outcomeStates,
  type PairedDifference,
  pairedBootstrap,
  pairedEvidence,
  pairedPermutationTest,
  protocolOf,
  protocols,
} from "@foveajs/evaluation";
import { errors } from "../errors.ts";
import type { Comparison } from "./comparison.ts";
import type { SavedResult } from "./result-files.ts";

type MetricComparison = Comparison["metrics"][string];

/** Metrics that both results have, compared; `units` absent where one of them does not tell its samples. */
export interface Compared {
  readonly units?: number;
  readonly metrics: Comparison["metrics"];
}

/** From this p-value up, a difference is noise. */
const LEVEL = 0.05;
const RESAMPLES = 2000;
/** Where each draw measures a protocol anew, which may take a tenth of a second. */
const FULL_RESAMPLES = 1000;

/** Compares two results on the same samples: by paired tests where both tell what each sample came to, else by intervals. */
export function compareMetrics(first: SavedResult, second: SavedResult, { seed }: { seed: number }): Compared {
  const names = Object.keys(first.metrics).filter((name) => Object.hasOwn(second.metrics, name));
  const outcomes = first.outcomes && second.outcomes && ([first.outcomes, second.outcomes] as const);
  if (outcomes) checkSameSamples(...outcomes);
  const remeasure = Object.hasOwn(protocols, first.protocol) ? protocolOf(first.protocol).remeasure : undefined;
  const tests = outcomes && remeasure && pairedEvidence(remeasure, outcomes, { seed, resamples: FULL_RESAMPLES });
  const metrics = names.map((name): [string, MetricComparison] => {
    const values = { first: first.metrics[name]!.value, second: second.metrics[name]!.value };
    const higherIsBetter = directionOf(first.protocol, name);
    const paired =
      tests && Object.hasOwn(tests, name)
        ? pairedComparison(tests[name]!, { higherIsBetter })
        : outcomes && comparePaired(outcomes, { name, higherIsBetter, seed });
    if (paired) return [name, { ...values, ...paired }];
    const intervals = [first.metrics[name]!, second.metrics[name]!] as const;
    const why = outcomes
      ? "this metric cannot be taken apart into samples"
      : "without the outcomes of samples (evaluate --outcomes)";
    return [name, { ...values, ...compareIntervals(intervals, { higherIsBetter, why }) }];
  });
  return {
    ...(outcomes ? { units: new Set(outcomes[0].map(({ unit }) => unit)).size } : {}),
    metrics: Object.fromEntries(metrics),
  };
}

/** Whether more of a metric is better; rates of errors that only some results have are not among a protocol's metrics. */
function directionOf(protocol: string, name: string): boolean | undefined {
  const known = Object.hasOwn(protocols, protocol) ? protocols[protocol as keyof typeof protocols].metrics : [];
  return (
    known.find((metric) => metric.name === name)?.higherIsBetter ?? (name.startsWith("false_") ? false : undefined)
  );
}

function checkSameSamples(first: readonly Outcome[], second: readonly Outcome[]): void {
  const keys = (outcomes: readonly Outcome[]) => outcomes.map(({ id, unit }) => JSON.stringify([id, unit])).sort();
  const [a, b] = [keys(first), keys(second)];
  if (a.length === b.length && a.every((key, i) => key === b[i])) return;
  throw errors["not-comparable"]({ what: "samples", first: `${a.length} samples`, second: `${b.length} others` });
}

interface Direction {
  readonly higherIsBetter: boolean | undefined;
}

function comparePaired(
  outcomes: readonly [readonly Outcome[], readonly Outcome[]],
  { name, higherIsBetter, seed }: Direction & { name: string; seed: number },
): Omit<MetricComparison, "first" | "second"> | undefined {
  const found = outcomeStates(outcomes, name);
  if (found === undefined) return undefined;
  const { metric, states } = found;
  const units = [...states[0]!.keys()].sort();
  const pair = {
    first: units.map((unit) => states[0]!.get(unit)),
    second: units.map((unit) => states[1]!.get(unit)),
  };
  const { value, interval, reason } = pairedBootstrap(metric, pair, { seed, resamples: RESAMPLES });
  const { pValue, reason: untested } = pairedPermutationTest(metric, pair, { seed, resamples: RESAMPLES });
  const why = reason ?? untested;
  const tested = { value, interval, pValue, ...(why === undefined ? {} : { reason: why }) };
  const mcnemar = mcnemarOf(outcomes, name);
  const { verdict, reason: told, ...compared } = pairedComparison(tested, { higherIsBetter });
  return {
    ...compared,
    ...(mcnemar ? { mcnemar } : {}),
    verdict,
    ...(told === undefined ? {} : { reason: told }),
  };
}

/** The verdict of paired tests. */
function pairedComparison(
  { value, interval, pValue, reason }: PairedDifference,
  direction: Direction,
): Omit<MetricComparison, "first" | "second"> {
  const isReal = pValue < LEVEL && (interval[0] > 0 || interval[1] < 0);
  const why = reason ?? (Number.isFinite(value) ? undefined : "infinite in one of the results");
  return {
    difference: finite(value),
    interval: [finite(interval[0]), finite(interval[1])],
    p_value: finite(pValue),
    ...(Number.isFinite(value) && !Number.isNaN(pValue)
      ? verdictOf(isReal ? value : 0, direction)
      : { verdict: "unknown" as const }),
    ...(why === undefined ? {} : { reason: why }),
  };
}

/** Only where samples are independent: McNemar's test knows no units. */
function mcnemarOf([first, second]: readonly [readonly Outcome[], readonly Outcome[]], name: string) {
  if (new Set(first.map(({ unit }) => unit)).size !== first.length) return undefined;
  const [a, b] = [hitsOf(first, name), hitsOf(second, name)];
  if (a === undefined || b === undefined) return undefined;
  const ids = [...a.keys()];
  const { onlyFirst, onlySecond, pValue } = mcnemarTest({
    first: ids.map((id) => a.get(id)!),
    second: ids.map((id) => b.get(id)!),
  });
  return { only_first: onlyFirst, only_second: onlySecond, p_value: finite(pValue) };
}

/** Intervals apart tell a difference; intervals that overlap tell nothing, since the samples are the same. */
function compareIntervals(
  [first, second]: readonly [SavedResult["metrics"][string], SavedResult["metrics"][string]],
  { higherIsBetter, why }: Direction & { why: string },
): Omit<MetricComparison, "first" | "second"> {
  const none = { interval: [null, null] as [null, null], p_value: null };
  const difference = first.value === null || second.value === null ? null : second.value - first.value;
  const ends = [...first.interval, ...second.interval];
  if (difference === null || ends.some((end) => end === null)) {
    return { difference, ...none, verdict: "unknown", reason: `${why}, and one of the values has no interval` };
  }
  const [low, high, otherLow, otherHigh] = ends as [number, number, number, number];
  if (low <= otherHigh && otherLow <= high) {
    return { difference, ...none, verdict: "unknown", reason: `${why}: only intervals are compared, and they overlap` };
  }
  return {
    difference,
    ...none,
    ...verdictOf(difference, { higherIsBetter }),
    reason: `${why}: the intervals lie apart`,
  };
}

/** Of a difference that is none but by chance, 0 is given. */
function verdictOf(difference: number, { higherIsBetter }: Direction): Pick<MetricComparison, "verdict" | "reason"> {
  if (difference === 0) return { verdict: "noise" };
  if (higherIsBetter === undefined)
    return { verdict: "unknown", reason: "they differ, and which is better is not told" };
  return { verdict: difference > 0 === higherIsBetter ? "second" : "first" };
}

const finite = (number: number): number | null => (Number.isFinite(number) ? number : null);
