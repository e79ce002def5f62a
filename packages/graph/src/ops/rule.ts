import { errors } from "../errors.ts";
import type { AttributeReader } from "../ir/attributes.ts";
import type { InferredType, Value } from "../ir/builder.ts";
import type { Node, Tensor } from "../ir/types.ts";

/** What a shape rule sees of its node. */
export interface InferenceContext {
  readonly node: Node;
  readonly attributes: AttributeReader;
  readonly inputs: readonly (Value | undefined)[];
  readonly opset: number;
  /** The input, or an error that names the node where it is absent. */
  input(index: number): Value;
  /** The tensor behind an input, where it is a constant. */
  constant(index: number): Tensor | undefined;
}

/** Types of an operator's outputs from its inputs and attributes (ONNX operator specification). */
export type InferenceRule = (context: InferenceContext) => readonly InferredType[];

/** The error for inputs that an operator cannot take. */
export const mismatch = (node: Node, expected: string, received: string) =>
  errors["shape-mismatch"]({ node: node.name, op: node.op, expected, received });

/** Output has the type of the first input. */
export const sameAsFirst: InferenceRule = ({ input }) => [{ dtype: input(0).dtype, shape: input(0).shape }];
