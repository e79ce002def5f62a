import { attribute } from "../ir/attributes.ts";
import type { FormFamily } from "./family.test.support.ts";

/** Products that widen and ones that do not, with few and many pixels; a kernel of more than a pixel has one form only. */
const products = [
  { channels: 3, filters: 16, size: [4, 5], batch: 3, kernel: [1, 1] },
  { channels: 16, filters: 48, size: [8, 8], batch: 4, kernel: [1, 1] },
  { channels: 5, filters: 16, size: [3, 3], batch: 2, kernel: [1, 1] },
  { channels: 8, filters: 6, size: [4, 5], batch: 3, kernel: [1, 1] },
  { channels: 2, filters: 9, size: [5, 4], batch: 3, kernel: [2, 3] },
] as const;

const overProducts =
  (isGradient: boolean): FormFamily =>
  (random) =>
    products.map(({ channels, filters, size, batch, kernel }) => {
      const attributes = { layout: attribute.string("CHWN"), epsilon: attribute.float(1e-4) };
      const x = random.tensor([channels, ...size, batch], -1, 3);
      const w = random.tensor([filters, channels, ...kernel]);
      const scale = random.tensor([filters], 0.5, 1.5);
      const common = { label: `${channels}-${filters} of ${size.join("x")}, kernel ${kernel}`, attributes };
      if (!isGradient) return { ...common, outputCount: 3, inputs: [x, w, scale, random.tensor([filters])] };
      const output = size.map((extent, axis) => extent - kernel[axis]! + 1);
      return {
        ...common,
        outputCount: 4,
        inputs: [random.tensor([filters, ...output, batch]), x, w, scale],
        operands: (build, [dy, maps, kernels, factors]) => {
          const z = build.convInLayout(maps!, kernels!, { layout: attribute.string("CHWN") });
          const [, mean, variance] = build.trainingNormalization(z, factors!, factors!, attributes);
          return [dy!, maps!, kernels!, factors!, mean, variance];
        },
      };
    });

export const normalizedProducts = overProducts(false);

export const normalizedProductGradients = overProducts(true);
