import type { Value } from "@foveajs/graph";
import { z } from "zod";
import { convolutionBlock } from "../layers/convolution.ts";
import { dropPath } from "../layers/dropout.ts";
import { inside, type Scope } from "../layers/scope.ts";

/** Residual network of basic blocks for small pictures: He et al. 2016, arXiv:1512.03385; skips averaged, He et al. 2019, arXiv:1812.01187 (D). */
export const residualSchema = z
  .strictObject({
    family: z.literal("residual"),
    stem: z.int().min(1).describe("channels of the first convolution, stride 1"),
    widths: z.array(z.int().min(1)).min(1).describe("channels of each stage; every stage halves the map"),
    blocks: z.array(z.int().min(1)).min(1).describe("basic blocks of each stage"),
  })
  .refine(({ widths, blocks }) => blocks.length === widths.length, {
    path: ["blocks"],
    message: "expected one number for each of the widths",
  });

/** The map of every stage, [N, width, H / 2^stage, W / 2^stage], finest first; odd extents are rounded up. */
export function residual(
  scope: Scope,
  image: Value,
  { stem, widths, blocks }: z.output<typeof residualSchema>,
): readonly Value[] {
  const count = blocks.reduce((sum, number) => sum + number, 0);
  let done = 0;
  let x = convolutionBlock(inside(scope, "stem"), image, { filters: stem, role: "edge" });
  return widths.map((filters, stage) => {
    for (let block = 0; block < blocks[stage]!; block++) {
      x = basicBlock(inside(scope, `stage${stage}.${block}`), x, {
        filters,
        stride: block === 0 ? 2 : 1,
        place: { block: done++, blocks: count },
      });
    }
    return x;
  });
}

/** Two 3x3 convolutions and a skip; the last scale starts at 0, so that a fresh block is its skip. `place`: which of all blocks it is. */
export function basicBlock(
  scope: Scope,
  x: Value,
  { filters, stride, place }: { filters: number; stride: number; place?: { block: number; blocks: number } },
): Value {
  const { build } = scope;
  const inner = convolutionBlock(inside(scope, "a"), x, { filters, stride });
  const outer = convolutionBlock(inside(scope, "b"), inner, { filters, activation: "none", scale: 0 });
  const pooled = stride === 1 ? x : build.averagePool(x, { kernel: [stride, stride], ceil: true });
  const isSame = stride === 1 && x.shape[1] === filters;
  const skip = isSame ? x : convolutionBlock(inside(scope, "skip"), pooled, { filters, kernel: 1, activation: "none" });
  return build.relu(build.add(place ? dropPath(scope, outer, place) : outer, skip));
}

/** The spec of a residual network by the shapes of its weights. */
export function residualSpecOf(
  shapeOf: (weight: string) => readonly number[] | undefined,
): z.output<typeof residualSchema> | undefined {
  const stem = shapeOf("stem.conv.weight")?.[0];
  const widths: number[] = [];
  const blocks: number[] = [];
  for (let stage = 0; ; stage++) {
    const filters = shapeOf(`stage${stage}.0.a.conv.weight`)?.[0];
    if (filters === undefined) break;
    let count = 1;
    while (shapeOf(`stage${stage}.${count}.a.conv.weight`)) count++;
    widths.push(filters);
    blocks.push(count);
  }
  return stem === undefined || widths.length === 0 ? undefined : { family: "residual", stem, widths, blocks };
}
