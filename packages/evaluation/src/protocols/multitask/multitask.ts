import { errors } from "../../errors.ts";
import { measureTogether } from "../../statistics/bootstrap.ts";
import { missingRows } from "../classification.ts";
import type { Outcome } from "../outcomes.ts";
import type { MultitaskTest, TestSample } from "../protocol.ts";
import { unitOf } from "./action-units.ts";
import { evidenceOf } from "./evidence.ts";
import { type AnsweredFace, type MultitaskLabels, type MultitaskMeasures, multitaskValues } from "./measures.ts";

/** A sample with what is labelled of it, and the unit that it must not be torn from. */
export interface MultitaskSample extends TestSample, MultitaskLabels {
  readonly unit: string;
}

export interface MultitaskOptions extends Pick<MultitaskTest, "split" | "others" | "modes" | "formats"> {
  readonly measures: MultitaskMeasures;
  /** Those of the measures' labels that are scored here; all when absent. */
  readonly scored?: readonly string[];
  readonly samples: readonly MultitaskSample[];
  /** Other names of classes, by name. */
  readonly aliases?: Readonly<Record<string, string>>;
  /** Number of folds that labels are averaged over. */
  readonly folds?: number;
}

/** The test of samples with several labels each; see `labelComponent` for those that may hold at once. */
export function multitaskTest({
  measures,
  scored,
  samples,
  aliases = {},
  folds = 1,
  ...test
}: MultitaskOptions): MultitaskTest {
  const { quantities = [], classes = [], labels: known = [] } = measures;
  const labels = scored ?? known;
  return {
    kind: "multitask",
    ...test,
    samples,
    quantities,
    classes,
    labels,
    labelOf: unitOf,
    truth: new Map(
      samples.map(({ id, unit, quantities = [], labels = [], target }) => [
        id,
        { unit, quantities, labels, ...(target === undefined ? {} : { target }) },
      ]),
    ),
    classOf(name) {
      const own = Object.hasOwn(aliases, name) ? aliases[name]! : name;
      return classes.includes(own) ? own : undefined;
    },
    score(answers, { threshold, ...options }) {
      const thresholds = labels.map((_, i) => (typeof threshold === "number" ? threshold : threshold[i]));
      const answered = samples.map((sample): AnsweredSample => {
        const answer = answers.get(sample.id);
        if (answer === undefined) throw missingRows("answers", samples, answers);
        if (answer === null) return { sample, answer, named: null };
        checkRow(`quantities of ${sample.id}`, answer.quantities, quantities.length);
        checkRow(`logits of ${sample.id}`, answer.logits, classes.length);
        checkRow(`scores of ${sample.id}`, answer.scores, labels.length);
        return { sample, answer, named: labels.map((_, i) => answer.scores[i]! >= thresholds[i]!) };
      });
      const units = byUnit(answered);
      const values = multitaskValues(units, { ...measures, labels }, { folds });
      const told = {
        hasClass: classes.length > 0,
        places: labels.map((label) => known.indexOf(label)),
        width: known.length,
      };
      return {
        missed: answered.filter(({ answer }) => answer === null).length,
        metrics: measureTogether(values, { ...options, units: units.length }),
        outcomes: answered.map(
          (entry): Outcome => ({
            id: entry.sample.id,
            unit: entry.sample.unit,
            values: {},
            evidence: evidenceOf(entry, told),
          }),
        ),
      };
    },
  };
}

/** A sample with its answer. */
interface AnsweredSample extends AnsweredFace {
  readonly sample: MultitaskSample;
}

function byUnit(answered: readonly AnsweredSample[]): readonly (readonly AnsweredSample[])[] {
  const units = new Map<string, AnsweredSample[]>();
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
