import { balancedAccuracy } from "../metrics/balanced-accuracy.ts";
import type { ConfusionMatrix } from "../metrics/confusion-matrix.ts";
import type { Metric } from "../metrics/metric.ts";
import type { AnsweredLandmarks } from "./landmarks.ts";
import { logitsOfNamed } from "./named-class.ts";
import type { ClassOutcome } from "./outcomes.ts";
import { shareMetric } from "./share-metric.ts";

/** The share of faces whose trait was named; one that was missed, or of which it was not told, is wrong. */
export const traitAccuracy = (name: string, trait: string) =>
  shareMetric<AnsweredLandmarks>(name, ({ sample, answer }) => answer?.traits?.[trait] === sample.traits?.[trait]);

/** The mean over the classes of a trait of the share of their faces that was named so. */
export function traitRecall(
  trait: string,
  classes: readonly string[],
): Metric<readonly AnsweredLandmarks[], ConfusionMatrix> {
  const metric = balancedAccuracy();
  return {
    ...metric,
    update(state, batch) {
      const outcomes = batch.map((one) => traitOutcome(trait, classes, one));
      const logits = outcomes.map(({ answer }) => logitsOfNamed(answer ?? classes.length, classes.length + 1));
      return metric.update(state, { logits, targets: outcomes.map(({ target }) => target) });
    },
  };
}

/** The labelled class of a trait and the one that was told, null for none of the classes. */
export function traitOutcome(
  trait: string,
  classes: readonly string[],
  { sample, answer }: AnsweredLandmarks,
): ClassOutcome {
  const told = classes.indexOf(answer?.traits?.[trait] ?? "");
  return { target: classes.indexOf(sample.traits![trait]!), answer: told < 0 ? null : told };
}
