import type { InputSize } from "../tasks/task.ts";
import { sizeOfSide } from "./picture-size.ts";
import type { Recipe } from "./recipe.ts";

/** What happens at which step (counted from 0). */
export interface Plan {
  readonly batch: number;
  readonly steps: number;
  readonly stepsPerEpoch: number;
  readonly epochs: number;
  /** Size of the pictures at a step. */
  sizeAt(step: number): InputSize;
  /** Number of the epoch of a step, from 1. */
  epochAt(step: number): number;
  /** Whether an epoch ends with this step. */
  endsEpoch(step: number): boolean;
}

/** Steps, epochs and sizes of a recipe. Samples that do not fill the last batch of an epoch open the next one. */
export function planOf({ training, preprocessing }: Recipe, samplesPerEpoch: number): Plan {
  const { batch, epochs, sizes } = training;
  const stepsPerEpoch = Math.max(1, Math.floor(samplesPerEpoch / batch));
  const steps = Math.max(1, Math.round(stepsPerEpoch * epochs));
  return {
    batch,
    steps,
    stepsPerEpoch,
    epochs: Math.ceil(steps / stepsPerEpoch),
    sizeAt: (step) =>
      sizeOfSide((sizes.find(({ until }) => step < until * steps) ?? sizes.at(-1)!).size, preprocessing),
    epochAt: (step) => Math.floor(step / stepsPerEpoch) + 1,
    endsEpoch: (step) => (step + 1) % stepsPerEpoch === 0 || step + 1 === steps,
  };
}
