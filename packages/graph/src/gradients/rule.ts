import { errors } from "../errors.ts";
import type { AttributeReader } from "../ir/attributes.ts";
import type { Value } from "../ir/builder.ts";
import { sameShape, staticShape } from "../ir/shapes.ts";
import type { Node } from "../ir/types.ts";
import type { Build } from "../ops/build.ts";

/** What a gradient rule sees of the node that it differentiates. */
export interface GradientContext {
  readonly build: Build;
  readonly node: Node;
  readonly attributes: AttributeReader;
  readonly inputs: readonly Value[];
  readonly outputs: readonly Value[];
  /** Gradient of the loss by each output; undefined where the loss does not depend on it. */
  readonly outputGradients: readonly (Value | undefined)[];
  /** Gradient by the first output; rules run only where it exists unless they have several outputs. */
  readonly dy: Value;
  /** Whether the gradient by an input is wanted; a rule may leave out others. */
  needs(input: number): boolean;
  /**
   * Gradients by way of other operators: the nodes that `write` appends compute this node's outputs from its inputs once more, and their
   * own rules are applied. For operators that consist of others.
   */
  through(write: () => readonly Value[]): readonly (Value | null)[];
}

/** Gradients of the loss by each input of a node; null where there is none. */
export type GradientRule = (context: GradientContext) => readonly (Value | null)[];

/** Extents of a value as numbers; gradients are built for fixed shapes. */
export const extents = (value: Value): readonly number[] => staticShape(value.shape, value.name);

/** The error of a rule for a kind of its operator that it cannot differentiate. */
export const unsupported = (node: Node, feature: string) =>
  errors["gradient-unsupported"]({ node: node.name, op: node.op, feature });

/**
 * Sums a gradient over the axes along which an operand of the given shape was broadcast:
 * if y = f(broadcast(a)), then da = sum of dy over the axes that were repeated.
 */
export function sumTo(build: Build, gradient: Value, target: Value): Value {
  if (sameShape(gradient.shape, target.shape)) return gradient;
  const from = extents(gradient);
  const to = extents(target);
  const lead = from.length - to.length;
  const axes = from.flatMap((extent, axis) => (axis < lead || (to[axis - lead] === 1 && extent !== 1) ? [axis] : []));
  const summed = axes.length > 0 ? build.reduceSum(gradient, { axes }) : gradient;
  return sameShape(summed.shape, to) ? summed : build.reshape(summed, to);
}
