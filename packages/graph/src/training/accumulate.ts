import { errors } from "../errors.ts";
import type { Value } from "../ir/builder.ts";
import type { Build } from "../ops/build.ts";

/** Number of batches so far, from which dropout's masks follow where several batches make one update. */
export const BATCHES = "batches";

/** Gradients that several batches in a row make together. */
export interface Accumulation {
  /** Means over the batches, complete where `isComplete`. */
  readonly gradients: ReadonlyMap<string, Value>;
  /** bool [1]: this batch is the last of its update. */
  readonly isComplete: Value;
  /** Next values of the slots that are moved by every batch. */
  readonly next: ReadonlyMap<string, Value>;
}

/** Sums of gradients over `count` batches as state: every batch adds its own, and the last starts them anew. */
export function appendAccumulation(build: Build, gradients: ReadonlyMap<string, Value>, count: number): Accumulation {
  const done = build.add(build.has(BATCHES) ? build.value(BATCHES) : build.input(BATCHES, [1]), 1);
  // exact as long as the number of batches is: below 2^24
  const isComplete = build.equal(build.mul(build.floor(build.div(done, count)), count), done);
  const next = new Map<string, Value>([[BATCHES, done]]);
  const means = new Map<string, Value>();
  for (const [name, gradient] of gradients) {
    const slot = `accumulated/${name.replace(/^parameter\//, "")}`;
    const sum = build.add(build.input(slot, gradient.shape), gradient);
    next.set(slot, build.where(isComplete, build.scalar(0), sum));
    means.set(name, build.mul(sum, 1 / count));
  }
  return { gradients: means, isComplete, next };
}

/** The number of batches that make an update; an error where it is none. */
export function checkedCount(count: number): number {
  if (Number.isInteger(count) && count >= 1) return count;
  throw errors["step-option"]({
    option: "accumulate",
    expected: "a whole number of at least 1",
    received: String(count),
  });
}
