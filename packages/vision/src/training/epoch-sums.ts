import type { Measures } from "./events.ts";
import type { StepResult } from "./stepper.ts";

/** What the steps of one epoch add up to. */
export interface EpochSums {
  readonly steps: number;
  readonly loss: number;
  /** Of each task before weighting. */
  readonly losses: Measures;
  readonly seconds: number;
}

/** An epoch before its first step. */
export const noSteps: EpochSums = { steps: 0, loss: 0, losses: {}, seconds: 0 };

/** The sums with one step more; `seconds` is what has passed since the one before. */
export const withStep = (
  sums: EpochSums,
  { loss, losses }: Pick<StepResult, "loss" | "losses">,
  seconds: number,
): EpochSums => ({
  steps: sums.steps + 1,
  loss: sums.loss + loss,
  losses: Object.fromEntries(Object.entries(losses).map(([task, value]) => [task, (sums.losses[task] ?? 0) + value])),
  seconds: sums.seconds + seconds,
});

/** Mean losses of an epoch of one step at least. */
export const meansOf = ({ steps, loss, losses }: EpochSums): Pick<EpochSums, "loss" | "losses"> => ({
  loss: loss / steps,
  losses: Object.fromEntries(Object.entries(losses).map(([task, sum]) => [task, sum / steps])),
});
