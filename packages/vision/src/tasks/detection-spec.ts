import { z } from "zod";
import type { SceneFace } from "../data/scene-types.ts";
import type { Box } from "../image/image.ts";

export const detectionSchema = z
  .strictObject({
    kind: z.literal("detection"),
    name: z.string().min(1).describe("name of the task; outputs are NAME_STRIDE"),
    points: z.int().min(0).default(5).describe("points of each object"),
    strides: z.array(z.int().min(1)).default([8, 16, 32]).describe("strides of the levels, in pixels of the input"),
    sizes: z
      .array(z.tuple([z.number(), z.number()]))
      .default([
        [0, 44],
        [32, 92],
        [68, 100_000],
      ])
      .describe(
        "objects that each level learns: range of sqrt(width * height) in pixels of the input; ranges may overlap",
      ),
    quality_floor: z
      .number()
      .min(0)
      .max(1)
      .default(0.6)
      .describe("least score that a cell on an object learns; above it, its overlap"),
    threshold: z.number().min(0).max(1).default(0.5).describe("least score of what is told"),
    nms_iou: z.number().min(0).max(1).default(0.45).describe("overlap above which the weaker of two boxes is dropped"),
  })
  .refine(({ strides, sizes }) => sizes.length === strides.length, {
    path: ["sizes"],
    message: "expected one range for each of the strides",
  });

export type Detection = z.output<typeof detectionSchema>;

/** What a training picture holds. */
export interface DetectionLabel {
  readonly faces: readonly SceneFace[];
  readonly ignore: readonly Box[];
}

/** Channels of an output: score logit, centre x and y (in strides from the cell), logarithms of width and height (in strides), points. */
export const channelsPerCell = ({ points }: Pick<Detection, "points">): number => 5 + 2 * points;

/** Logarithm of a side in strides is kept below this, in training and in use, so that a wild prediction cannot overflow. */
export const LARGEST_LOG = 5;
