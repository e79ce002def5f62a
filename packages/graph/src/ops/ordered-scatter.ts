import { attribute } from "../ir/attributes.ts";
import type { GraphBuilder, Value } from "../ir/builder.ts";
import { sizeOf, staticShape } from "../ir/shapes.ts";
import { expand, reshape } from "./reshape.ts";

/** What becomes of an element of x and the updates that meet it. */
export type ScatterReduction = "add" | "mul" | "min" | "max";

/**
 * ScatterND(x, indices [..., k], updates) with a reduction, written as ScatterElements over the rows that tuples of indices name:
 * onnxruntime's ScatterND lets several threads change one place at once and loses updates, its ScatterElements goes one by one.
 * x: any fixed shape; indices: int32 or int64, from either end; updates: [..., the axes of x after the first k].
 */
export function scatterInOrder(
  build: GraphBuilder,
  x: Value,
  indices: Value,
  updates: Value,
  { reduction }: { readonly reduction: ScatterReduction },
): Value {
  const extents = staticShape(x.shape, x.name);
  const places = staticShape(indices.shape, indices.name);
  const depth = places.at(-1)!;
  const [named, slice] = [extents.slice(0, depth), sizeOf(extents.slice(depth))];
  const count = sizeOf(places.slice(0, -1));
  if (count * slice === 0) return build.node("Identity", [x]);
  const rows = reshape(build, rowsOf(build, indices, named), [count, 1]);
  const changed = build.node(
    "ScatterElements",
    [
      reshape(build, x, [sizeOf(named), slice]),
      slice === 1 ? rows : expand(build, rows, [count, slice]),
      reshape(build, updates, [count, slice]),
    ],
    { attributes: { axis: attribute.int(0), reduction: attribute.string(reduction) } },
  );
  return reshape(build, changed, extents);
}

/** Number of the row that each tuple of indices [..., k] names in the axes of the given extents, row-major. */
function rowsOf(build: GraphBuilder, indices: Value, extents: readonly number[]): Value {
  const integers = (values: readonly number[]) =>
    build.constant({ dtype: "int32", shape: [values.length], data: Int32Array.from(values) });
  const toInt32 = (value: Value) => build.node("Cast", [value], { attributes: { to: attribute.int(6) } }); // TensorProto.INT32
  const given = toInt32(indices); // GPUs have no int64
  const isFromEnd = toInt32(build.node("Less", [given, integers([0])]));
  const fromStart = build.node("Add", [given, build.node("Mul", [isFromEnd, integers(extents)])]);
  const strides = extents.map((_, axis) => sizeOf(extents.slice(axis + 1)));
  return build.node("ReduceSum", [build.node("Mul", [fromStart, integers(strides)]), build.integers([-1])], {
    attributes: { keepdims: attribute.int(0) },
  });
}
