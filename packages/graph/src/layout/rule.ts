import type { AttributeReader } from "../ir/attributes.ts";
import type { Value } from "../ir/builder.ts";
import type { Node } from "../ir/types.ts";
import type { Build } from "../ops/build.ts";

/** A value of the rewritten graph; `moved` tells that its batch axis, first in the original, stands last. */
export interface Placed {
  readonly value: Value;
  readonly moved: boolean;
}

/** What a layout rule sees. At least one input is moved. */
export interface LayoutContext {
  readonly build: Build;
  readonly node: Node;
  readonly attributes: AttributeReader;
  readonly inputs: readonly (Placed | undefined)[];
  /** Rank of the node's first output in the original graph. */
  readonly rank: number;
  /** Shape of the node's first output in the original graph. */
  readonly shape: readonly number[];
}

/** Outputs with the batch innermost, or undefined where the node must be computed in the original layout. */
export type LayoutRule = (context: LayoutContext) => readonly Placed[] | undefined;

/** Place of an axis of the original after axis 0 was moved to the end. */
export const movedAxis = (axis: number, rank: number): number => ((axis < 0 ? axis + rank : axis) + rank - 1) % rank;

/** Permutation that moves axis 0 to the end, and the one that moves it back. */
export const toInnermost = (rank: number): number[] => Array.from({ length: rank }, (_, axis) => (axis + 1) % rank);
export const toOutermost = (rank: number): number[] =>
  Array.from({ length: rank }, (_, axis) => (axis + rank - 1) % rank);

export const movedOutputs = (values: readonly Value[]): readonly Placed[] =>
  values.map((value) => ({ value, moved: true }));
