import { errors } from "../errors.ts";

/** A measured quantity: predictions [N] and targets [N] in one unit. A NaN target is a missing label. */
export interface PairedValues {
  readonly predictions: ArrayLike<number>;
  readonly targets: ArrayLike<number>;
}

/** Lowest and highest target there is; a code for a missing label outside of it, such as −5, is then refused. */
export interface TargetRange {
  readonly targetRange?: readonly [low: number, high: number];
}

/** Calls `visit` for each labelled sample; refuses a prediction that is not finite and a target outside of the range. */
export function eachPair(
  { predictions, targets }: PairedValues,
  { targetRange: [low, high] = [-Number.MAX_VALUE, Number.MAX_VALUE] }: TargetRange,
  visit: (prediction: number, target: number) => void,
): void {
  if (predictions.length !== targets.length) {
    throw errors["row-count"]({ where: "targets", expected: predictions.length, received: targets.length });
  }
  for (let i = 0; i < predictions.length; i++) {
    const [prediction, target] = [predictions[i]!, targets[i]!];
    if (!Number.isFinite(prediction)) {
      throw errors["bad-value"]({ where: `predictions, row ${i}`, expected: "a finite number", received: prediction });
    }
    if (target < low || target > high) {
      throw errors["bad-value"]({
        where: `targets, row ${i}`,
        expected: `a number from ${low} to ${high}, or NaN`,
        received: target,
      });
    }
    if (!Number.isNaN(target)) visit(prediction, target);
  }
}
