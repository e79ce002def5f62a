import { type BackboneSpec, backboneOf } from "../../backbones/table.ts";

/** What a network for samples or boxes is made of, by the side of its pictures. */
export function backboneFor(kind: "samples" | "boxes", side: number): BackboneSpec {
  if (kind === "boxes") {
    return { family: "pyramid", stem: [16, 32], widths: [64, 96, 128], blocks: [2, 2, 2], lateral: 48 };
  }
  // every stage halves: the last map is some 5 to 8 pixels wide
  const stages = Math.min(5, Math.max(2, Math.round(Math.log2(side / 6))));
  const widths = { 2: [32, 64], 3: [32, 64, 128], 4: [24, 48, 96, 160], 5: [16, 32, 64, 128, 192] }[stages]!;
  const blocks = widths.map((_, stage) => (stage === 0 || (stage === 1 && stages > 4) ? 1 : 2));
  return { family: "residual", stem: side > 100 ? 12 : 16, widths, blocks };
}

/** What sides of the input must be multiples of: by the backbone, and 4 where that asks for nothing. */
export const multipleOf = (backbone: BackboneSpec): number => Math.max(4, backboneOf(backbone).multiple);

/** Sides that are tried, largest last; those of boxes are multiples of 32. */
const sides = {
  samples: [16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224],
  boxes: [32, 64, 96, 128, 160, 192, 224, 256, 320, 384, 448, 512, 640],
} as const;

/** Below this, objects of large pictures are too small to be found, whatever the time. */
const leastSide = { samples: 0, boxes: 160 } as const;

/** Sides for pictures whose longer side is `longer`: none enlarges them by more than a third. */
export const sidesFor = (kind: "samples" | "boxes", longer: number): readonly number[] => {
  const fitting = sides[kind].filter((side) => side <= Math.max(longer * 1.34, sides[kind][0]));
  return fitting.filter((side) => side >= Math.min(leastSide[kind], fitting.at(-1)!));
};

/** The largest of `candidates` at which the budget pays for `draws` samples, when a sample of side `known` costs `seconds`. */
export function affordableSide(
  candidates: readonly number[],
  { budget, draws, known, seconds }: { budget: number; draws: number; known: number; seconds: number },
): number {
  const costOf = (side: number) => seconds * (side / known) ** 2;
  return candidates.findLast((side) => draws * costOf(side) <= budget) ?? candidates[0]!;
}

/** Small pictures first: they cost a part of the time, and the rest goes on from what they taught. */
export function growingSizes(side: number, multiple: number): { until: number; size: number }[] {
  const early = Math.max(multiple, Math.round((0.72 * side) / multiple) * multiple);
  const whole = { until: 1, size: side };
  return early < side && side >= 32 ? [{ until: 0.4, size: early }, whole] : [whole];
}

/** Mean cost of a sample over growing sizes as a share of that at the last. */
export const meanCost = (sizes: readonly { until: number; size: number }[]): number => {
  const last = sizes.at(-1)!.size;
  let from = 0;
  let cost = 0;
  for (const { until, size } of sizes) {
    cost += (until - from) * (size / last) ** 2;
    from = until;
  }
  return cost;
};
