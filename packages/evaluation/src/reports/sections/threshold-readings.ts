import { countText, valueText } from "../numbers.ts";
import type { ReportFact, ThresholdSeries } from "../report-input.ts";

/** What the threshold of index `at` comes to, in words. */
export function thresholdReadings(series: ThresholdSeries, at: number): readonly ReportFact[] {
  const { positives, negatives, pictures, words, hits, falses } = series;
  const [hit, wrong] = [hits[at]!, falses[at]!];
  const share = (part: number, whole: number) => (whole > 0 ? valueText(part / whole, "fraction") : "–");
  const rate =
    negatives !== undefined
      ? [{ name: "false positive rate", value: share(wrong, negatives) }]
      : pictures !== undefined
        ? [{ name: "false ones per picture", value: pictures > 0 ? (wrong / pictures).toFixed(3) : "–" }]
        : [];
  return [
    { name: "precision", value: share(hit, hit + wrong) },
    { name: "recall", value: share(hit, positives) },
    { name: words.hits, value: `${countText(hit)} of ${countText(positives)}` },
    { name: words.falses, value: countText(wrong) },
    ...rate,
  ];
}
