import type { Random } from "../contract.test.support.ts";
import type { Value } from "../ir/builder.ts";
import type { Attributes, Tensor } from "../ir/types.ts";
import type { Build } from "../ops/build.ts";

/** One node of an operator of ours. */
export interface FormCase {
  readonly label: string;
  readonly inputs: readonly Tensor[];
  readonly attributes: Attributes;
  readonly outputCount?: number;
  /** Operands made of the inputs, where they are not the inputs themselves. */
  readonly operands?: (build: Build, inputs: readonly Value[]) => readonly (Value | undefined)[];
  /** Operands of the portable form that it is compared with, where only some forms take the node's own. */
  readonly referenceOperands?: (build: Build, inputs: readonly Value[]) => readonly Value[];
}

export type FormFamily = (random: Random) => readonly FormCase[];
