import { errors } from "../errors.ts";
import { defineMetric } from "./metric.ts";

/** One query: the ids that a search returned, best first, and the ids that are right. Junk counts neither way. */
export interface RankedQuery {
  readonly ranking: readonly (string | number)[];
  readonly relevant: readonly (string | number)[];
  readonly junk?: readonly (string | number)[];
}

/** What AP@k is divided by: right ids among the first k, min(right ids, k), or all right ids. */
export type ApDenominator = "hits" | "reachable" | "relevant";

/**
 * Mean over queries of AP@k = (1/D) Σ_{i≤k} P(i) rel(i), P(i) the precision of the first i, D by `denominator`: "hits"
 * (AP 0 without one; scripts of AI Meets Beauty), "reachable", or "relevant" (with k = Infinity the standard AP). An id
 * returned again is wrong. Queries without a right id are left out.
 */
export const meanAveragePrecisionAtK = ({
  k = 7,
  denominator = "reachable",
}: {
  k?: number;
  denominator?: ApDenominator;
} = {}) => {
  checkRank("k", k);
  return queryMean(k === Number.POSITIVE_INFINITY ? `map_${denominator}` : `map_${k}_${denominator}`, (query) => {
    let [hits, sum] = [0, 0];
    eachHit(query, k, (rank) => {
      hits++;
      sum += hits / rank;
    });
    return hits === 0 ? 0 : sum / denominators[denominator](hits, new Set(query.relevant).size, k);
  });
};

/** Share of queries with a right id among the first `rank`: a point of the cumulative match characteristic (CMC). */
export const cumulativeMatch = ({ rank = 1 }: { rank?: number } = {}) => {
  checkRank("rank", rank);
  return queryMean(`cmc_${rank}`, (query) => {
    let found = 0;
    eachHit(query, rank, () => {
      found = 1;
    });
    return found;
  });
};

const denominators = {
  hits: (hits) => hits,
  reachable: (_, relevant, k) => Math.min(relevant, k),
  relevant: (_, relevant) => relevant,
} satisfies Record<ApDenominator, (hits: number, relevant: number, k: number) => number>;

function checkRank(name: string, rank: number): void {
  if (rank >= 1 && (Number.isInteger(rank) || rank === Number.POSITIVE_INFINITY)) return;
  throw errors["bad-option"]({ name, expected: "a whole number of at least 1", received: rank });
}

/** Calls `visit` with the rank (from 1) of each right id among the first k that are not junk, the first time it comes. */
function eachHit({ ranking, relevant, junk = [] }: RankedQuery, k: number, visit: (rank: number) => void): void {
  const [wanted, dropped] = [new Set(relevant), new Set(junk)];
  let rank = 0;
  for (const id of ranking) {
    if (dropped.has(id)) continue;
    if (++rank > k) return;
    if (wanted.delete(id)) visit(rank);
  }
}

const queryMean = (name: string, worth: (query: RankedQuery) => number) =>
  defineMetric({
    name,
    unit: "fraction",
    range: [0, 1],
    higherIsBetter: true,
    permutationInvariant: true,
    ignoresMissing: true,
    empty: () => ({ sum: 0, count: 0 }),
    update({ sum, count }, queries: readonly RankedQuery[]) {
      const judged = queries.filter(({ relevant }) => relevant.length > 0);
      return { sum: judged.reduce((total, query) => total + worth(query), sum), count: count + judged.length };
    },
    merge: (a, b) => ({ sum: a.sum + b.sum, count: a.count + b.count }),
    compute: ({ sum, count }) => sum / count,
  });
