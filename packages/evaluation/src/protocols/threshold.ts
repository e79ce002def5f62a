import { errors } from "../errors.ts";
import type { ChosenThreshold } from "./protocol.ts";

/**
 * The least score of an answer from which at most `target` of `trials` are false positives (trials: impostor pairs, or
 * pictures, of which one may have several). `scores` are of all answers, `falses` of those that are wrong. An answer's own score
 * counts, so that equal scores are in or out together; where none is left, the threshold lies just above the highest.
 */
export function thresholdForRate({
  scores,
  falses,
  trials,
  target,
}: {
  scores: readonly number[];
  falses: readonly number[];
  trials: number;
  target: number;
}): ChosenThreshold {
  if (!(target >= 0)) {
    throw errors["bad-option"]({ name: "target", expected: "a number of at least 0", received: target });
  }
  if (trials === 0) throw errors["no-trials"]({ expected: "samples that could be false positives", received: "none" });
  if (scores.length === 0) throw errors["no-trials"]({ expected: "scores to choose from", received: "none" });
  const ordered = [...falses].sort((a, b) => b - a);
  const allowed = Math.floor(target * trials * (1 + 1e-12)); // 0.1 * 30 > 3
  const limit = ordered[allowed] ?? Number.NEGATIVE_INFINITY;
  const highest = scores.reduce((most, score) => Math.max(most, score), Number.NEGATIVE_INFINITY);
  const value = scores.reduce(
    (least, score) => (score > limit && score < least ? score : least),
    highest > limit ? highest : nextAbove(limit),
  );
  return { value, reached: ordered.filter((score) => score >= value).length / trials };
}

/** The next larger double. */
function nextAbove(value: number): number {
  if (value === 0) return Number.MIN_VALUE;
  const view = new DataView(new ArrayBuffer(8));
  view.setFloat64(0, value);
  view.setBigInt64(0, view.getBigInt64(0) + (value > 0 ? 1n : -1n));
  return view.getFloat64(0);
}
