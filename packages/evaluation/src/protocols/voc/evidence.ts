import { mergeStates } from "../../metrics/metric.ts";
import type { Ranking } from "../../metrics/precision-recall.ts";
import { type CategoryRankings, vocMeanAveragePrecision } from "../../metrics/voc-mean-average-precision.ts";
import { joinedComponents, stateComponent } from "../components.ts";
import { listOf, numberOf, objectOf, unexpected } from "../json.ts";
import type { Outcome, Remeasure } from "../outcomes.ts";
import { vocClasses } from "./release.ts";

/** Both metrics of VOC; they read the same rankings. */
export const vocMetrics = {
  map_eleven_point: vocMeanAveragePrecision({ interpolation: "eleven-point", categories: vocClasses.length }),
  map_area: vocMeanAveragePrecision({ interpolation: "envelope", categories: vocClasses.length }),
} as const;

/** What a picture came to, by the names of the classes that are in it or were found. */
export const rankingsEvidence = (rankings: CategoryRankings): Readonly<Record<string, Ranking>> =>
  Object.fromEntries(
    [...rankings].sort(([a], [b]) => a - b).map(([category, ranking]) => [vocClasses[category]!, ranking]),
  );

/** Measures VOC anew from what its pictures came to. */
export const remeasureVoc: Remeasure = (units) => {
  const states = units.map((unit) => mergeStates(vocMetrics.map_area, unit.map(rankingsOf)));
  return joinedComponents(Object.entries(vocMetrics).map(([name, metric]) => stateComponent(name, metric, states)));
};

function rankingsOf({ id, evidence }: Outcome): CategoryRankings {
  const where = `outcome of ${id}, evidence`;
  return new Map(
    Object.entries(objectOf(evidence, where)).map(([name, value]): [number, Ranking] => {
      const category = (vocClasses as readonly string[]).indexOf(name);
      if (category < 0) throw unexpected(name, where, `classes of ${vocClasses.join(", ")}`);
      const { positives, hits, falses } = objectOf(value, `${where}, ${name}`);
      const scoresOf = (list: unknown, key: string) =>
        listOf(list, `${where}, ${name}, ${key}`).map((score) => numberOf(score, `${where}, ${name}, ${key}`));
      return [
        category,
        {
          positives: numberOf(positives, `${where}, ${name}, positives`, { minimum: 0, whole: true }),
          hits: scoresOf(hits, "hits"),
          falses: scoresOf(falses, "falses"),
        },
      ];
    }),
  );
}
