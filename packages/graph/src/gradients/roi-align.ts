import type { Value } from "../ir/builder.ts";
import { float32, numbersOf } from "../ir/tensors.ts";
import { extents, type GradientContext, type GradientRule, unsupported } from "./rule.ts";

/**
 * y[r, c, i, j] = mean over the places of bin (i, j) of region r of map c at the place, bilinear. The weights of a place are a product
 * of one of its row and one of its column, so y[r, c] = A_r x[n_r, c] B_r^T with A_r [OH, H], B_r [OW, W], the mean over the places v of
 * a bin of max(0, 1 - |v - h|). Hence dx[n, c] = sum over the regions r of map n of A_r^T dy[r, c] B_r: two products of matrices, the
 * second of which also sums over the regions. Places more than a pixel outside count as zero, others outside as the border.
 * Regions are given, not learned (He et al., Mask R-CNN, arXiv:1703.06870): they need a StopGradient where they depend on parameters.
 */
export const roiAlign: GradientRule = (context) => {
  const {
    build,
    node,
    attributes,
    inputs: [x, regions, batchIndices],
    dy,
    needs,
  } = context;
  if (attributes.string("mode", "avg") !== "avg") throw unsupported(node, "the mode max; use avg");
  if (needs(1)) throw unsupported(node, "the regions; put StopGradient between them and what they depend on");
  const [batch, channels, height, width] = extents(x!) as [number, number, number, number];
  const [count, , rows, columns] = extents(dy) as [number, number, number, number];
  const [vertical, horizontal] = [interpolation(context, 0), interpolation(context, 1)];
  const wide = build.matMul(dy, build.reshape(horizontal, [count, 1, columns, width]));
  const right = build.reshape(build.transpose(wide, [0, 2, 1, 3]), [count * rows, channels * width]);
  const maps = build.constant(
    float32(
      [batch, 1, 1, 1],
      Array.from({ length: batch }, (_, map) => map),
    ),
  );
  const owner = build.cast(build.reshape(batchIndices!, [1, 1, count, 1]), "float32");
  const isOwn = build.cast(build.equal(maps, owner), "float32");
  const byRow = build.reshape(build.transpose(vertical, [2, 0, 1]), [1, height, count, rows]);
  const left = build.reshape(build.mul(byRow, isOwn), [batch * height, count * rows]);
  const product = build.reshape(build.matMul(left, right), [batch, height, channels, width]);
  return [build.transpose(product, [0, 2, 1, 3]), ...[regions, batchIndices].map(() => null)];
};

/** A_r of all regions along height (axis 0) or width (1): [R, bins, extent]. */
function interpolation(context: GradientContext, axis: 0 | 1): Value {
  const {
    build,
    inputs: [x],
    outputs: [y],
  } = context;
  const count = extents(y!)[0]!;
  const bins = extents(y!)[axis + 2]!;
  const extent = extents(x!)[axis + 2]!;
  const { places, shares, samples } = placesOf(context, axis, bins);
  const pixels = build.constant(
    float32(
      [1, 1, extent],
      Array.from({ length: extent }, (_, pixel) => pixel),
    ),
  );
  const distance = build.abs(build.sub(build.clip(places, 0, extent - 1), pixels));
  const near = build.max(build.sub(1, distance), 0);
  const isInside = build.and(build.greaterOrEqual(places, -1), build.lessOrEqual(places, extent));
  const weights = build.mul(near, build.mul(build.cast(isInside, "float32"), shares));
  return build.reshape(build.reduceSum(build.reshape(weights, [count * bins, samples, extent]), { axes: [1] }), [
    count,
    bins,
    extent,
  ]);
}

interface Places {
  /** [R, bins * samples, 1], in pixels of the map. */
  readonly places: Value;
  /** Share of each place in the mean of its bin, [R or 1, bins * samples or 1, 1]. */
  readonly shares: Value;
  readonly samples: number;
}

function placesOf(context: GradientContext, axis: 0 | 1, bins: number): Places {
  const {
    build,
    node,
    attributes,
    inputs: [, regions],
  } = context;
  const samples = attributes.int("sampling_ratio", 0);
  const isHalfPixel =
    attributes.string("coordinate_transformation_mode", build.opset < 16 ? "output_half_pixel" : "half_pixel") ===
    "half_pixel";
  const scale = attributes.float("spatial_scale", 1);
  const shift = isHalfPixel ? -0.5 : 0;
  const smallest = isHalfPixel ? undefined : 1;
  if (samples > 0) {
    const column = (index: number) =>
      build.add(build.mul(build.slice(regions!, { axes: [1], starts: [index], ends: [index + 1] }), scale), shift);
    const [start, end] = [column(1 - axis), column(3 - axis)];
    const size = build.sub(end, start);
    const bin = build.div(smallest === undefined ? size : build.max(size, smallest), bins);
    const steps = build.constant(float32([1, bins * samples], stepsOf(bins, samples)));
    const places = build.add(start, build.mul(bin, steps));
    return {
      places: build.reshape(places, [...extents(places), 1]),
      shares: build.scalar(1 / samples),
      samples,
    };
  }
  const known = build.constantOf(regions);
  if (!known) throw unsupported(node, "a sampling_ratio of 0 with computed regions; set it, for example to 2");
  return adaptivePlaces(context, numbersOf(known), { axis, bins, scale, shift, smallest });
}

/** Places of a bin's samples in units of a bin, from the start of the region. */
const stepsOf = (bins: number, samples: number): number[] =>
  Array.from(
    { length: bins * samples },
    (_, index) => Math.floor(index / samples) + ((index % samples) + 0.5) / samples,
  );

interface Spacing {
  readonly axis: 0 | 1;
  readonly bins: number;
  readonly scale: number;
  readonly shift: number;
  /** Least extent of a region, if any. */
  readonly smallest: number | undefined;
}

/** As many samples as a bin has pixels, rounded up; regions with fewer than the most have some of share 0. */
function adaptivePlaces(
  { build }: GradientContext,
  regions: readonly number[],
  { axis, bins, scale, shift, smallest }: Spacing,
): Places {
  const count = regions.length / 4;
  const spans = Array.from({ length: count }, (_, region) => {
    const [start, end] = [1 - axis, 3 - axis].map((index) => regions[region * 4 + index]! * scale + shift);
    const size = Math.max(end! - start!, smallest ?? Number.NEGATIVE_INFINITY);
    return { start: start!, bin: size / bins, samples: Math.max(0, Math.ceil(Math.fround(size) / bins)) };
  });
  const most = Math.max(1, ...spans.map(({ samples }) => samples));
  const places = new Float32Array(count * bins * most);
  const shares = new Float32Array(count * bins * most);
  spans.forEach(({ start, bin, samples }, region) => {
    stepsOf(bins, samples).forEach((step, index) => {
      const at = (region * bins + Math.floor(index / samples)) * most + (index % samples);
      places[at] = start + step * bin;
      shares[at] = 1 / samples;
    });
  });
  const constant = (data: Float32Array) => build.constant(float32([count, bins * most, 1], data));
  return { places: constant(places), shares: constant(shares), samples: most };
}
