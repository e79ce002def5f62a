import type { Value } from "../ir/builder.ts";
import type { Build } from "../ops/build.ts";

/** What one update sees: a parameter as a matrix [rows, columns] or vector, its gradient, its slots, and this step's numbers. */
export interface UpdateContext {
  readonly build: Build;
  readonly parameter: Value;
  readonly gradient: Value;
  /** State of the optimizer for this parameter, by slot name; zero at first. */
  readonly slots: Readonly<Record<string, Value>>;
  /** Learning rate of this step, [1]. */
  readonly rate: Value;
  /** Number of this step, counted from 1, [1]. */
  readonly step: Value;
  readonly weightDecay: number;
}

/** What an update gives: the next parameter and the next value of every slot, of the shapes that they had. */
export interface Update {
  readonly parameter: Value;
  readonly slots: Readonly<Record<string, Value>>;
}

/** An update rule as a graph; every slot has the parameter's shape. */
export interface Optimizer {
  readonly slotNames: readonly string[];
  readonly update: (context: UpdateContext) => Update;
}

/** w (1 - rate * decay): weight decay apart from the gradient (Loshchilov and Hutter 2019, arXiv:1711.05101). */
export const decayed = ({ build, parameter, rate, weightDecay }: UpdateContext): Value =>
  weightDecay === 0 ? parameter : build.mul(parameter, build.sub(1, build.mul(rate, weightDecay)));
