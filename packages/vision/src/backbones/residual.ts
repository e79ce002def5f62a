import type { Value } from "@foveajs/graph";
import { z } from "zod";
import { convolutionBlock } from "../layers/convolution.ts";
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
  let x = convolutionBlock(inside(scope, "stem"), image, { filters: stem, role: "edge" });
  return widths.map((filters, stage) => {
    for (let block = 0; block < blocks[stage]!; block++) {
      x = basicBlock(inside(scope, `stage${stage}.${block}`), x, { filters, stride: block === 0 ? 2 : 1 });
    }
    return x;
  });
}

/** Two 3x3 convolutions and a skip; the last scale starts at 0, so that a fresh block is its skip. */
export function basicBlock(scope: Scope, x: Value, { filters, stride }: { filters: number; stride: number }): Value {
  const { build } = scope;
  const inner = convolutionBlock(inside(scope, "a"), x, { filters, stride });
  const outer = convolutionBlock(inside(scope, "b"), inner, { filters, activation: "none", scale: 0 });
  const pooled = stride === 1 ? x : build.averagePool(x, { kernel: [stride, stride], ceil: true });
  const isSame = stride === 1 && x.shape[1] === filters;
  const skip = isSame ? x : convolutionBlock(inside(scope, "skip"), pooled, { filters, kernel: 1, activation: "none" });
  return build.relu(build.add(outer, skip));
}
