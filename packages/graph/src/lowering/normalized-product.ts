import { attribute } from "../ir/attributes.ts";
import type { Value } from "../ir/builder.ts";
import { type Attributes, FOVEA_DOMAIN } from "../ir/types.ts";
import type { Build } from "../ops/build.ts";
import { withLayout } from "../ops/conv.ts";
import { layoutOf } from "../ops/spatial.ts";
import { always, type Form, type LoweringContext } from "./form.ts";
import { outerProduct, productWithTransposed } from "./products.ts";
import { sumToChannels } from "./reductions.ts";

/** A product widens by so much, from so few channels, or the covariance of its input costs more than passes over its result. */
const LEAST_WIDENING = 3;
const MOST_CHANNELS = 128;
/** Pixels of all maps a channel: below, all lies in caches and passes are cheap. */
const LEAST_PIXELS_A_CHANNEL = 8;

/** Operands x [C, H, W, N] and w [K, C, 1, 1] of the product z = W x. */
interface Product {
  readonly filters: number;
  readonly channels: number;
  readonly pixels: number;
}

function productOf({ shape: [channels, height, width, batch] }: Value, w: Value): Product {
  const pixels = (height as number) * (width as number) * (batch as number);
  return { filters: w.shape[0] as number, channels: channels as number, pixels };
}

const widens = ({ attributes, target }: LoweringContext, x: Value, w: Value): boolean => {
  const { filters, channels, pixels } = productOf(x, w);
  return (
    layoutOf(attributes) === "CHWN" &&
    // statistics are not left to products in half precision
    target.float16 !== true &&
    w.shape.slice(2).every((extent) => extent === 1) &&
    filters >= LEAST_WIDENING * channels &&
    channels <= MOST_CHANNELS &&
    pixels >= LEAST_PIXELS_A_CHANNEL * channels
  );
};

interface Narrow extends Product {
  /** W as a matrix [K, C]. */
  readonly weights: Value;
  /** Mean of x, [C]. */
  readonly mean: Value;
  /** u = x - mean, and a row of ones below it, [C + 1, P]. */
  readonly centredAndOnes: Value;
  /** W S [K, C], S = u u^T / P the covariance of x. */
  readonly weighted: Value;
}

/** What both directions need of the narrow side; each writes it, and equal nodes become one. */
function narrowSide({ build, target }: LoweringContext, x: Value, w: Value): Narrow {
  const product = productOf(x, w);
  const { filters, channels, pixels } = product;
  const matrix = build.reshape(x, [channels, pixels]);
  const mean = build.mul(sumToChannels(build, build.reshape(x, [1, channels, pixels])), 1 / pixels);
  const centred = build.sub(matrix, build.reshape(mean, [channels, 1]));
  const centredAndOnes = build.concat([centred, build.expand(build.scalar(1), [1, pixels])], { axis: 0 });
  const covariance = build.mul(productWithTransposed(build, target, centred, centred), 1 / pixels);
  const weights = build.reshape(w, [filters, channels]);
  return { ...product, weights, mean, centredAndOnes, weighted: build.matMul(weights, covariance) };
}

const rowSums = (build: Build, a: Value, b: Value): Value =>
  build.reduceSum(build.mul(a, b), { axes: [1], keepDims: false });

const column = (build: Build, vector: Value): Value => build.reshape(vector, [vector.shape[0] as number, 1]);

const inverseDeviation = ({ build, attributes }: LoweringContext, variance: Value): Value =>
  build.reciprocal(build.sqrt(build.add(variance, attributes.float("epsilon", 1e-5))));

/**
 * With u = x - mean(x) and S its covariance, z = W x has mean W mean(x) and variances diag(W S W^T), so that
 * y = A (z - mean(z)) + beta = [A W, beta] [u; 1], A = gamma / sqrt(v + epsilon): no pass over z.
 */
const fromNarrow: Form = {
  name: "statistics of the narrow side",
  applies: (context) => widens(context, context.inputs[0]!, context.inputs[1]!),
  lower: (context) => {
    const { build } = context;
    const [x, w, scale, bias] = context.inputs as [Value, Value, Value, Value];
    const { filters, weights, mean, centredAndOnes, weighted } = narrowSide(context, x, w);
    const variance = rowSums(build, weighted, weights);
    const rows = build.mul(weights, column(build, build.mul(scale, inverseDeviation(context, variance))));
    const y = build.matMul(build.concat([rows, column(build, bias)], { axis: 1 }), centredAndOnes);
    const meanOfProduct = build.matMul(weights, column(build, mean));
    return [
      build.reshape(y, [filters, ...(x.shape.slice(1) as number[])]),
      build.reshape(meanOfProduct, [filters]),
      variance,
    ];
  },
};

/** The convolution, and the normalisation of its result. */
const apart: Form = {
  name: "apart",
  applies: always,
  lower: ({ build, node, inputs: [x, w, scale, bias] }) => {
    const z = build.convInLayout(x!, w!, withLayout({}, "CHWN"));
    return build.trainingNormalization(z, scale!, bias!, node.attributes);
  },
};

export const normalizedProductForms: readonly Form[] = [fromNarrow, apart];

/**
 * With u and S as above, P pixels, i = 1 / sqrt(v + epsilon), A = gamma i, G = dy u^T and s = sum dy:
 * sum dy (z - m) = rows of G W = c, dgamma = i c, dbeta = s, and the gradient of z is A (dy + B (z - m) - s / P), B = -i^2 c / P.
 * Since z - m = W u and u sums to 0: dW = A (G + P B W S), dx = (A W)^T dy + [W^T A B W, -(A W)^T s / P] [u; 1].
 * dy is the only wide map that is read.
 */
const gradientsFromNarrow: Form = {
  name: "by the narrow side",
  applies: (context) => widens(context, context.inputs[1]!, context.inputs[2]!),
  lower: (context) => {
    const { build, target } = context;
    const [dy, x, w, scale, , variance] = context.inputs as [Value, Value, Value, Value, Value, Value];
    const { filters, channels, pixels, weights, centredAndOnes, weighted } = narrowSide(context, x, w);
    const gradient = build.reshape(dy, [filters, pixels]);
    const [products, sums] = build.split(outerProduct(build, target, gradient, centredAndOnes), {
      axis: 1,
      sizes: [channels, 1],
    }) as [Value, Value];
    const ofCentred = rowSums(build, products, weights);
    const inverse = inverseDeviation(context, variance);
    const factor = column(build, build.mul(scale, inverse));
    // P B
    const slope = column(build, build.neg(build.mul(build.mul(inverse, inverse), ofCentred)));
    const dw = build.mul(factor, build.add(products, build.mul(slope, weighted)));
    const rows = build.mul(factor, weights);
    const turned = build.transpose(rows, [1, 0]);
    const small = build.concat([build.mul(slope, weights), build.neg(sums)], { axis: 1 });
    const correction = build.mul(build.matMul(turned, small), 1 / pixels);
    const dx = build.add(build.matMul(turned, gradient), build.matMul(correction, centredAndOnes));
    return [
      build.reshape(dx, x.shape as number[]),
      build.reshape(dw, w.shape as number[]),
      build.mul(ofCentred, inverse),
      build.reshape(sums, [filters]),
    ];
  },
};

const gradientsApart: Form = {
  name: "apart",
  applies: always,
  lower: ({ build, node, inputs: [dy, x, w, scale, mean, variance] }) => {
    const attributes = withLayout({}, "CHWN");
    const z = build.convInLayout(x!, w!, attributes);
    const [unscaled, factor, dScale, dBias] = build.nodeOutputs(
      "BatchNormalizationGradUnscaled",
      [dy!, z, scale!, mean!, variance!],
      { domain: FOVEA_DOMAIN, attributes: node.attributes, outputCount: 4 },
    );
    const scaled = (op: string, inputs: readonly Value[], own: Attributes) =>
      build.node(op, [...inputs, factor!], { domain: FOVEA_DOMAIN, attributes: { ...attributes, ...own } });
    return [
      scaled("ConvGradInput", [unscaled!, w!], { input_size: attribute.ints(x!.shape.slice(1, 3) as number[]) }),
      scaled("ConvGradWeight", [x!, unscaled!], { kernel_shape: attribute.ints(w!.shape.slice(2) as number[]) }),
      dScale!,
      dBias!,
    ];
  },
};

export const normalizedProductGradForms: readonly Form[] = [gradientsFromNarrow, gradientsApart];
