import { attribute } from "../ir/attributes.ts";
import type { GraphBuilder, Value } from "../ir/builder.ts";
import { formatShape, productOf } from "../ir/shapes.ts";
import { int64, numbersOf } from "../ir/tensors.ts";
import { type InferenceRule, mismatch, sameAsFirst } from "./rule.ts";

/** Tile(x, repeats): x side by side with itself along every axis. */
export const tileInference: InferenceRule = ({ node, input, constant }) => {
  const { shape, dtype } = input(0);
  const repeats = constant(1);
  if (repeats?.shape[0] !== shape.length)
    throw mismatch(node, `${shape.length} constant repeats`, repeats ? formatShape(repeats.shape) : "computed ones");
  const counts = numbersOf(repeats);
  return [{ dtype, shape: shape.map((extent, axis) => productOf([counts[axis]!, extent])) }];
};

/** x repeated along each axis, as often as `repeats` says of it. */
export const tile = (build: GraphBuilder, x: Value, repeats: readonly number[]): Value =>
  build.node("Tile", [x, build.integers(repeats)]);

/** CumSum(x, axis): sums of all elements up to each one. */
export const cumSumInference = sameAsFirst;

/** `exclusive`: each sum without the element itself; `reverse`: sums from the end. */
export const cumSum = (
  build: GraphBuilder,
  x: Value,
  { axis, exclusive = false, reverse = false }: { axis: number; exclusive?: boolean; reverse?: boolean },
): Value =>
  build.node("CumSum", [x, build.constant(int64([axis], []))], {
    attributes: { exclusive: attribute.int(Number(exclusive)), reverse: attribute.int(Number(reverse)) },
  });
