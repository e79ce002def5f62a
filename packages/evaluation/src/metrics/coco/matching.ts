import { errors } from "../../errors.ts";
import type { RegionKind } from "./regions.ts";

/** An annotated object. */
export interface CocoObject<Region> {
  readonly category: number;
  readonly region: Region;
  /** The annotation's `area`, which decides the range of sizes; without it the region's own. */
  readonly area?: number;
  /** A group that counts neither way and may take in any number of detections. */
  readonly crowd?: boolean;
}

/** A detected object; a larger score is a surer one. `area` as of results that carry one. */
export interface CocoDetection<Region> {
  readonly category: number;
  readonly region: Region;
  readonly score: number;
  readonly area?: number;
}

/** One picture. The order of `image` settles equal scores of different pictures, as COCO does. */
export interface CocoImage<Region> {
  readonly image: number;
  readonly truth: readonly CocoObject<Region>[];
  readonly detections: readonly CocoDetection<Region>[];
}

/** What became of the detections of one category in one picture. */
export interface CocoEntry {
  readonly image: number;
  readonly category: number;
  /** Descending, equal ones in the order of rows; at most `mostDetections`. */
  readonly scores: Float64Array;
  /** [areas][thresholds][scores]: 1 a hit, 0 false, 2 ignored. */
  readonly outcomes: Uint8Array;
  /** Objects to find, by area. */
  readonly objects: Uint32Array;
}

/** IoU thresholds 0.50, 0.55, ..., 0.95, to the bit as numpy.linspace. */
export const iouThresholds = Array.from({ length: 10 }, (_, i) => (i === 9 ? 0.95 : 0.5 + i * ((0.95 - 0.5) / 9)));

/** Ranges of area in pixels, both ends inclusive. */
export const areaRanges = {
  all: [0, 1e10],
  small: [0, 32 ** 2],
  medium: [32 ** 2, 96 ** 2],
  large: [96 ** 2, 1e10],
} as const satisfies Record<string, readonly [number, number]>;

/** A range of object sizes. */
export type CocoArea = keyof typeof areaRanges;

/** The order of areas in `CocoEntry`. */
export const areaNames = Object.keys(areaRanges) as readonly CocoArea[];

/** Only so many detections of a category, the surest, count in a picture. */
export const mostDetections = 100;

/** Matches one picture, category by category. Source: pycocotools 2.0, COCOeval.evaluateImg. */
export function matchCocoImage<Region, Prepared>(
  { image, truth, detections }: CocoImage<Region>,
  kind: RegionKind<Region, Prepared>,
): CocoEntry[] {
  if (!Number.isFinite(image)) {
    throw errors["bad-value"]({ where: "image", expected: "a finite number", received: image });
  }
  const categories = new Map<number, { objects: Sized<Prepared>[]; found: Scored<Prepared>[] }>();
  const of = (category: number, where: string) => {
    if (!Number.isInteger(category) || category < 0) {
      throw errors["bad-category"]({ where, expected: "a category from 0 up", received: category });
    }
    if (!categories.has(category)) categories.set(category, { objects: [], found: [] });
    return categories.get(category)!;
  };
  const sized = (region: Region, area: number | undefined, where: string) => {
    const prepared = kind.prepare(region, where);
    const size = area ?? kind.area(prepared);
    if (!(size >= 0)) throw errors["bad-value"]({ where, expected: "an area of at least 0", received: size });
    return { region: prepared, area: size };
  };
  truth.forEach(({ category, region, area, crowd = false }, i) => {
    const where = `image ${image}, truth, object ${i}`;
    of(category, where).objects.push({ ...sized(region, area, where), crowd });
  });
  detections.forEach(({ category, region, area, score }, i) => {
    const where = `image ${image}, detection ${i}`;
    if (!Number.isFinite(score)) throw errors["bad-score"]({ where, received: score });
    of(category, where).found.push({ ...sized(region, area, where), score });
  });
  return [...categories].map(([category, { objects, found }]) => {
    const kept = found.sort((a, b) => b.score - a.score).slice(0, mostDetections);
    const overlaps = Float64Array.from({ length: kept.length * objects.length }, (_, i) => {
      const object = objects[i % objects.length]!;
      return kind.overlap(kept[Math.floor(i / objects.length)]!.region, object.region, object.crowd);
    });
    return { image, category, ...matchCategory(objects, kept, overlaps) };
  });
}

interface Sized<Prepared> {
  readonly region: Prepared;
  readonly area: number;
  readonly crowd: boolean;
}
interface Scored<Prepared> {
  readonly region: Prepared;
  readonly area: number;
  readonly score: number;
}

function matchCategory(
  objects: readonly Pick<Sized<never>, "area" | "crowd">[],
  kept: readonly Pick<Scored<never>, "area" | "score">[],
  overlaps: Float64Array,
): Pick<CocoEntry, "scores" | "outcomes" | "objects"> {
  const count = kept.length;
  const outcomes = new Uint8Array(areaNames.length * iouThresholds.length * count);
  const toFind = areaNames.map((name, a) => {
    const [low, high] = areaRanges[name];
    const isIgnored = Uint8Array.from(objects, ({ area, crowd }) => (crowd || area < low || area > high ? 1 : 0));
    const order = [...objects.keys()].sort((i, j) => isIgnored[i]! - isIgnored[j]!); // ignored ones last, stable
    const real = isIgnored.filter((flag) => flag === 0).length;
    const isOutside = Uint8Array.from(kept, ({ area }) => (area < low || area > high ? 1 : 0));
    iouThresholds.forEach((threshold, t) => {
      const taken = new Uint8Array(objects.length);
      for (let d = 0; d < count; d++) {
        let best = -1;
        let bar = threshold;
        for (let rank = 0; rank < order.length; rank++) {
          if (rank === real && best >= 0) break; // a real match is never given up for an ignored one
          const g = order[rank]!;
          const overlap = overlaps[d * objects.length + g]!;
          if (overlap < bar || (taken[g] === 1 && !objects[g]!.crowd)) continue;
          best = g; // of equal overlaps the later one
          bar = overlap;
        }
        if (best >= 0) taken[best] = 1;
        const outcome = best < 0 ? 2 * isOutside[d]! : 1 + isIgnored[best]!;
        outcomes[(a * iouThresholds.length + t) * count + d] = outcome;
      }
    });
    return real;
  });
  return { scores: Float64Array.from(kept, ({ score }) => score), outcomes, objects: Uint32Array.from(toFind) };
}
