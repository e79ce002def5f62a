import { errors } from "../errors.ts";
import type { Ranking } from "./precision-recall.ts";

/** Samples of a binary scorer: scores [N], larger is surer, and targets [N], 1 (positive) or 0. */
export interface Scored {
  readonly scores: ArrayLike<number>;
  readonly targets: ArrayLike<number>;
}

/** The scores of positives (hits) and negatives (falses); refuses other targets and scores that are not finite. */
export function rankScored({ scores, targets }: Scored): Ranking {
  if (scores.length !== targets.length) {
    throw errors["row-count"]({ where: "targets", expected: scores.length, received: targets.length });
  }
  const hits: number[] = [];
  const falses: number[] = [];
  for (let i = 0; i < scores.length; i++) {
    if (!Number.isFinite(scores[i]!)) throw errors["bad-score"]({ where: `scores, row ${i}`, received: scores[i]! });
    if (targets[i] !== 0 && targets[i] !== 1) {
      throw errors["bad-target"]({ where: `targets, row ${i}`, classes: 2, received: targets[i]! });
    }
    (targets[i] === 1 ? hits : falses).push(scores[i]!);
  }
  return { positives: hits.length, hits, falses };
}
