import type { Value } from "../ir/builder.ts";
import { sizeOf } from "../ir/shapes.ts";
import type { Build } from "../ops/build.ts";
import { type Interpolation, interpolations } from "./interpolation.ts";
import { extents, type GradientContext, type GradientRule } from "./rule.ts";

/**
 * y[c, p] = sum over taps t of w_t(p) x[c, place_t(p)], where w_t is the product over the axes of the weights at the point's place
 * between pixels, and place_t the pixel, clamped, mirrored, or of weight 0 outside. Hence
 * dx[c, q] = sum over (t, p) with place_t(p) = q of w_t(p) dy[c, p]: a scattered addition;
 * dgrid[p] = sum over t of dw_t/dgrid(p) * sum over c of dy[c, p] x[c, place_t(p)].
 * By ONNX, places are (x, y) or (x, y, z) and the last axis of the map is x. Nearest pixels do not move with the grid: its gradient is 0.
 */
export const gridSample: GradientRule = (context) => {
  const {
    build,
    inputs: [x, grid],
    dy,
    needs,
  } = context;
  const [batch, channels, ...size] = extents(x!) as [number, number, ...number[]];
  const points = sizeOf(extents(grid!).slice(1, -1));
  const axes = size.map((_, axis) => axisTaps(context, axis, size, points));
  const places = combined(build, axes, "places", points);
  const count = places.shape[1] as number;
  const perChannel = (value: Value) => build.reshape(value, [batch, 1, count * points]);
  const indices = build.expand(perChannel(places), [batch, channels, count * points]);
  const pixels = [batch, channels, sizeOf(size)];
  const gradient = build.reshape(dy, [batch, channels, 1, points]);
  const dx = () => {
    const weights = build.reshape(combined(build, axes, "weights", points), [batch, 1, count, points]);
    const updates = build.reshape(build.mul(gradient, weights), [batch, channels, count * points]);
    const zeros = build.expand(build.scalar(0), pixels);
    const sums = build.scatterElements(zeros, indices, updates, { axis: 2, reduction: "add" });
    return build.reshape(sums, extents(x!));
  };
  const dgrid = () => {
    const taken = build.gatherElements(build.reshape(x!, pixels), indices, { axis: 2 });
    const products = build.mul(build.reshape(taken, [batch, channels, count, points]), gradient);
    const byTap = build.reshape(build.reduceSum(products, { axes: [1] }), [batch, count, points]);
    const coordinates = size.map((_, coordinate) => {
      const axis = size.length - 1 - coordinate;
      const slopes = combined(
        build,
        axes.map((taps, other) => (other === axis ? { ...taps, weights: taps.slopes } : taps)),
        "weights",
        points,
      );
      return build.reshape(build.reduceSum(build.mul(byTap, slopes), { axes: [1] }), [batch, points, 1]);
    });
    return build.reshape(build.concat(coordinates, { axis: 2 }), extents(grid!));
  };
  const moves = interpolationOf(context).slopes !== undefined;
  return [needs(0) ? dx() : null, needs(1) ? (moves ? dgrid() : build.expand(build.scalar(0), extents(grid!))) : null];
};

const interpolationOf = ({ attributes }: GradientContext): Interpolation =>
  interpolations[attributes.string("mode", "linear")]!;

/** What the points read along one axis, each [N, taps, P]: pixels as int32, already times the elements between two of them. */
interface AxisTaps {
  readonly places: Value;
  readonly weights: Value;
  /** Derivative of the weights by the point's coordinate from -1 to 1. */
  readonly slopes: Value;
}

function axisTaps(context: GradientContext, axis: number, size: readonly number[], points: number): AxisTaps {
  const {
    build,
    attributes,
    inputs: [, grid],
  } = context;
  const extent = size[axis]!;
  const isAligned = attributes.int("align_corners", 0) === 1;
  const batch = extents(grid!)[0]!;
  const coordinate = size.length - 1 - axis;
  const flat = build.reshape(grid!, [batch, points, size.length]);
  const own = build.slice(flat, { axes: [2], starts: [coordinate], ends: [coordinate + 1] });
  const shifted = build.add(build.reshape(own, [batch, 1, points]), 1);
  // in the runtime's order of operations, so that no place falls into another pixel by rounding
  const place = isAligned
    ? build.mul(build.div(shifted, 2), extent - 1)
    : build.div(build.sub(build.mul(shifted, extent), 1), 2);
  const { first, weights, slopes, base } = interpolationOf(context);
  const start = base === "floor" ? build.floor(place) : build.node("Round", [place]);
  const between = build.sub(place, start);
  const taps = weights(build, between).map((weight, tap) => {
    const pixel = build.add(start, first + tap);
    return { weight, ...inMap(context, pixel, extent) };
  });
  const growth = (isAligned ? extent - 1 : extent) / 2;
  const masked = (values: readonly Value[]) =>
    build.concat(
      values.map((value, tap) => (taps[tap]!.isInside ? build.mul(value, taps[tap]!.isInside!) : value)),
      { axis: 1 },
    );
  const indices = build.cast(
    build.concat(
      taps.map(({ pixel }) => pixel),
      { axis: 1 },
    ),
    "int32", // GPUs have no int64
  );
  const step = build.constant({ dtype: "int32", shape: [], data: Int32Array.of(sizeOf(size.slice(axis + 1))) });
  return {
    places: build.mul(indices, step),
    weights: masked(taps.map(({ weight }) => weight)),
    slopes: build.mul(masked(slopes?.(build, between) ?? taps.map(({ weight }) => weight)), growth),
  };
}

/** The pixel that stands for one that may lie outside, and, where what is outside counts as zero, a 0/1 mask of those inside. */
function inMap(
  { build, attributes }: GradientContext,
  pixel: Value,
  extent: number,
): { pixel: Value; isInside?: Value } {
  const padding = attributes.string("padding_mode", "zeros");
  const isAligned = attributes.int("align_corners", 0) === 1;
  const clamped = (value: Value) => build.clip(value, 0, extent - 1);
  if (padding === "reflection") return { pixel: clamped(mirrored(build, pixel, extent, isAligned)) };
  if (padding === "border") return { pixel: clamped(pixel) };
  const isInside = build.cast(build.equal(pixel, clamped(pixel)), "float32");
  return { pixel: clamped(pixel), isInside };
}

/** A pixel mirrored at the centres of the outer pixels (aligned corners) or at their outer edges, as often as it takes. */
function mirrored(build: Build, pixel: Value, extent: number, isAligned: boolean): Value {
  const [low, range] = isAligned ? [0, extent - 1] : [-0.5, extent];
  if (range === 0) return pixel;
  const distance = build.abs(build.sub(pixel, low));
  const rounds = build.floor(build.div(distance, 2 * range));
  const rest = build.sub(distance, build.mul(rounds, 2 * range));
  return build.add(build.min(rest, build.sub(2 * range, rest)), low);
}

/** Taps of all axes together, [N, product of the taps, P]: places are added, weights multiplied. */
function combined(build: Build, axes: readonly AxisTaps[], what: "places" | "weights", points: number): Value {
  return axes
    .map((taps) => taps[what])
    .reduce((all, own) => {
      const [batch, count] = extents(all);
      const [, more] = extents(own);
      const outer = build.reshape(all, [batch!, count!, 1, points]);
      const inner = build.reshape(own, [batch!, 1, more!, points]);
      const joined = what === "places" ? build.add(outer, inner) : build.mul(outer, inner);
      return build.reshape(joined, [batch!, count! * more!, points]);
    });
}
