import type { Random } from "../contract.test.support.ts";
import type { Value } from "../ir/builder.ts";
import type { Tensor } from "../ir/types.ts";
import type { Build } from "../ops/build.ts";

/** One use of an operator: the inputs by which it is differentiated and what is made of them. */
export interface Case {
  readonly label: string;
  readonly inputs: readonly Tensor[];
  readonly output: (build: Build, inputs: readonly Value[]) => Value | readonly Value[];
}

export type Family = (random: Random) => readonly Case[];
