import { averagePrecision } from "../../metrics/average-precision.ts";
import { mergeStates } from "../../metrics/metric.ts";
import { emptyRanking, rankingCurves } from "../../metrics/precision-recall.ts";
import type { CategoryRankings } from "../../metrics/voc-mean-average-precision.ts";
import { measure } from "../../statistics/bootstrap.ts";
import type { ClassScores, NamedCurve, ScoreOptions } from "../protocol.ts";
import { vocMetrics } from "./evidence.ts";
import { vocClasses } from "./release.ts";

const eleven = averagePrecision({ interpolation: "eleven-point" });
const area = averagePrecision({ interpolation: "envelope" });

/** Average precision of each class that has an object to find, over pictures. */
export const vocByClass = (pictures: readonly CategoryRankings[], options: ScoreOptions): readonly ClassScores[] =>
  vocClasses.flatMap((name, category) => {
    const units = pictures.map((rankings) => rankings.get(category) ?? emptyRanking);
    const count = units.reduce((sum, { positives }) => sum + positives, 0);
    if (count === 0) return [];
    const values = {
      ap_area: measure(area, units, options),
      ap_eleven_point: measure(eleven, units, options),
    };
    return [{ name, count, values }];
  });

const levels = Array.from({ length: 101 }, (_, i) => i / 100);

/** Precision over recall, interpolated as for the area, the mean over the classes that have an object to find. */
export function vocPrecision(pictures: readonly CategoryRankings[]): readonly NamedCurve[] {
  const whole = mergeStates(vocMetrics.map_area, pictures);
  const classes = [...whole.values()].filter(({ positives }) => positives > 0);
  if (classes.length === 0) return [];
  const curves = classes.map((ranking) => {
    const { positives, hits, falses } = rankingCurves([ranking])([1]);
    const best = Float64Array.from(hits, (hit, i) => (hit === 0 ? 0 : hit / (hit + falses[i]!)));
    for (let i = best.length - 2; i >= 0; i--) best[i] = Math.max(best[i]!, best[i + 1]!);
    let at = 0;
    return levels.map((level) => {
      while (at < hits.length && hits[at]! / positives < level) at++;
      return best[at] ?? 0;
    });
  });
  const points = levels.map(
    (level, i) => [level, curves.reduce((sum, curve) => sum + curve[i]!, 0) / curves.length] as const,
  );
  return [{ name: "all objects", area: vocMetrics.map_area.compute(whole).value, points }];
}
