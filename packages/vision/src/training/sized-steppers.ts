import type { InputSize } from "../tasks/task.ts";
import type { Plan } from "./plan.ts";
import type { Recipe } from "./recipe.ts";
import { createStepper, type Stepper, type StepperOptions } from "./stepper.ts";

/** The steppers of a plan whose pictures grow, one at a time. */
export interface SizedSteppers {
  /** The stepper for the pictures of a step; the state of the one before goes on in it. */
  at(step: number): Promise<Stepper>;
  dispose(): Promise<void>;
}

/** Steppers that start from the given state, or from fresh weights. */
export function createSizedSteppers(
  recipe: Recipe,
  plan: Plan,
  { state, ...options }: Omit<StepperOptions, "size">,
): SizedSteppers {
  let carried = state;
  let current: { readonly size: InputSize; readonly stepper: Stepper } | undefined;
  return {
    async at(step) {
      const size = plan.sizeAt(step);
      if (current && current.size.width === size.width && current.size.height === size.height) return current.stepper;
      if (current) carried = await current.stepper.state();
      await current?.stepper.dispose();
      current = undefined;
      const stepper = await createStepper(recipe, { ...options, size, state: carried });
      current = { size, stepper };
      return stepper;
    },
    async dispose() {
      await current?.stepper.dispose();
    },
  };
}
