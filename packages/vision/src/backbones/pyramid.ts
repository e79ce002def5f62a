import type { Value } from "@foveajs/graph";
import { z } from "zod";
import { convolutionBlock } from "../layers/convolution.ts";
import { dropPath } from "../layers/dropout.ts";
import { inside, type Scope } from "../layers/scope.ts";

/** Small feature pyramid (Lin et al. 2017, arXiv:1612.03144) over dense strided convolutions and bottleneck blocks. */
export const pyramidSchema = z.strictObject({
  family: z.literal("pyramid"),
  stem: z.array(z.int().min(1)).length(2).describe("channels at strides 2 and 4"),
  widths: z
    .array(z.int().min(2).multipleOf(2))
    .length(3)
    .describe("channels at strides 8, 16 and 32; bottlenecks have half"),
  blocks: z.array(z.int().min(0)).length(3).describe("bottleneck blocks at strides 8, 16 and 32"),
  lateral: z.int().min(1).describe("channels of every level of the pyramid"),
});

/** Strides of the levels that `pyramid` returns. */
export const pyramidStrides = [8, 16, 32] as const;

/** Maps [N, C, H, W], sides multiples of 32, to three maps [N, lateral, H / s, W / s], s = 8, 16, 32. */
export function pyramid(
  scope: Scope,
  image: Value,
  { stem, widths, blocks, lateral }: z.output<typeof pyramidSchema>,
): readonly Value[] {
  const { build } = scope;
  let x = convolutionBlock(inside(scope, "stem0"), image, { filters: stem[0]!, stride: 2, role: "edge" });
  x = convolutionBlock(inside(scope, "stem1"), x, { filters: stem[1]!, stride: 2 });
  const count = blocks.reduce((sum, number) => sum + number, 0);
  let done = 0;
  const levels = widths.map((filters, level) => {
    x = convolutionBlock(inside(scope, `down${level}`), x, { filters, stride: 2 });
    for (let block = 0; block < blocks[level]!; block++)
      x = bottleneck(inside(scope, `level${level}.${block}`), x, { block: done++, blocks: count });
    return x;
  });
  const laterals = levels.map((value, level) =>
    convolutionBlock(inside(scope, `lateral${level}`), value, { filters: lateral, kernel: 1, activation: "none" }),
  );
  let above: Value | undefined;
  const merged = laterals.toReversed().map((value, index) => {
    above = above ? build.add(value, build.upsampleNearest(above, 2)) : value;
    return { value: above, level: laterals.length - 1 - index };
  });
  return merged
    .reverse()
    .map(({ value, level }) =>
      convolutionBlock(inside(scope, `smooth${level}`), build.relu(value), { filters: lateral }),
    );
}

/** 1x1 to half the channels, 3x3, 1x1 back, and a skip (He et al. 2016); a fresh block is its skip. */
function bottleneck(scope: Scope, x: Value, place: { block: number; blocks: number }): Value {
  const channels = x.shape[1] as number;
  const narrow = convolutionBlock(inside(scope, "a"), x, { filters: channels / 2, kernel: 1 });
  const middle = convolutionBlock(inside(scope, "b"), narrow, { filters: channels / 2 });
  const wide = convolutionBlock(inside(scope, "c"), middle, {
    filters: channels,
    kernel: 1,
    activation: "none",
    scale: 0,
  });
  return scope.build.relu(scope.build.add(dropPath(scope, wide, place), x));
}

/** The spec of a pyramid by the shapes of its weights. */
export function pyramidSpecOf(
  shapeOf: (weight: string) => readonly number[] | undefined,
): z.output<typeof pyramidSchema> | undefined {
  const filters = (name: string) => shapeOf(`${name}.conv.weight`)?.[0];
  const stem = [filters("stem0"), filters("stem1")];
  const widths = [0, 1, 2].map((level) => filters(`down${level}`));
  const lateral = filters("lateral2"); // the finer ones are not there where no task reads them
  const blocks = [0, 1, 2].map((level) => {
    let count = 0;
    while (shapeOf(`level${level}.${count}.a.conv.weight`)) count++;
    return count;
  });
  if (lateral === undefined || [...stem, ...widths].includes(undefined)) return undefined;
  return { family: "pyramid", stem: stem as number[], widths: widths as number[], blocks, lateral };
}
