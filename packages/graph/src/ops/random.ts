import { attribute } from "../ir/attributes.ts";
import type { GraphBuilder, Value } from "../ir/builder.ts";
import { sizeOf } from "../ir/shapes.ts";
import { FOVEA_DOMAIN } from "../ir/types.ts";
import { type InferenceRule, mismatch } from "./rule.ts";

/** Random numbers of one stream in a row, and the number of rows: two words of 12 bits make the counter. */
export const STREAM_LENGTH = 4096;

/** Streams that a tensor of this many elements takes. */
export const streamsFor = (size: number): number => Math.ceil(size / STREAM_LENGTH);

/**
 * fovea.RandomUniform(seed, step): numbers u of `shape`, 0 <= u < 1, multiples of 2^-24, that depend on nothing but seed, step (whole
 * numbers from 0 to 2^24 - 1, one element each) and the counters 4096 stream + i. There is no state: the same step gives the same
 * numbers on every machine. ONNX's own Random operators keep a hidden state, and no WebGPU provider runs them.
 */
export const randomUniformInference: InferenceRule = ({ node, input, attributes }) => {
  const shape = attributes.ints("shape", []);
  const stream = attributes.int("stream", 0);
  if (stream < 0 || stream + streamsFor(sizeOf(shape)) > STREAM_LENGTH)
    throw mismatch(node, `streams from 0 to ${STREAM_LENGTH - 1}`, `${streamsFor(sizeOf(shape))} from ${stream} on`);
  for (const operand of [input(0), input(1)])
    if (operand.dtype !== "float32" || operand.shape.some((extent) => extent !== 1))
      throw mismatch(node, "a float32 seed and step of one element", `${operand.dtype} [${operand.shape.join(", ")}]`);
  return [{ dtype: "float32", shape }];
};

/** Where random numbers come from: the same seed, step and stream give the same numbers on every machine. */
export interface RandomOptions {
  /** Whole numbers from 0 to 2^24 - 1 as float32 values of one element: constants or inputs of the graph. */
  readonly seed: Value;
  readonly step: Value;
  /** First stream of 4096 numbers; each use in a graph takes its own, one for every 4096 elements (`streamsFor`). */
  readonly stream: number;
}

/** fovea.RandomUniform: float32 numbers u of this shape, 0 <= u < 1, that follow from seed, step and stream alone. */
export const randomUniform = (
  build: GraphBuilder,
  shape: readonly number[],
  { seed, step, stream }: RandomOptions,
): Value =>
  build.node("RandomUniform", [seed, step], {
    domain: FOVEA_DOMAIN,
    attributes: { shape: attribute.ints(shape), stream: attribute.int(stream) },
  });

/** x with elements set to 0 by chance `ratio` (0 <= ratio < 1), the others divided by 1 - ratio. Srivastava et al. 2014, JMLR 15. */
export const randomDropout = (
  build: GraphBuilder,
  x: Value,
  { ratio, ...random }: RandomOptions & { readonly ratio: number },
): Value => dropped(build, x, x.shape as readonly number[], ratio, random);

/** The same chance for whole samples (axis 0): a residual branch is left out. Huang et al. 2016, arXiv:1603.09382. */
export const stochasticDepth = (
  build: GraphBuilder,
  x: Value,
  { ratio, ...random }: RandomOptions & { readonly ratio: number },
): Value =>
  dropped(
    build,
    x,
    x.shape.map((extent, axis) => (axis === 0 ? (extent as number) : 1)),
    ratio,
    random,
  );

function dropped(build: GraphBuilder, x: Value, shape: readonly number[], ratio: number, random: RandomOptions): Value {
  if (ratio === 0) return x;
  const isKept = build.node("GreaterOrEqual", [randomUniform(build, shape, random), build.scalar(ratio)]);
  const mask = build.node("Cast", [isKept], { attributes: { to: attribute.int(1) } }); // float32
  return build.node("Mul", [x, build.node("Mul", [mask, build.scalar(1 / (1 - ratio))])]);
}
