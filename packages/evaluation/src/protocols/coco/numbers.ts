import { type CocoSummary, cocoSummaries } from "../../metrics/coco/coco.ts";
import type { CocoEntry } from "../../metrics/coco/matching.ts";
import { undefinedValue } from "../../metrics/metric.ts";
import type { DrawnValues } from "../../statistics/bootstrap.ts";
import type { MetricInfo } from "../protocol.ts";

/** What is scored of objects: boxes or masks. */
export type RegionName = "box" | "mask";

/** COCO's twelve numbers: their ending, key in the summary, and what they are. */
const numbers = [
  ["ap", "ap", "average precision: mean over categories, IoU 0.50 to 0.95 and 101 recalls"],
  ["ap50", "ap50", "average precision at IoU 0.50"],
  ["ap75", "ap75", "average precision at IoU 0.75"],
  ["ap_small", "apSmall", "average precision of objects up to 32 x 32 pixels"],
  ["ap_medium", "apMedium", "average precision of objects from 32 x 32 to 96 x 96 pixels"],
  ["ap_large", "apLarge", "average precision of objects from 96 x 96 pixels"],
  ["ar1", "ar1", "average recall of the surest find of each category in a picture"],
  ["ar10", "ar10", "average recall of ten finds"],
  ["ar100", "ar100", "average recall of a hundred finds"],
  ["ar_small", "arSmall", "average recall of objects up to 32 x 32 pixels"],
  ["ar_medium", "arMedium", "average recall of objects from 32 x 32 to 96 x 96 pixels"],
  ["ar_large", "arLarge", "average recall of objects from 96 x 96 pixels"],
] as const satisfies readonly (readonly [string, keyof CocoSummary, string])[];

export const metricsOf = (region: RegionName): MetricInfo[] =>
  numbers.map(([name, , summary]) => ({
    name: `${region}_${name}`,
    unit: "fraction",
    higherIsBetter: true,
    summary: `${summary}, by ${region === "box" ? "boxes" : "masks"}`,
  }));

/** The twelve numbers of units under their names, or the reason why they are undefined. */
export function namedSummaries(region: RegionName, units: readonly (readonly CocoEntry[])[] | string): DrawnValues {
  if (typeof units === "string") {
    const none = Object.fromEntries(numbers.map(([name]) => [`${region}_${name}`, undefinedValue(units)]));
    return () => none;
  }
  const summaries = cocoSummaries(units);
  return (counts) => {
    const summary = summaries(counts);
    return Object.fromEntries(numbers.map(([name, key]) => [`${region}_${name}`, summary[key]]));
  };
}
