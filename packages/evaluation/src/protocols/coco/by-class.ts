import { cocoCategories, cocoMeanPrecision } from "../../metrics/coco/coco.ts";
import { areaNames, type CocoEntry, iouThresholds, mostDetections } from "../../metrics/coco/matching.ts";
import { boxRegions } from "../../metrics/coco/regions.ts";
import { measureTogether } from "../../statistics/bootstrap.ts";
import type { ClassScores, FoundObject, MatchedPicture, NamedCurve, ScoreOptions } from "../protocol.ts";
import type { CocoPicture } from "./release.ts";

/** Entries of pictures; masks are undefined where they are not scored. */
export interface CocoUnits {
  readonly boxes: readonly (readonly CocoEntry[])[];
  readonly masks: readonly (readonly CocoEntry[])[] | undefined;
}

/** Average precision of each category that has an object to find, over pictures. */
export function cocoByClass(
  { boxes, masks }: CocoUnits,
  {
    names,
    ...options
  }: ScoreOptions & { /** Of categories, by number. */ readonly names: ReadonlyMap<number, string> },
): readonly ClassScores[] {
  const measured = (units: readonly (readonly CocoEntry[])[], region: string) => {
    const categories = cocoCategories(units);
    return measureTogether(
      (counts) =>
        Object.fromEntries(
          categories(counts).flatMap(({ category, ap, ap50 }) => [
            [`${category} ${region}_ap`, ap],
            [`${category} ${region}_ap50`, ap50],
          ]),
        ),
      { ...options, units: units.length },
    );
  };
  const values = { ...measured(boxes, "box"), ...(masks === undefined ? {} : measured(masks, "mask")) };
  const keys = ["box_ap50", "box_ap", ...(masks === undefined ? [] : ["mask_ap"])];
  return [...names].flatMap(([category, name]) => {
    const own = boxes.flat().filter((entry) => entry.category === category);
    const count = own.reduce((sum, { objects }) => sum + objects[0]!, 0);
    if (count === 0) return [];
    return [{ name, count, values: Object.fromEntries(keys.map((key) => [key, values[`${category} ${key}`]!])) }];
  });
}

const sizes = { all: "all sizes", small: "small", medium: "medium", large: "large" } as const;

/** Precision over recall of boxes by size at IoU 0.5, and average precision by IoU of boxes and of masks. */
export function cocoCurvesOf({ boxes, masks }: CocoUnits) {
  const mean = (list: ArrayLike<number>) => Array.from(list).reduce((sum, value) => sum + value, 0) / list.length;
  const precision = areaNames.flatMap((area): NamedCurve[] => {
    const curves = cocoMeanPrecision(boxes.flat(), { area });
    if (curves === undefined) return [];
    const points = Array.from(curves[0]!, (value, i) => [i / 100, value] as const);
    return [{ name: sizes[area], area: mean(curves[0]!), points }];
  });
  const byIou = ([name, units]: readonly [string, CocoUnits["masks"]]): NamedCurve[] => {
    const curves = units && cocoMeanPrecision(units.flat(), { area: "all" });
    if (curves === undefined) return [];
    const points = curves.map((curve, t) => [iouThresholds[t]!, mean(curve)] as const);
    return [{ name, area: mean(points.map(([, value]) => value)), points }];
  };
  return { precision, byIou: [...byIou(["boxes", boxes]), ...byIou(["masks", masks])] };
}

/**
 * The boxes of a picture matched at IoU 0.5 as COCO does: the surest find first, each the object of its category that it
 * overlaps most, of equal overlaps the later one, else a crowd.
 */
export function matchAtHalf(
  { id, objects }: CocoPicture,
  { found, names }: { readonly found: readonly FoundObject[]; readonly names: ReadonlyMap<number, string> },
): MatchedPicture {
  const truth = objects.map((object) => ({
    ...object,
    name: names.get(object.category)!,
    region: boxRegions.prepare(object.box, id),
  }));
  const scores = truth.map(() => Number.NEGATIVE_INFINITY);
  const falses: FoundObject[] = [];
  const counted = new Map<string, number>();
  for (const find of [...found].sort((a, b) => b.score - a.score)) {
    const before = counted.get(find.category) ?? 0;
    counted.set(find.category, before + 1);
    if (before >= mostDetections) continue;
    const region = boxRegions.prepare(find.box, id);
    const bestOf = (isCrowd: boolean) => {
      let [best, bar] = [-1, iouThresholds[0]!];
      truth.forEach((object, i) => {
        if (object.name !== find.category || object.crowd !== isCrowd) return;
        if (!isCrowd && scores[i]! > Number.NEGATIVE_INFINITY) return;
        const overlap = boxRegions.overlap(region, object.region, isCrowd);
        if (overlap >= bar) [best, bar] = [i, overlap];
      });
      return best;
    };
    const best = bestOf(false);
    if (best >= 0) scores[best] = find.score;
    else if (bestOf(true) < 0) falses.push(find);
  }
  return {
    id,
    objects: truth.map(({ name, box, crowd }, i) => ({ category: name, box, ignored: crowd, score: scores[i]! })),
    falses,
  };
}
