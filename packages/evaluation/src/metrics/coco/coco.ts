import { errors } from "../../errors.ts";
import { type ClassValue, defineMetric, type MetricValue, meanOfDefined, undefinedValue } from "../metric.ts";
import { type CategoryCurves, type CocoCurve, type CocoSlice, cocoCurves, sortCategories } from "./accumulate.ts";
import {
  type CocoArea,
  type CocoEntry,
  type CocoImage,
  iouThresholds,
  matchCocoImage,
  mostDetections,
} from "./matching.ts";
import { boxRegions, maskRegions, type RegionKind } from "./regions.ts";

/** What of COCO's evaluation to read. */
export interface CocoOptions {
  /** One of 0.5, 0.55, ..., 0.95; without it the mean over all ten. */
  readonly iou?: number;
  readonly area?: CocoArea;
  /** Detections of a category that count in a picture, 1 to 100. */
  readonly maxDetections?: number;
}

/**
 * Average precision of boxes: mean over categories, thresholds and 101 recall levels, to the bit as pycocotools 2.0 up
 * to the order of the last sum; categories without an object to find are left out. Equal scores keep the order of
 * pictures by number, then of rows. Source: https://cocodataset.org/#detection-eval.
 */
export const cocoBoxAveragePrecision = (options: CocoOptions = {}) => cocoMetric(boxRegions, precisionReading, options);

/** Average precision of masks, see `cocoBoxAveragePrecision`. */
export const cocoMaskAveragePrecision = (options: CocoOptions = {}) =>
  cocoMetric(maskRegions, precisionReading, options);

/** Average recall of boxes: mean over categories and thresholds of the recall of all detections that count. */
export const cocoBoxAverageRecall = (options: CocoOptions = {}) => cocoMetric(boxRegions, recallReading, options);

/** Average recall of masks, see `cocoBoxAverageRecall`. */
export const cocoMaskAverageRecall = (options: CocoOptions = {}) => cocoMetric(maskRegions, recallReading, options);

/** COCO's twelve numbers. */
export interface CocoSummary {
  readonly ap: MetricValue;
  readonly ap50: MetricValue;
  readonly ap75: MetricValue;
  readonly apSmall: MetricValue;
  readonly apMedium: MetricValue;
  readonly apLarge: MetricValue;
  readonly ar1: MetricValue;
  readonly ar10: MetricValue;
  readonly ar100: MetricValue;
  readonly arSmall: MetricValue;
  readonly arMedium: MetricValue;
  readonly arLarge: MetricValue;
}

/** The twelve numbers of the state of any COCO metric. */
export const cocoSummary = (entries: readonly CocoEntry[]): CocoSummary => cocoSummaries([entries])([1]);

/** Prepares units (the states of pictures, ...) once: the twelve numbers of the whole in which unit i occurs counts[i] times. */
export function cocoSummaries(units: readonly (readonly CocoEntry[])[]): (counts: ArrayLike<number>) => CocoSummary {
  const sorted = sortCategories(units);
  const of = ({ area = "all", maxDetections = mostDetections }: Partial<CocoSlice>) =>
    cocoCurves(sorted, { area, maxDetections });
  const curves = {
    all: of({}),
    small: of({ area: "small" }),
    medium: of({ area: "medium" }),
    large: of({ area: "large" }),
    top1: of({ maxDetections: 1 }),
    top10: of({ maxDetections: 10 }),
  };
  const precision = (categories: readonly EvaluatedCategory[], iou?: number) =>
    overall(readCategories(categories, precisionReading.values, iou));
  const recall = (categories: readonly EvaluatedCategory[]) =>
    overall(readCategories(categories, recallReading.values));
  return (counts) => {
    const [all, small, medium, large] = [curves.all, curves.small, curves.medium, curves.large].map((of) =>
      evaluate(of, counts),
    ) as [EvaluatedCategory[], EvaluatedCategory[], EvaluatedCategory[], EvaluatedCategory[]];
    return {
      ap: precision(all),
      ap50: precision(all, 0.5),
      ap75: precision(all, 0.75),
      apSmall: precision(small),
      apMedium: precision(medium),
      apLarge: precision(large),
      ar1: recall(evaluate(curves.top1, counts)),
      ar10: recall(evaluate(curves.top10, counts)),
      ar100: recall(all),
      arSmall: recall(small),
      arMedium: recall(medium),
      arLarge: recall(large),
    };
  };
}

/** Average precision of a category: over all thresholds and at IoU 0.5. */
export interface CocoCategory {
  readonly category: number;
  readonly ap: MetricValue;
  readonly ap50: MetricValue;
}

/** As `cocoSummaries`, of each category, in rising order: objects of any size. */
export function cocoCategories(
  units: readonly (readonly CocoEntry[])[],
): (counts: ArrayLike<number>) => readonly CocoCategory[] {
  const curves = cocoCurves(sortCategories(units), { area: "all", maxDetections: mostDetections });
  return (counts) => {
    const evaluated = evaluate(curves, counts);
    const ap = readCategories(evaluated, precisionReading.values);
    const ap50 = readCategories(evaluated, precisionReading.values, 0.5);
    return ap.map(({ class: category, ...value }, i) => ({ category, ap: value, ap50: ap50[i]! }));
  };
}

/** The mean over categories of precision at recall 0, 0.01, ..., 1 [101] by threshold; none where nothing is to be found. */
export function cocoMeanPrecision(
  entries: readonly CocoEntry[],
  { area }: { readonly area: CocoArea },
): readonly Float64Array[] | undefined {
  const slice = { area, maxDetections: mostDetections };
  const found = evaluate(cocoCurves(sortCategories([entries]), slice), [1]).flatMap(({ curves }) =>
    curves ? [curves] : [],
  );
  if (found.length === 0) return undefined;
  return iouThresholds.map((_, t) =>
    Float64Array.from(
      { length: 101 },
      (_, i) => found.reduce((sum, of) => sum + of[t]!.precision[i]!, 0) / found.length,
    ),
  );
}

/** How a number is read off the curves of a category. */
interface Reading {
  readonly name: string;
  readonly values: (curve: CocoCurve) => ArrayLike<number>;
}

const precisionReading: Reading = { name: "ap", values: ({ precision }) => precision };
const recallReading: Reading = { name: "ar", values: ({ recall }) => [recall] };

function cocoMetric<Region, Prepared>(kind: RegionKind<Region, Prepared>, reading: Reading, options: CocoOptions) {
  const { iou, area = "all", maxDetections = mostDetections } = options;
  checkOptions(options);
  const parts = [`coco_${kind.name}_${reading.name}`, iou, area === "all" ? undefined : area];
  const perClass = (entries: readonly CocoEntry[]) =>
    readCategories(evaluate(cocoCurves(sortCategories([entries]), { area, maxDetections }), [1]), reading.values, iou);
  return defineMetric<readonly CocoImage<Region>[], readonly CocoEntry[]>({
    name: [...parts, maxDetections === mostDetections ? undefined : `top${maxDetections}`]
      .filter((part) => part !== undefined)
      .join("_"),
    unit: "fraction",
    range: [0, 1],
    higherIsBetter: true,
    permutationInvariant: true,
    empty: () => [],
    update: (entries, images) => [...entries, ...images.flatMap((image) => matchCocoImage(image, kind))],
    merge: (a, b) => [...a, ...b],
    compute: (entries) => overall(perClass(entries)),
    perClass,
    resampler: (units) => {
      const curves = cocoCurves(sortCategories(units), { area, maxDetections });
      return (counts) => overall(readCategories(evaluate(curves, counts), reading.values, iou)).value;
    },
  });
}

const overall = (categories: readonly ClassValue[]) => meanOfDefined(categories, "no objects to find");

/** A category and its curves, [thresholds]; none where it has no object to find. */
interface EvaluatedCategory {
  readonly category: number;
  readonly curves: readonly CocoCurve[] | undefined;
}

const evaluate = (curves: ReadonlyMap<number, CategoryCurves>, counts: ArrayLike<number>): EvaluatedCategory[] =>
  [...curves].map(([category, of]) => ({ category, curves: of(counts) }));

const readCategories = (
  categories: readonly EvaluatedCategory[],
  values: Reading["values"],
  iou?: number,
): ClassValue[] =>
  categories.map(({ category, curves }) => {
    if (curves === undefined) return { class: category, ...undefinedValue("no objects of this category to find") };
    const wanted = thresholdIndex(iou);
    let [sum, count] = [0, 0];
    for (const curve of wanted === undefined ? curves : [curves[wanted]!]) {
      const list = values(curve);
      for (let i = 0; i < list.length; i++) sum += list[i]!;
      count += list.length;
    }
    return { class: category, value: sum / count };
  });

/** Where `iou` stands among the thresholds: -1 if it is none. */
const thresholdIndex = (iou: number | undefined) =>
  iou === undefined ? undefined : iouThresholds.findIndex((threshold) => Math.abs(threshold - iou) < 1e-9);

function checkOptions({ iou, maxDetections = mostDetections }: CocoOptions): void {
  if (thresholdIndex(iou) === -1) {
    throw errors["bad-option"]({ name: "iou", expected: "one of 0.5, 0.55, ..., 0.95", received: iou });
  }
  if (!Number.isInteger(maxDetections) || maxDetections < 1 || maxDetections > mostDetections) {
    const expected = `a whole number from 1 to ${mostDetections}`;
    throw errors["bad-option"]({ name: "maxDetections", expected, received: maxDetections });
  }
}
