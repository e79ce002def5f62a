import type { Classified } from "../../metrics/classified.ts";
import type { Metric } from "../../metrics/metric.ts";
import type { PairedValues } from "../../metrics/paired-values.ts";
import { type Component, joinedComponents, metricComponent, type Values } from "../components.ts";
import { macroF1WithMissed } from "../macro-f1-with-missed.ts";
import type { MultitaskAnswer } from "../protocol.ts";
import { unitKey } from "./action-units.ts";
import { labelComponent } from "./label-component.ts";

/** What is labelled of one face. */
export interface MultitaskLabels {
  /** In the order of the quantities, NaN where missing. */
  readonly quantities?: readonly number[];
  /** Number of its class; absent where missing. */
  readonly target?: number;
  /** In the order of the labels: 1 present, 0 absent, NaN missing. */
  readonly labels?: readonly number[];
  /** Number of the fold in which it is tested, from 0. */
  readonly fold?: number;
}

/** A face with its answer, null for one that was missed. */
export interface AnsweredFace {
  readonly sample: MultitaskLabels;
  readonly answer: MultitaskAnswer | null;
  /** Which of the labels were named; null for a face that was missed. */
  readonly named: readonly boolean[] | null;
}

/** Answered faces by unit. */
export type AnsweredUnits = readonly (readonly AnsweredFace[])[];

/** What is measured of faces with several labels each. */
export interface MultitaskMeasures {
  readonly quantities?: readonly string[];
  readonly classes?: readonly string[];
  readonly labels?: readonly string[];
  /** Metrics over the units besides those of the labels and classes. */
  readonly components?: (units: AnsweredUnits) => readonly Component[];
  /** What is reported of `mean_f1`, `mean_accuracy`, the F1 of each label, `expression_f1` and the components. */
  readonly derive?: (values: Values) => Values;
}

/** The values of all measures; labels are averaged over `folds`. */
export function multitaskValues(
  units: AnsweredUnits,
  { classes = [], labels = [], components = () => [], derive = (values) => values }: MultitaskMeasures,
  { folds }: { readonly folds: number },
): Component {
  const rows = units.map((unit) =>
    unit.map(({ sample, named }) => ({ targets: sample.labels ?? [], named, fold: sample.fold ?? 0 })),
  );
  const own = [
    ...(labels.length === 0 ? [] : [labelComponent(rows, { labels, folds, key: unitKey })]),
    ...(classes.length === 0 ? [] : [classComponent(units, classes.length)]),
  ];
  const values = joinedComponents([...own, ...components(units)]);
  return (counts) => derive(values(counts));
}

/** A metric of quantity `index` over the faces that have it and were answered. */
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

/** Macro F1 over the faces with a class; a missed face is a miss of its class. */
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
