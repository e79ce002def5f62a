import { voteColumns } from "../fer2013/release.ts";

/** The expressions of FER+, in the official order: the columns of votes without the last two. */
export const ferPlusClasses = voteColumns.slice(0, 8);

/** What ten votes say of one picture. */
export interface VotedTarget {
  /** The class by majority. */
  readonly target: number;
  /** The distribution of votes over the classes; sums to 1. */
  readonly shares: readonly number[];
}

/**
 * The target of a picture by the votes in the order of the columns, undefined where it is to be left out. Single votes
 * are outliers and go. Majority: the class with most votes, the first of equals, if it has more than half of all
 * (unknown and not a face counted). Distribution ("probability"): columns from the largest down, equals together, until
 * three quarters of the votes or three columns are taken; unknown or not a face ends it, and goes where an expression
 * was taken before. Source: microsoft/FERPlus, commit ae2128ab; Barsoum et al. (2016), arXiv:1608.01041.
 */
export function votedTarget(votes: readonly number[]): VotedTarget | undefined {
  const counted = votes.map((vote) => (vote === 1 ? 0 : vote));
  const total = counted.reduce((sum, vote) => sum + vote, 0);
  const target = counted.indexOf(Math.max(...counted));
  if (!(counted[target]! > total / 2) || target >= ferPlusClasses.length) return undefined;
  return { target, shares: distribution(counted, total) };
}

/**
 * Shares of the classes; the largest column is an expression with more than half of the votes. The limit of three columns
 * never binds then: three with two votes each below it would take thirteen.
 */
function distribution(counted: readonly number[], total: number): number[] {
  const order = [...counted.keys()]
    .filter((column) => counted[column]! > 0)
    .sort((a, b) => counted[b]! - counted[a]! || a - b);
  const taken: number[] = [];
  let sum = 0;
  for (const [i, column] of order.entries()) {
    const isEqual = i > 0 && counted[column] === counted[order[i - 1]!];
    if (!isEqual && sum >= 0.75 * total) break;
    if (column >= ferPlusClasses.length) break;
    taken.push(column);
    sum += counted[column]!;
  }
  return ferPlusClasses.map((_, column) => (taken.includes(column) ? counted[column]! / sum : 0));
}
