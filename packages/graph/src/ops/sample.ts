import { attribute } from "../ir/attributes.ts";
import type { GraphBuilder, Value } from "../ir/builder.ts";
import { formatShape } from "../ir/shapes.ts";
import { type InferenceRule, mismatch } from "./rule.ts";

/** Output [N, C, ...] of maps [N, C, ...] and places [N, ..., axes], one coordinate a spatial axis. */
export const gridSampleInference: InferenceRule = ({ node, input }) => {
  const { shape, dtype } = input(0);
  const places = input(1).shape;
  if (shape.length < 4 || places.length !== shape.length || places.at(-1) !== shape.length - 2)
    throw mismatch(
      node,
      "maps [N, C, ...] and places [N, ..., axes], axes as many as the map has beside N and C",
      `${formatShape(shape)} and ${formatShape(places)}`,
    );
  return [{ dtype, shape: [shape[0]!, shape[1]!, ...places.slice(1, -1)] }];
};

/** How a map is read between its pixels and around them. */
export interface GridSampleOptions {
  readonly mode?: "linear" | "nearest" | "cubic";
  /** What lies around the map: zeros, its border, or itself mirrored. */
  readonly padding?: "zeros" | "border" | "reflection";
  /** Whether -1 and 1 are the centres of the outer pixels, or their outer edges. */
  readonly alignCorners?: boolean;
}

/** Maps [N, C, H, W] read at places [N, OH, OW, 2], (x, y) from -1 to 1; volumes [N, C, D, H, W] at (x, y, z). */
export const gridSample = (
  build: GraphBuilder,
  x: Value,
  grid: Value,
  { mode = "linear", padding = "zeros", alignCorners = false }: GridSampleOptions = {},
): Value =>
  build.node("GridSample", [x, grid], {
    attributes: {
      mode: attribute.string(mode),
      padding_mode: attribute.string(padding),
      align_corners: attribute.int(Number(alignCorners)),
    },
  });

/** Output [R, C, OH, OW] of maps [N, C, H, W], regions [R, 4] and the number of each region's map [R]. */
export const roiAlignInference: InferenceRule = ({ node, input, attributes }) => {
  const { shape, dtype } = input(0);
  const regions = input(1).shape;
  if (shape.length !== 4 || regions.length !== 2 || regions[1] !== 4)
    throw mismatch(node, "maps [N, C, H, W] and regions [R, 4]", `${formatShape(shape)} and ${formatShape(regions)}`);
  return [
    { dtype, shape: [regions[0]!, shape[1]!, attributes.int("output_height", 1), attributes.int("output_width", 1)] },
  ];
};

/** What a region becomes. */
export interface RoiAlignOptions {
  /** [height, width]. */
  readonly size: readonly [number, number];
  /** Places a bin that are averaged, in each direction. */
  readonly samples: number;
  /** Pixels of the map a unit of the regions. */
  readonly scale?: number;
}

/** Mean of each bin of regions [R, 4] (x1, y1, x2, y2); `batchIndices` int64 [R]. He et al., Mask R-CNN (2017), arXiv:1703.06870. */
export const roiAlign = (
  build: GraphBuilder,
  x: Value,
  regions: Value,
  batchIndices: Value,
  { size: [height, width], samples, scale = 1 }: RoiAlignOptions,
): Value =>
  build.node("RoiAlign", [x, regions, batchIndices], {
    attributes: {
      mode: attribute.string("avg"),
      output_height: attribute.int(height),
      output_width: attribute.int(width),
      sampling_ratio: attribute.int(samples),
      spatial_scale: attribute.float(scale),
      coordinate_transformation_mode: attribute.string("half_pixel"),
    },
  });
