import type { Box } from "../../metrics/boxes.ts";
import { maskFromText } from "../../metrics/coco/mask-format.ts";
import { maskFromPolygons } from "../../metrics/coco/polygons.ts";
import { checkMask, type Mask } from "../../metrics/coco/run-length.ts";
import { listOf, numberOf, objectOf, unexpected } from "../json.ts";

type Size = Pick<Mask, "height" | "width">;

/** A box of COCO, [x, y, width, height] in pixels from 0. */
export function boxOf(value: unknown, where: string): Box {
  const list = listOf(value, where);
  if (list.length !== 4) throw unexpected(value, where, "four numbers x, y, width, height");
  const [x, y, width, height] = list.map((number, i) => numberOf(number, where, i < 2 ? {} : { minimum: 0 }));
  return { x: x!, y: y!, width: width!, height: height! };
}

/**
 * A mask of COCO in one of its three forms: polygons [[x, y, ...], ...] in a picture of `size`, { size, counts } with
 * counts of runs, or with the counts as text.
 */
export function maskOf(value: unknown, size: Size, where: string): Mask {
  if (Array.isArray(value)) {
    const polygons = value.map((polygon, i) => {
      const corners = listOf(polygon, `${where}, polygon ${i}`).map((number) => numberOf(number, where));
      if (corners.length < 6 || corners.length % 2 === 1) {
        throw unexpected(polygon, `${where}, polygon ${i}`, "x, y of at least 3 corners");
      }
      return corners;
    });
    if (polygons.length === 0) throw unexpected(value, where, "at least one polygon");
    return maskFromPolygons(polygons, size);
  }
  const { size: own, counts } = objectOf(value, where);
  const [height, width] = listOf(own, `${where}, size`).map((side) => numberOf(side, where, { whole: true }));
  if (height !== size.height || width !== size.width) {
    throw unexpected(own, `${where}, size`, `[${size.height}, ${size.width}], that of the picture`);
  }
  if (typeof counts === "string") return maskFromText(counts, size, `${where}, counts`);
  const runs = listOf(counts, `${where}, counts`).map((run) => numberOf(run, where, { minimum: 0, whole: true }));
  const mask = { ...size, runs };
  checkMask(mask, where);
  return mask;
}
