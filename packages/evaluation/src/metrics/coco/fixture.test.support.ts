import { readFileSync } from "node:fs";
import type { Box } from "../boxes.ts";
import type { CocoImage } from "./matching.ts";
import { maskFromPolygons } from "./polygons.ts";
import type { Mask } from "./run-length.ts";

/** Reference values of pycocotools, made by fixtures/coco.py. */
export const fixture = JSON.parse(readFileSync(new URL("../../../fixtures/coco.json", import.meta.url), "utf8"));

/** A row of the fixture as a box and as a mask. */
export interface Row {
  readonly box: Box;
  readonly mask: Mask;
}

/** A box of four numbers. */
export const boxOf = ([x, y, width, height]: readonly [number, number, number, number]): Box => ({
  x,
  y,
  width,
  height,
});

/** The fixture's pictures, with regions of the kind that `region` picks. */
export function fixtureImages<Region>(region: (row: Row) => Region): CocoImage<Region>[] {
  const size = { height: fixture.size, width: fixture.size };
  const regionOf = ({ bbox, polygons }: { bbox: [number, number, number, number]; polygons: number[][] }) =>
    region({ box: boxOf(bbox), mask: maskFromPolygons(polygons, size) });
  const of = <R extends { image_id: number }>(rows: readonly R[], image: number) =>
    rows.filter((row) => row.image_id === image);
  return fixture.images.map((image: number) => ({
    image,
    truth: of<TruthRow>(fixture.truth, image).map((row) => ({
      category: row.category_id,
      region: regionOf(row),
      area: row.area,
      crowd: row.iscrowd === 1,
    })),
    detections: of<FoundRow>(fixture.found, image).map((row) => ({
      category: row.category_id,
      region: regionOf(row),
      score: row.score,
    })),
  }));
}

interface ShapeRow {
  readonly image_id: number;
  readonly category_id: number;
  readonly bbox: [number, number, number, number];
  readonly polygons: number[][];
}
interface TruthRow extends ShapeRow {
  readonly area: number;
  readonly iscrowd: number;
}
interface FoundRow extends ShapeRow {
  readonly score: number;
}
