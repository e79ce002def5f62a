import { errors } from "../../errors.ts";
import { type Box, checkBox } from "../boxes.ts";
import { checkMask, type Mask, maskArea, maskBox, maskIntersection } from "./run-length.ts";

/** What COCO needs to know of the regions that it matches. `Prepared` is what the overlaps of one region reuse. */
export interface RegionKind<Region, Prepared = Region> {
  /** Key in results. */
  readonly name: string;
  /** Refuses a broken region; `where` names it. */
  readonly prepare: (region: Region, where: string) => Prepared;
  readonly area: (region: Prepared) => number;
  /** Intersection over union; over the detection's own area where the truth is a crowd. */
  readonly overlap: (detection: Prepared, truth: Prepared, isCrowd: boolean) => number;
}

/** Boxes with continuous edges. */
export const boxRegions: RegionKind<Box> = {
  name: "box",
  prepare: (box, where) => {
    checkBox(box, where);
    return box;
  },
  area: ({ width, height }) => width * height,
  overlap(detection, truth, isCrowd) {
    const width = Math.min(detection.x + detection.width, truth.x + truth.width) - Math.max(detection.x, truth.x);
    if (width <= 0) return 0;
    const height = Math.min(detection.y + detection.height, truth.y + truth.height) - Math.max(detection.y, truth.y);
    if (height <= 0) return 0;
    const shared = width * height;
    const own = detection.width * detection.height;
    return shared / (isCrowd ? own : own + truth.width * truth.height - shared);
  },
};

/** A mask, its area and the box around it. */
export interface PreparedMask {
  readonly mask: Mask;
  readonly area: number;
  readonly box: Box;
}

/** Masks of pixels; those of one picture are of one size. */
export const maskRegions: RegionKind<Mask, PreparedMask> = {
  name: "mask",
  prepare: (mask, where) => {
    checkMask(mask, where);
    return { mask, area: maskArea(mask), box: maskBox(mask) };
  },
  area: ({ area }) => area,
  overlap(detection, truth, isCrowd) {
    if (detection.mask.height !== truth.mask.height || detection.mask.width !== truth.mask.width) {
      throw errors["bad-mask"]({
        where: "masks of one picture",
        expected: `${truth.mask.height} * ${truth.mask.width} pixels, as the truth`,
        received: `${detection.mask.height} * ${detection.mask.width}`,
      });
    }
    const [a, b] = [detection.box, truth.box];
    const isApart = a.x >= b.x + b.width || b.x >= a.x + a.width || a.y >= b.y + b.height || b.y >= a.y + a.height;
    if (isApart) return 0;
    const shared = maskIntersection(detection.mask, truth.mask);
    return shared === 0 ? 0 : shared / (isCrowd ? detection.area : detection.area + truth.area - shared);
  },
};
