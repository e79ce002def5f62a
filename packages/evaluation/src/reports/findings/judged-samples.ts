import { logProbabilities, predictedClass } from "../../metrics/classified.ts";
import type { ClassificationTest } from "../../protocols/protocol.ts";
import type { ScoredTest } from "./source.ts";

/** One sample of a classifier with its answer. Classes by their numbers among `names`. */
export interface JudgedSample {
  readonly id: string;
  readonly unit: string;
  readonly target: number;
  /** Null for a face that was missed. */
  readonly answer: number | null;
  /** Of each of the names [C]; null where the face was missed. */
  readonly logits: readonly number[] | null;
  /** Of each of the names [C], to 12 digits; null where the face was missed or no probabilities were told. */
  readonly probabilities: Float64Array | null;
}

export interface JudgedSamples {
  /** The classes of the test, then further labels that the model may name. */
  readonly names: readonly string[];
  readonly samples: readonly JudgedSample[];
}

/** All samples with their answers, as `test.score` judged them; undefined where it did not tell. */
export function judgedSamples({ test, answers, scores }: ScoredTest<ClassificationTest>): JudgedSamples | undefined {
  const { labels, logits: rows, hasProbabilities } = answers;
  const order = test.columns(labels);
  const names = order.map((column, i) => test.classes[i] ?? test.classOf(labels[column]!) ?? labels[column]!);
  const samples: JudgedSample[] = [];
  for (const { id, unit, values } of scores.outcomes ?? []) {
    const told = values.macro_f1;
    if (told === undefined || !("target" in told)) return undefined;
    const { target } = told;
    const all = rows.get(id);
    const logits = all ? order.map((column) => all[column]!) : null;
    samples.push(judgedSample({ id, unit, target, logits, hasProbabilities }));
  }
  return samples.length === 0 ? undefined : { names, samples };
}

/** One sample with its answer, judged as the metrics do. */
export function judgedSample({
  id,
  unit,
  target,
  logits,
  hasProbabilities,
}: Pick<JudgedSample, "id" | "unit" | "target" | "logits"> & { readonly hasProbabilities: boolean }): JudgedSample {
  return {
    id,
    unit,
    target,
    answer: logits && predictedClass(logits, target),
    logits,
    probabilities: logits && hasProbabilities ? logProbabilities(logits, id).map(probabilityOf) : null,
  };
}

/** Rounded beyond what can be seen, so that a probability told as 0.2 is at least the threshold 0.2 again. */
const probabilityOf = (logarithm: number): number => Number(Math.exp(logarithm).toPrecision(12));
