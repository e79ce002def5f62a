import { z } from "zod";
import type { SceneFace } from "../data/scene-types.ts";
import type { Box } from "../image/image.ts";

export const detectionSchema = z
  .strictObject({
    kind: z.literal("detection"),
    name: z.string().min(1).describe("name of the task; outputs are NAME_STRIDE"),
    points: z.int().min(0).default(5).describe("points of each object"),
    labels: z
      .array(z.string())
      .min(1)
      .optional()
      .describe("classes of the objects; of two or more each object is told its class; absent: one kind of object"),
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
    least_radius: z
      .number()
      .positive()
      .max(1.5)
      .default(0.75)
      .describe(
        "cells whose centre is nearer than so many strides to an object's centre learn it, however small it is",
      ),
    score_weight: z.number().min(0).default(1).describe("share of the loss that scores have"),
    box_weight: z.number().min(0).default(2).describe("share of the loss that boxes have"),
    point_weight: z.number().min(0).default(1).describe("share of the loss that points have"),
    point_beta: z
      .number()
      .positive()
      .default(1)
      .describe(
        "smooth L1 of points: 4 times the distance as a share of the object's size, below which errors count squared",
      ),
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

/** Classes that the outputs tell apart: none where all objects are of one. */
export const classesOf = ({ labels = [] }: Pick<Detection, "labels">): number =>
  labels.length > 1 ? labels.length : 0;

/**
 * Channels of an output: score logit, centre x and y (in strides from the cell), logarithms of width and height (in strides), points,
 * logits of the classes.
 */
export const channelsPerCell = (spec: Pick<Detection, "points" | "labels">): number =>
  5 + 2 * spec.points + classesOf(spec);

/** Logarithm of a side in strides is kept below this, in training and in use, so that a wild prediction cannot overflow. */
export const LARGEST_LOG = 5;
