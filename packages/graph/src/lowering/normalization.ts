import type { Value } from "../ir/builder.ts";
import { filled } from "../ir/tensors.ts";
import { FOVEA_DOMAIN } from "../ir/types.ts";
import type { Build } from "../ops/build.ts";
import { nativeTrainingNormalization } from "../ops/internal.ts";
import { channelShape } from "../ops/normalization.ts";
import { layoutOf } from "../ops/spatial.ts";
import { affineByChannel, canBlockChannels } from "./blocked.ts";
import { always, type Form, type LoweringContext } from "./form.ts";
import { stageOf, sumToChannels } from "./reductions.ts";

/** A map as [batch, channels, pixels]: [1, C, H * W * N] with the batch innermost, [N, C, H * W] in ONNX's own layout. */
const threeAxes = ({ build, attributes }: LoweringContext, x: Value): Value => {
  const [first, second] = x.shape as number[];
  return build.reshape(x, layoutOf(attributes) === "CHWN" ? [1, first!, -1] : [first!, second!, -1]);
};

const constants = (build: Build, channels: number) => ({
  zeros: build.constant(filled([channels], 0)),
  ones: build.constant(filled([channels], 1)),
});

/**
 * The constants that a native node overwrites with its statistics. It does not read them (its momentum is 0), but no other node may:
 * onnxruntime makes one of short constants that are equal, so these differ from each other and from those of every other node.
 */
function overwritten(build: Build, channels: number): { mean: Value; variance: Value } {
  const own = 900_000 + build.nodes.filter((node) => node.op === "BatchNormalization").length;
  return { mean: build.constant(filled([channels], own)), variance: build.constant(filled([channels], own + 0.5)) };
}

/** One node of onnxruntime. */
const native: Form = {
  name: "native",
  applies: ({ target, attributes }) => target.nativeNormalization && layoutOf(attributes) === "CHWN",
  lower: (context) => {
    const {
      build,
      attributes,
      inputs: [x, scale, bias],
    } = context;
    const own = overwritten(build, scale!.shape[0] as number);
    const epsilon = attributes.float("epsilon", 1e-5);
    const [y, mean, variance] = nativeTrainingNormalization(
      build,
      [threeAxes(context, x!), scale!, bias!, own.mean, own.variance],
      epsilon,
    );
    return [build.reshape(y, x!.shape as number[]), mean, variance];
  },
};

/** Mean and variance by sums, then the inference form. */
const bySums: Form = {
  name: "sums",
  applies: always,
  lower: (context) => {
    const {
      build,
      attributes,
      inputs: [x, scale, bias],
    } = context;
    const view = threeAxes(context, x!);
    const [batch, channels, pixels] = view.shape as [number, number, number];
    const count = batch * pixels;
    const mean = build.mul(sumToChannels(build, view), 1 / count);
    const centred = build.sub(view, build.reshape(mean, [1, channels, 1]));
    const variance = build.mul(sumToChannels(build, build.mul(centred, centred)), 1 / count);
    const y = build.batchNormalization(
      view,
      { scale: scale!, bias: bias!, mean, variance },
      { epsilon: attributes.float("epsilon", 1e-5) },
    );
    return [build.reshape(y, x!.shape as number[]), mean, variance];
  },
};

/**
 * Passes of blocks on all threads, where one node of onnxruntime works on one: partial sums s and squares q of k elements each,
 * v = (sum (q - s^2 / k) + k sum (s / k - m)^2) / n, which loses no digits where the mean is far above the deviation of
 * neighbours; then y = A x + (beta - A m), A = gamma / sqrt(v + epsilon).
 */
const blocked: Form = {
  name: "blocked passes",
  applies: ({ target, attributes, inputs: [x] }) => {
    const [channels, height, width, batch] = x!.shape as [number, number, number, number];
    const pixels = height * width * batch;
    return (
      layoutOf(attributes) === "CHWN" && stageOf(pixels) !== undefined && canBlockChannels(target, { channels, pixels })
    );
  },
  lower: (context) => {
    const {
      build,
      attributes,
      target,
      inputs: [x, scale, bias],
    } = context;
    const view = threeAxes(context, x!);
    const [, channels, pixels] = view.shape as [number, number, number];
    const stage = stageOf(pixels)!;
    const parts = build.reshape(view, [channels, pixels / stage, stage]);
    const within = (sums: Value) => build.reduceSum(sums, { axes: [1], keepDims: false });
    const sums = build.reduceSum(parts, { axes: [2], keepDims: false });
    const squares = build.reduceSumSquare(parts, { axes: [2], keepDims: false });
    const mean = build.mul(within(sums), 1 / pixels);
    const means = build.mul(sums, 1 / stage);
    const between = build.sub(means, build.reshape(mean, [channels, 1]));
    const deviations = build.add(
      within(build.sub(squares, build.mul(means, sums))),
      build.mul(build.reduceSumSquare(between, { axes: [1], keepDims: false }), stage),
    );
    const variance = build.mul(build.max(deviations, 0), 1 / pixels);
    const slope = build.mul(
      scale!,
      build.reciprocal(build.sqrt(build.add(variance, attributes.float("epsilon", 1e-5)))),
    );
    const offset = build.sub(bias!, build.mul(slope, mean));
    const y = affineByChannel(build, [view], [slope, offset], target.blockedChannels);
    return [build.reshape(y, x!.shape as number[]), mean, variance];
  },
};

export const trainingNormalizationForms: readonly Form[] = [blocked, native, bySums];

/** dx as a product of a per-channel factor and a map; see fovea.BatchNormalizationGradUnscaled. */
const scaled: Form = {
  name: "factor",
  applies: always,
  lower: ({ build, node, inputs }) => {
    const [unscaled, factor, dScale, dBias] = build.nodeOutputs("BatchNormalizationGradUnscaled", inputs, {
      domain: FOVEA_DOMAIN,
      attributes: node.attributes,
      outputCount: 4,
    });
    return [build.scaleChannels(unscaled!, factor!, node.attributes), dScale!, dBias!];
  },
};

export const normalizationGradForms: readonly Form[] = [scaled];

interface ChannelSums {
  /** sum of dy and of dy (x - mean), each [C] */
  readonly ofGradient: Value;
  readonly ofCentred: Value;
}

/**
 * With i = 1 / sqrt(v + epsilon) and n elements a channel: dbeta = sum dy, dgamma = i sum dy (x - m), factor = gamma i,
 * unscaled = dy + B x + C where B = -i^2 sum dy (x - m) / n and C = -dbeta / n - B m.
 */
function fromSums(context: LoweringContext, { ofGradient, ofCentred }: ChannelSums): readonly Value[] {
  const {
    build,
    attributes,
    inputs: [dy, x, scale, mean, variance],
  } = context;
  const view = threeAxes(context, x!);
  const [batch, , pixels] = view.shape as [number, number, number];
  const inverse = build.reciprocal(build.sqrt(build.add(variance!, attributes.float("epsilon", 1e-5))));
  const slope = build.mul(build.mul(build.mul(inverse, inverse), ofCentred), -1 / (batch * pixels));
  const offset = build.sub(build.mul(ofGradient, -1 / (batch * pixels)), build.mul(slope, mean!));
  const unscaled = addAffine(context, [threeAxes(context, dy!), view], [slope, offset]);
  return [
    build.reshape(unscaled, x!.shape as number[]),
    build.mul(scale!, inverse),
    build.mul(ofCentred, inverse),
    ofGradient,
  ];
}

/**
 * dy + B x + C over [batch, C, pixels]: one pass by blocks; else B x + C in one pass, the inference form of BatchNormalization with
 * scale B, bias C, mean 0, variance 1 and epsilon 0, and a sum.
 */
function addAffine(
  { build, target, attributes }: LoweringContext,
  [dy, x]: readonly [Value, Value],
  [slope, offset]: readonly [Value, Value],
): Value {
  const [, channels, pixels] = x.shape as [number, number, number];
  if (layoutOf(attributes) === "CHWN" && canBlockChannels(target, { channels, pixels }))
    return affineByChannel(build, [x, dy], [slope, offset], target.blockedChannels);
  const { zeros, ones } = constants(build, channels);
  const statistics = { scale: slope, bias: offset, mean: zeros, variance: ones };
  return build.add(dy, build.batchNormalization(x, statistics, { epsilon: 0 }));
}

/** sum dy (x - m) as sum dy x - m sum dy: one pass fewer; loses digits where |m| is far above the deviation. */
const byDifference: Form = {
  name: "difference of sums",
  applies: ({ target }) => target.nativeNormalization,
  lower: (context) => {
    const {
      build,
      inputs: [dy, x, , mean],
    } = context;
    const gradient = threeAxes(context, dy!);
    const ofGradient = sumToChannels(build, gradient);
    const ofProduct = sumToChannels(build, build.mul(gradient, threeAxes(context, x!)));
    return fromSums(context, { ofGradient, ofCentred: build.sub(ofProduct, build.mul(mean!, ofGradient)) });
  },
};

const byCentring: Form = {
  name: "centred sums",
  applies: always,
  lower: (context) => {
    const {
      build,
      inputs: [dy, x, scale, mean],
    } = context;
    const gradient = threeAxes(context, dy!);
    const centred = build.sub(threeAxes(context, x!), build.reshape(mean!, [1, scale!.shape[0] as number, 1]));
    return fromSums(context, {
      ofGradient: sumToChannels(build, gradient),
      ofCentred: sumToChannels(build, build.mul(gradient, centred)),
    });
  },
};

export const unscaledGradForms: readonly Form[] = [byDifference, byCentring];

const broadcast: Form = {
  name: "broadcast",
  applies: always,
  lower: ({ build, attributes, inputs: [x, factor] }) => [
    build.mul(x!, build.reshape(factor!, channelShape(factor!.shape[0] as number, attributes, x!.shape.length))),
  ],
};

export const scaleChannelsForms: readonly Form[] = [broadcast];
