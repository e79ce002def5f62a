import type { AttributeReader } from "../ir/attributes.ts";
import { type AxisMatrix, emptyAxisMatrix } from "./along-axis.ts";

/** One resized axis. */
interface ResizedAxis {
  readonly from: number;
  readonly to: number;
  readonly scale: number;
}

/** Place in the input of an output's element (ONNX Resize). */
type Coordinates = (output: number, axis: ResizedAxis) => number;

const halfPixel: Coordinates = (output, { scale }) => (output + 0.5) / scale - 0.5;

const coordinates: Readonly<Record<string, Coordinates>> = {
  half_pixel: halfPixel,
  half_pixel_symmetric: (output, { from, to, scale }) =>
    (from / 2) * (1 - to / (scale * from)) + halfPixel(output, { from, to, scale }),
  pytorch_half_pixel: (output, axis) => (axis.to > 1 ? halfPixel(output, axis) : 0),
  align_corners: (output, { from, to }) => (to === 1 ? 0 : (output * (from - 1)) / (to - 1)),
  asymmetric: (output, { scale }) => output / scale,
};

/** Elements that an output reads, with their weights; an element beyond the end stands for the last one. */
type Taps = (place: number, from: number) => readonly (readonly [element: number, weight: number])[];

const linearTaps: Taps = (place, from) => {
  const inside = Math.min(Math.max(place, 0), from - 1);
  const first = Math.floor(inside);
  return [
    [first, 1 - (inside - first)],
    [first + 1, inside - first],
  ];
};

/** Keys, Cubic convolution interpolation (1981), with `a` as its free coefficient. */
const cubicTaps =
  (a: number, excludesOutside: boolean): Taps =>
  (place, from) => {
    const first = Math.floor(place) - 1;
    const taps = [0, 1, 2, 3].map((tap) => [first + tap, keys(Math.abs(place - first - tap), a)] as const);
    if (!excludesOutside) return taps;
    const inside = taps.filter(([element]) => element >= 0 && element < from);
    const total = inside.reduce((sum, [, weight]) => sum + weight, 0);
    return inside.map(([element, weight]) => [element, weight / total]);
  };

const keys = (distance: number, a: number): number =>
  distance <= 1
    ? ((a + 2) * distance - (a + 3)) * distance ** 2 + 1
    : ((a * distance - 5 * a) * distance + 8 * a) * distance - 4 * a;

function tapsOf(attributes: AttributeReader): Taps | undefined {
  const mode = attributes.string("mode", "nearest");
  if (mode === "linear") return linearTaps;
  if (mode === "cubic")
    return cubicTaps(attributes.float("cubic_coeff_a", -0.75), attributes.int("exclude_outside", 0) === 1);
  return undefined;
}

/** What the interpolation of a Resize node is that no constant matrix for each axis describes here; undefined where it is nothing. */
export function unresizable(attributes: AttributeReader): string | undefined {
  const mode = attributes.string("coordinate_transformation_mode", "half_pixel");
  if (attributes.int("antialias", 0) === 1)
    return "a resizing with antialias; blur the map with a convolution and resize it without";
  return coordinates[mode] && tapsOf(attributes) ? undefined : `a resizing by ${mode}`;
}

/** The linear or cubic interpolation of a Resize node along one axis, as a matrix [to, from]; undefined where it changes nothing. */
export function resizeMatrix(attributes: AttributeReader, axis: ResizedAxis): AxisMatrix | undefined {
  const { from, to, scale } = axis;
  if (from === to && scale === 1) return undefined;
  const placeOf = coordinates[attributes.string("coordinate_transformation_mode", "half_pixel")]!;
  const taps = tapsOf(attributes)!;
  const matrix = emptyAxisMatrix(to, from);
  for (let output = 0; output < to; output++) {
    for (const [element, weight] of taps(placeOf(output, axis), from))
      matrix.data[output * from + Math.min(Math.max(element, 0), from - 1)]! += weight;
  }
  return matrix;
}
