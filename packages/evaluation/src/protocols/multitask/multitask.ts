import { errors } from "../../errors.ts";
import { type Classified, predictedClass } from "../../metrics/classified.ts";
import type { Metric } from "../../metrics/metric.ts";
import type { PairedValues } from "../../metrics/paired-values.ts";
import { measureTogether } from "../../statistics/bootstrap.ts";
import { missingRows } from "../classification.ts";
import { macroF1WithMissed } from "../macro-f1-with-missed.ts";
import type { Outcome, OutcomeValue } from "../outcomes.ts";
import type { MultitaskAnswer, MultitaskTest, TestSample } from "../protocol.ts";
import { unitKey, unitOf } from "./action-units.ts";
import { type Component, joinedComponents, metricComponent, type Values } from "./components.ts";
import { labelComponent } from "./label-component.ts";

/** A sample with what is labelled of it, and the unit that it must not be torn from. */
export interface MultitaskSample extends TestSample {
  readonly unit: string;
  /** In the order of the quantities, NaN where missing. */
  readonly quantities?: readonly number[];
  /** Number of its class; absent where missing. */
  readonly target?: number;
  /** In the order of the labels: 1 present, 0 absent, NaN missing. */
  readonly labels?: readonly number[];
  /** Number of the fold in which it is tested, from 0. */
  readonly fold?: number;
}

/** A sample with its answer, null for a face that was missed. */
export interface AnsweredMultitask {
  readonly sample: MultitaskSample;
  readonly answer: MultitaskAnswer | null;
}

/** Answered samples by unit. */
export type AnsweredUnits = readonly (readonly AnsweredMultitask[])[];

export interface MultitaskOptions extends Pick<MultitaskTest, "split" | "others" | "modes" | "formats"> {
  readonly samples: readonly MultitaskSample[];
  readonly quantities?: readonly string[];
  readonly classes?: readonly string[];
  /** Other names of classes, by name. */
  readonly aliases?: Readonly<Record<string, string>>;
  readonly labels?: readonly string[];
  /** Number of folds that labels are averaged over. */
  readonly folds?: number;
  /** Metrics over the units besides those of the labels and classes. */
  readonly components?: (units: AnsweredUnits) => readonly Component[];
  /** What is reported of `mean_f1`, `mean_accuracy`, the F1 of each label, `expression_f1` and the components. */
  readonly derive?: (values: Values) => Values;
}

/** The test of samples with several labels each; see `labelComponent` for those that may hold at once. */
export function multitaskTest({
  samples,
  quantities = [],
  classes = [],
  aliases = {},
  labels = [],
  folds = 1,
  components = () => [],
  derive = (values) => values,
  ...test
}: MultitaskOptions): MultitaskTest {
  return {
    kind: "multitask",
    ...test,
    samples,
    quantities,
    classes,
    labels,
    labelOf: unitOf,
    classOf(name) {
      const own = Object.hasOwn(aliases, name) ? aliases[name]! : name;
      return classes.includes(own) ? own : undefined;
    },
    score(answers, { threshold, ...options }) {
      const thresholds = labels.map((_, i) => (typeof threshold === "number" ? threshold : threshold[i]));
      const answered = samples.map((sample): AnsweredMultitask => {
        const answer = answers.get(sample.id);
        if (answer === undefined) throw missingRows("answers", samples, answers);
        if (answer !== null) {
          checkRow(`quantities of ${sample.id}`, answer.quantities, quantities.length);
          checkRow(`logits of ${sample.id}`, answer.logits, classes.length);
          checkRow(`scores of ${sample.id}`, answer.scores, labels.length);
        }
        return { sample, answer };
      });
      const units = byUnit(answered);
      const namedOf = ({ answer }: AnsweredMultitask) =>
        answer && labels.map((_, i) => answer.scores[i]! >= thresholds[i]!);
      const labelled = (entry: AnsweredMultitask) => ({
        targets: entry.sample.labels ?? [],
        named: namedOf(entry),
        fold: entry.sample.fold ?? 0,
      });
      const own = [
        ...(labels.length === 0
          ? []
          : [
              labelComponent(
                units.map((unit) => unit.map(labelled)),
                { labels, folds, key: unitKey },
              ),
            ]),
        ...(classes.length === 0 ? [] : [classComponent(units, classes.length)]),
      ];
      const values = joinedComponents([...own, ...components(units)]);
      return {
        missed: answered.filter(({ answer }) => answer === null).length,
        metrics: measureTogether((counts) => derive(values(counts)), { ...options, units: units.length }),
        outcomes: answered.map((entry) =>
          outcomeOf(entry, { labels: folds === 1 ? labels : [], named: namedOf(entry) }),
        ),
      };
    },
  };
}

/** A metric of quantity `index` over the samples that have it and were answered. */
export const quantityComponent = <State>(
  name: string,
  metric: Metric<PairedValues, State>,
  units: AnsweredUnits,
  index: number,
): Component =>
  metricComponent(
    name,
    metric,
    units.map((unit) => {
      const found = unit.filter(({ answer }) => answer !== null);
      return {
        predictions: found.map(({ answer }) => answer!.quantities[index]!),
        targets: found.map(({ sample }) => sample.quantities?.[index] ?? Number.NaN),
      };
    }),
  );

/** Macro F1 over the samples with a class; a missed face is a miss of its class. */
const classComponent = (units: AnsweredUnits, classes: number): Component =>
  metricComponent(
    "expression_f1",
    macroF1WithMissed(classes),
    units.map((unit): Classified => {
      const labelled = unit.filter(({ sample }) => sample.target !== undefined);
      return {
        logits: labelled.map(({ answer }) =>
          answer === null
            ? [...Array.from({ length: classes }, () => Number.NEGATIVE_INFINITY), 0]
            : [...Array.from(answer.logits), Number.NEGATIVE_INFINITY],
        ),
        targets: labelled.map(({ sample }) => sample.target!),
      };
    }),
  );

/**
 * What a sample adds to the F1 of labels, Σ 2TP / Σ (2TP + FP + FN), and of its class; means over labels and correlations
 * are no sums over samples, and neither is an F1 that is averaged over folds.
 */
function outcomeOf(
  { sample: { id, unit, target, labels: targets = [] }, answer }: AnsweredMultitask,
  { labels, named }: { readonly labels: readonly string[]; readonly named: readonly boolean[] | null },
): Outcome {
  const values: Record<string, OutcomeValue> = {};
  labels.forEach((label, i) => {
    const isNamed = named?.[i] ?? false;
    if (targets[i] === 1) values[unitKey(label)] = isNamed ? [2, 2] : [0, 1];
    else if (targets[i] === 0 && isNamed) values[unitKey(label)] = [0, 1];
  });
  if (target !== undefined) {
    values.expression_f1 = { target, answer: answer && predictedClass(answer.logits, target) };
  }
  return { id, unit, values };
}

function byUnit(answered: readonly AnsweredMultitask[]): AnsweredUnits {
  const units = new Map<string, AnsweredMultitask[]>();
  for (const entry of answered) {
    const unit = units.get(entry.sample.unit);
    if (unit === undefined) units.set(entry.sample.unit, [entry]);
    else unit.push(entry);
  }
  return [...units.values()];
}

function checkRow(where: string, row: ArrayLike<number>, length: number): void {
  if (row.length !== length) throw errors["label-count"]({ where, expected: length, received: row.length });
  for (let i = 0; i < length; i++) {
    if (Number.isNaN(row[i]!)) {
      throw errors["bad-value"]({ where: `${where}, number ${i}`, expected: "a number", received: row[i]! });
    }
  }
}
