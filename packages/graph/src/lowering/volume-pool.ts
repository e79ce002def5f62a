import { attribute } from "../ir/attributes.ts";
import { type AxisMatrix, emptyAxisMatrix, multiplyAxis, transposedMatrix } from "../ops/along-axis.ts";
import type { Form } from "./form.ts";
import { isVolume, padSpatial, type Slide, slideOf, spread } from "./volume.ts";

/** For each tap of the windows, the outputs whose maximum that tap holds send their gradient back to it. */
export const volumeMaxPoolGrad: Form = {
  name: "comparison by tap of a volume",
  applies: isVolume,
  lower: (context) => {
    const {
      build,
      attributes,
      inputs: [dy, x, y],
    } = context;
    const kernel = attributes.ints("kernel_shape", []);
    const { size, output, strides, dilations, pads, reach } = slideOf(context, kernel, x!.shape.slice(2) as number[]);
    // windows may reach beyond the map's padding (ceil)
    const wanted = size.map((_, axis) => strides[axis]! * (output[axis]! - 1) + reach[axis]! + 1);
    const begins = pads.slice(0, size.length);
    const ends = size.map((extent, axis) => Math.max(0, wanted[axis]! - extent - begins[axis]!));
    const whole = size.map((extent, axis) => begins[axis]! + extent + ends[axis]!);
    const amounts = build.integers([0, 0, ...begins, 0, 0, ...ends]);
    const padded = build.node("Pad", [x!, amounts, build.scalar(-3.4e38)], {
      attributes: { mode: attribute.string("constant") },
    });
    const axes = size.map((_, axis) => axis + 2);
    const parts = placesIn(kernel).map((tap) => {
      const starts = tap.map((place, axis) => place * dilations[axis]!);
      const stops = starts.map((start, axis) => start + strides[axis]! * (output[axis]! - 1) + 1);
      const seen = build.slice(padded, { axes, starts, ends: stops, steps: strides });
      const sent = spread(build, build.mul(dy!, build.cast(build.equal(seen, y!), "float32")), strides);
      const behind = whole.map((extent, axis) => extent - starts[axis]! - strides[axis]! * output[axis]!);
      return padSpatial(build, sent, starts, behind);
    });
    const sum = parts.reduce((total, part) => build.add(total, part));
    return [build.slice(sum, { axes, starts: begins, ends: begins.map((begin, axis) => begin + size[axis]!) })];
  },
};

/** Every place of a block, the last axis running fastest. */
const placesIn = (extents: readonly number[]): readonly (readonly number[])[] =>
  extents.reduce<readonly (readonly number[])[]>(
    (places, extent) => places.flatMap((place) => Array.from({ length: extent }, (_, next) => [...place, next])),
    [[]],
  );

/**
 * A window is a product of one window an axis, and so are the elements of it that count: the mean is a product of one matrix an axis,
 * and so is its transpose. A grouped convolution over three axes would do too, but not on every provider.
 */
export const volumeAveragePoolGrad: Form = {
  name: "product by axis",
  applies: isVolume,
  lower: (context) => {
    const {
      build,
      attributes,
      inputs: [dy],
    } = context;
    const slide = slideOf(context, attributes.ints("kernel_shape", []), attributes.ints("input_size", []));
    const countsPads = attributes.int("count_include_pad", 0) === 1;
    return [
      slide.size.reduce(
        (gradient, _, axis) =>
          multiplyAxis(build, gradient, axis + 2, transposedMatrix(meansAlong(slide, axis, countsPads))),
        dy!,
      ),
    ];
  },
};

/** Row o: the share of each element along an axis in the mean of window o. */
function meansAlong(
  { kernel, strides, dilations, pads, size, output }: Slide,
  axis: number,
  countsPads: boolean,
): AxisMatrix {
  const extent = size[axis]!;
  const [low, high] = countsPads ? [-pads[axis]!, extent + pads[axis + size.length]!] : [0, extent];
  const matrix = emptyAxisMatrix(output[axis]!, extent);
  for (let row = 0; row < matrix.to; row++) {
    const places = Array.from(
      { length: kernel[axis]! },
      (_, tap) => row * strides[axis]! - pads[axis]! + tap * dilations[axis]!,
    );
    const count = places.filter((place) => place >= low && place < high).length;
    for (const place of places) if (place >= 0 && place < extent) matrix.data[row * extent + place] = 1 / count;
  }
  return matrix;
}
