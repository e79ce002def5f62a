import { errors } from "../errors.ts";
import type { Value } from "../ir/builder.ts";
import type { Build } from "../ops/build.ts";

/** A loss scale that grows while gradients stay finite; defaults are those of torch.amp.GradScaler. */
export interface DynamicLossScale {
  readonly initial?: number;
  /** Factor after `interval` updates in a row with finite gradients. */
  readonly growth?: number;
  /** Factor after an update that was left out, since a gradient was not finite. */
  readonly backoff?: number;
  readonly interval?: number;
}

/**
 * Factor by which gradients are multiplied on their way and divided at its end, so that small ones are not lost in half precision:
 * a number, or one that adapts. Powers of two change no digit. Micikevicius et al. 2018, arXiv:1710.03740, section 3.2.
 */
export type LossScale = number | DynamicLossScale;

const SCALE = "loss_scale";
const GOOD_UPDATES = "finite_updates";

/** Output of a step: the dynamic scale that it had. */
const USED = "used_loss_scale";

/** A dynamic scale stays between these; below 1 it is not precision that makes gradients infinite. */
const BOUNDS = [1, 2 ** 24] as const;

/** Largest finite float32: above it, and of NaN, `less` is false. */
const LARGEST = 3.4028234663852886e38;

/** The factor of this step, [1]. */
export function openLossScale(build: Build, scale: LossScale): Value {
  const first = typeof scale === "number" ? scale : (scale.initial ?? 65_536);
  if (!(first > 0 && Number.isFinite(first)))
    throw errors["step-option"]({ option: "lossScale", expected: "a number above 0", received: String(first) });
  return typeof scale === "number" ? build.reshape(build.scalar(scale), [1]) : build.input(SCALE, [1]);
}

/** First value of a slot that does not start at 0. */
export const startOfLossScale = (scale: LossScale | undefined): ReadonlyMap<string, number> =>
  new Map(typeof scale === "object" ? [[SCALE, scale.initial ?? 65_536]] : []);

/** Whether the update may be made, bool [1], and the next values of the slots of a dynamic scale. */
export interface LossScaleUpdate {
  readonly isFinite: Value;
  readonly next: ReadonlyMap<string, Value>;
}

/** `norm`: of all gradients, [1], which is finite where all of them are (and below about 1e19). */
export function updateLossScale(
  build: Build,
  { growth = 2, backoff = 0.5, interval = 2000 }: DynamicLossScale,
  norm: Value,
): LossScaleUpdate {
  const isGood = build.lessOrEqual(norm, LARGEST);
  const scale = build.value(SCALE);
  build.output(scale, USED);
  const good = build.add(build.input(GOOD_UPDATES, [1]), 1);
  const isLong = build.greaterOrEqual(good, interval);
  const grown = build.where(isLong, build.mul(scale, growth), scale);
  const moved = build.where(isGood, grown, build.mul(scale, backoff));
  const counted = build.where(isLong, build.scalar(0), good);
  return {
    isFinite: isGood,
    next: new Map([
      [SCALE, build.max(build.min(moved, BOUNDS[1]), BOUNDS[0])],
      [GOOD_UPDATES, build.where(isGood, counted, build.scalar(0))],
    ]),
  };
}
