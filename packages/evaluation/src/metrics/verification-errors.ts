import { errors } from "../errors.ts";
import { type DeclaredProperties, defineMetric, undefinedValue } from "./metric.ts";
import { rankScored, type Scored } from "./scored.ts";

/** Share of impostor pairs (target 0) accepted, that is, with a score of at least `threshold`. Also FMR. */
export const falseAcceptRate = ({ threshold = 0.5 }: { threshold?: number } = {}) =>
  rateAt(threshold, {
    name: "false_accept_rate",
    reason: "no negative samples",
    count: ({ falses }) => ({ errors: falses.filter((score) => score >= threshold).length, trials: falses.length }),
  });

/** Share of genuine pairs (target 1) refused, that is, with a score below `threshold`. Also FNMR. */
export const falseRejectRate = ({ threshold = 0.5 }: { threshold?: number } = {}) =>
  rateAt(threshold, {
    name: "false_reject_rate",
    reason: "no positive samples",
    count: ({ hits }) => ({ errors: hits.filter((score) => score < threshold).length, trials: hits.length }),
  });

interface ErrorCounts {
  readonly errors: number;
  readonly trials: number;
}

function rateAt(
  threshold: number,
  {
    name,
    reason,
    count,
  }: Pick<DeclaredProperties, "name"> & {
    readonly reason: string;
    readonly count: (ranking: ReturnType<typeof rankScored>) => ErrorCounts;
  },
) {
  if (Number.isNaN(threshold)) {
    throw errors["bad-option"]({ name: "threshold", expected: "a number", received: threshold });
  }
  const merge = (a: ErrorCounts, b: ErrorCounts) => ({ errors: a.errors + b.errors, trials: a.trials + b.trials });
  return defineMetric<Scored, ErrorCounts>({
    name,
    unit: "fraction",
    range: [0, 1],
    higherIsBetter: false,
    permutationInvariant: true,
    empty: () => ({ errors: 0, trials: 0 }),
    update: (state, batch) => merge(state, count(rankScored(batch))),
    merge,
    compute: ({ errors: wrong, trials }) => (trials === 0 ? undefinedValue(reason) : wrong / trials),
  });
}
