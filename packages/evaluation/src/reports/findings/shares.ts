import { shareMetric } from "../../protocols/share-metric.ts";
import { type BootstrapOptions, measure, statesByGroup } from "../../statistics/bootstrap.ts";
import { wilsonInterval } from "../../statistics/wilson.ts";
import type { ReportValue } from "../report-input.ts";

/** A sample of which something holds or not, and the unit that it must not be torn from. */
export interface Judged {
  readonly unit: string;
  readonly isHit: boolean;
}

const hitShare = shareMetric<Judged>("share", ({ isHit }) => isHit);

/**
 * A share with its interval: Wilson's where each sample is a unit of its own, else bootstrap over units. NaN with a
 * reason where there is no sample.
 */
export function measuredShare(samples: readonly Judged[], options: BootstrapOptions): ReportValue {
  if (samples.length === 0) return { value: Number.NaN, interval: [Number.NaN, Number.NaN], reason: "no samples" };
  if (new Set(samples.map(({ unit }) => unit)).size === samples.length) {
    const hits = samples.filter(({ isHit }) => isHit).length;
    const { level = 0.95 } = options;
    return { value: hits / samples.length, ...wilsonInterval(hits, samples.length, { level }) };
  }
  return measure(
    hitShare,
    statesByGroup(
      hitShare,
      samples.map((sample) => ({ group: sample.unit, batch: [sample] })),
    ),
    options,
  );
}
