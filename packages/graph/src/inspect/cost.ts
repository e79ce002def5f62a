import { attributesOf } from "../ir/attributes.ts";
import { sizeOf } from "../ir/shapes.ts";
import type { Node } from "../ir/types.ts";
import { operatorKey } from "../ops/build.ts";
import type { InferredValues } from "../passes/infer-values.ts";

type Shapes = readonly (readonly number[] | undefined)[];

/** Multiply-adds from the shapes of inputs and outputs; undefined where one that is needed is open. */
type Cost = (node: Node, inputs: Shapes, outputs: Shapes) => number | undefined;

/** Every output element is a sum over the kernel [K, C/groups, k...]. */
const conv: Cost = (_, [, w], [y]) => w && y && sizeOf(y) * sizeOf(w.slice(1));

/** Every input element is multiplied by a kernel [C, K/groups, k...]. */
const convTranspose: Cost = (_, [x, w]) => x && w && sizeOf(x) * sizeOf(w.slice(1));

const matMul: Cost = (_, [a], [y]) => a && y && sizeOf(y) * (a.at(-1) ?? 1);

const gemm: Cost = (node, [a], [y]) => {
  const inner = attributesOf(node).int("transA", 0) === 0 ? 1 : 0;
  return a && y && sizeOf(y) * a[inner]!;
};

/** Each step and direction multiplies by W [directions, gates, features] and R [directions, gates, hidden]. */
const recurrent: Cost = (_, [x, w, r]) => x && w && r && x[0]! * x[1]! * (sizeOf(w) + sizeOf(r));

/** The product of the extents of all letters, one multiply-add each (two operands). */
const einsum: Cost = (node, inputs) => {
  const terms = attributesOf(node).string("equation", "").replaceAll(" ", "").split("->")[0]!.split(",");
  const extents = new Map<string, number>();
  for (const [index, term] of terms.entries()) {
    const shape = inputs[index];
    if (!shape || term.includes(".") || term.length !== shape.length) return undefined;
    for (const [axis, letter] of [...term].entries()) extents.set(letter, shape[axis]!);
  }
  return sizeOf([...extents.values()]);
};

/** Operators that multiply and add; all others count as none, as is usual where networks are compared. */
const costs: Readonly<Record<string, Cost>> = {
  Conv: conv,
  ConvInteger: conv,
  ConvTranspose: convTranspose,
  Einsum: einsum,
  GRU: recurrent,
  Gemm: gemm,
  LSTM: recurrent,
  MatMul: matMul,
  MatMulInteger: matMul,
  "com.microsoft.FusedConv": conv,
};

/** Multiply-adds of one run of a node; undefined where its shapes are open. Bias, activations and normalisations are not counted. */
export function multiplyAdds(node: Node, { types }: InferredValues): number | undefined {
  const cost = costs[operatorKey(node)];
  if (!cost) return 0;
  const shapeOf = (name: string): readonly number[] | undefined => {
    const shape = types.get(name)?.shape;
    return shape?.every((extent) => typeof extent === "number") ? (shape as readonly number[]) : undefined;
  };
  return cost(node, node.inputs.map(shapeOf), node.outputs.map(shapeOf));
}
