import { unrolled } from "../passes/unroll-recurrent.ts";
import type { GradientRule } from "./rule.ts";

/** LSTM and GRU: the gradient of their steps written in other operators, whose formulas passes/unroll-recurrent.ts gives. */
export const recurrent: GradientRule = (context) => context.through(() => unrolled(context));
