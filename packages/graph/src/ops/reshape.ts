import { attribute } from "../ir/attributes.ts";
import type { GraphBuilder, Value } from "../ir/builder.ts";
import { formatShape, normalizeAxis, productOf, sizeOf } from "../ir/shapes.ts";
import { numbersOf } from "../ir/tensors.ts";
import type { Dimension, Shape } from "../ir/types.ts";
import { known, reshaped } from "./constants.ts";
import { type InferenceRule, mismatch } from "./rule.ts";

const isNumber = (extent: Dimension): extent is number => typeof extent === "number";

/** Product of the numbers and sorted names of a shape, so that [N, 4, 9] and [N, 36] are seen to be equal. */
const signature = (shape: Shape): { product: number; names: readonly string[] } => ({
  product: sizeOf(shape.filter(isNumber)),
  names: shape.filter((extent) => !isNumber(extent)).sort(),
});

/** Resolves ONNX Reshape's 0 (copy) and -1 (what is left). */
export function resolveReshape(from: Shape, target: readonly number[], allowZero = false): Shape | undefined {
  const shape: Dimension[] = target.map((extent, axis) => (extent === 0 && !allowZero ? (from[axis] ?? 0) : extent));
  const open = shape.indexOf(-1);
  const given = signature(shape.filter((extent) => extent !== -1));
  const whole = signature(from);
  const left = without(whole.names, given.names);
  if (open < 0) return given.product === whole.product || left?.length !== 0 ? shape : undefined;
  const factor = whole.product / given.product;
  if (left && Number.isInteger(factor)) return shape.with(open, productOf([factor, ...left]));
  return left?.length === 0 ? undefined : shape.with(open, `${formatShape(from)}/${formatShape(shape)}`);
}

/** A list without the items of another, each taken once; undefined where one of them is not there. */
function without(items: readonly string[], gone: readonly string[]): readonly string[] | undefined {
  const left = [...items];
  for (const item of gone) {
    const index = left.indexOf(item);
    if (index < 0) return undefined;
    left.splice(index, 1);
  }
  return left;
}

export const reshapeInference: InferenceRule = ({ node, input, constant, attributes }) => {
  const x = input(0);
  const target = constant(1);
  if (!target) throw mismatch(node, "a constant target shape", "one that is computed");
  const shape = resolveReshape(x.shape, numbersOf(target), attributes.int("allowzero", 0) === 1);
  if (!shape)
    throw mismatch(node, `a shape of as many elements as ${formatShape(x.shape)}`, formatShape(numbersOf(target)));
  return [known(x.dtype, shape, reshaped(constant(0), shape))];
};

/** `shape`: 0 copies the extent of the same axis, one -1 stands for what is left. */
export const reshape = (build: GraphBuilder, x: Value, shape: readonly number[]): Value =>
  build.node("Reshape", [x, build.integers(shape)]);

export const flattenInference: InferenceRule = ({ input, attributes }) => {
  const { shape, dtype } = input(0);
  const axis = attributes.int("axis", 1);
  const split = axis < 0 ? axis + shape.length : axis;
  return [{ dtype, shape: [productOf(shape.slice(0, split)), productOf(shape.slice(split))] }];
};

/** A matrix: the axes before `axis` (1 unless told) are one, those from it on the other. */
export const flatten = (build: GraphBuilder, x: Value, { axis = 1 } = {}): Value =>
  build.node("Flatten", [x], { attributes: { axis: attribute.int(axis) } });

export const transposeInference: InferenceRule = ({ node, input, attributes }) => {
  const { shape, dtype } = input(0);
  const permutation = attributes.ints(
    "perm",
    shape.map((_, axis) => shape.length - 1 - axis),
  );
  if (permutation.length !== shape.length)
    throw mismatch(node, `a permutation of ${shape.length} axes`, `[${permutation}]`);
  return [{ dtype, shape: permutation.map((axis) => shape[axis]!) }];
};

/** Output axis i is input axis `permutation[i]`. */
export const transpose = (build: GraphBuilder, x: Value, permutation: readonly number[]): Value =>
  build.node("Transpose", [x], { attributes: { perm: attribute.ints(permutation) } });

export const unsqueezeInference: InferenceRule = ({ input, constant, attributes }) => {
  const { shape, dtype } = input(0);
  const tensor = constant(1);
  const axes = tensor ? numbersOf(tensor) : attributes.ints("axes", []);
  const rank = shape.length + axes.length;
  const added = new Set(axes.map((axis) => normalizeAxis(axis, rank)));
  const rest = [...shape];
  const result = Array.from({ length: rank }, (_, axis) => (added.has(axis) ? 1 : rest.shift()!));
  return [known(dtype, result, reshaped(constant(0), result))];
};

export const squeezeInference: InferenceRule = ({ input, constant, attributes }) => {
  const { shape, dtype } = input(0);
  const tensor = constant(1);
  const axes = tensor ? numbersOf(tensor) : attributes.optionalInts("axes");
  const gone = new Set(
    axes?.map((axis) => normalizeAxis(axis, shape.length)) ??
      shape.flatMap((extent, axis) => (extent === 1 ? [axis] : [])),
  );
  const result = shape.filter((_, axis) => !gone.has(axis));
  return [known(dtype, result, reshaped(constant(0), result))];
};

export const expandInference: InferenceRule = ({ node, input, constant }) => {
  const target = constant(1);
  if (!target) throw mismatch(node, "a constant target shape", "one that is computed");
  const { shape, dtype } = input(0);
  const wanted = numbersOf(target);
  const rank = Math.max(shape.length, wanted.length);
  return [
    {
      dtype,
      shape: Array.from({ length: rank }, (_, axis) => {
        const own = shape[axis - rank + shape.length] ?? 1;
        const want = wanted[axis - rank + wanted.length] ?? 1;
        return own === 1 ? want : own;
      }),
    },
  ];
};

/** Repeats axes of extent 1 (numpy broadcast_to). */
export const expand = (build: GraphBuilder, x: Value, shape: readonly number[]): Value =>
  build.node("Expand", [x, build.integers(shape)]);

/** Blocks of channels [N, C, H, W] as blocks of pixels [N, C / b^2, H b, W b]. */
export const depthToSpaceInference: InferenceRule = ({ node, input, attributes }) => {
  const { shape, dtype } = input(0);
  const [batch, channels, height, width] = shape;
  const block = attributes.int("blocksize", 1);
  if (shape.length !== 4 || typeof channels !== "number" || channels % block ** 2 !== 0)
    throw mismatch(node, `[N, C, H, W] with C a multiple of ${block ** 2}`, formatShape(shape));
  return [{ dtype, shape: [batch!, channels / block ** 2, productOf([block, height!]), productOf([block, width!])] }];
};

/** Blocks of pixels [N, C, H, W] as channels [N, C b^2, H / b, W / b]. */
export const spaceToDepthInference: InferenceRule = ({ node, input, attributes }) => {
  const { shape, dtype } = input(0);
  const block = attributes.int("blocksize", 1);
  const [batch, channels, ...size] = shape;
  const isWhole = size.every((extent) => typeof extent === "number" && extent % block === 0);
  if (shape.length !== 4 || !isWhole)
    throw mismatch(node, `[N, C, H, W] with H and W multiples of ${block}`, formatShape(shape));
  return [
    { dtype, shape: [batch!, productOf([channels!, block ** 2]), ...size.map((extent) => (extent as number) / block)] },
  ];
};

/** Squares of pixels that go into channels, or come out of them. */
export interface BlockOptions {
  /** Pixels of a block in each direction. */
  readonly block: number;
}

/** Which of the channels are of one block: "DCR" those C / b^2 apart, "CRD" (pixel shuffle) those that follow one another. */
export const depthToSpace = (
  build: GraphBuilder,
  x: Value,
  { block, mode = "DCR" }: BlockOptions & { readonly mode?: "DCR" | "CRD" },
): Value =>
  build.node("DepthToSpace", [x], { attributes: { blocksize: attribute.int(block), mode: attribute.string(mode) } });

/** The inverse of `depthToSpace` in mode "DCR". */
export const spaceToDepth = (build: GraphBuilder, x: Value, { block }: BlockOptions): Value =>
  build.node("SpaceToDepth", [x], { attributes: { blocksize: attribute.int(block) } });
