import { predictedClass } from "../../metrics/classified.ts";
import { listOf, numberOf, objectOf, unexpected } from "../json.ts";
import { logitsOfNamed } from "../named-class.ts";
import type { Outcome, Remeasure } from "../outcomes.ts";
import type { AnsweredFace, MultitaskMeasures } from "./measures.ts";
import { multitaskValues } from "./measures.ts";

/** A face's labels and answers as an outcome tells them; null, or "-" of a label, where there is none. */
export interface MultitaskEvidence {
  readonly missed?: true;
  /** Label and answer of each quantity. */
  readonly quantities?: readonly (readonly [label: number | null, answer: number | null])[];
  /** Numbers of the labelled and of the answered class. */
  readonly class?: readonly [label: number | null, answer: number | null];
  /** A character for each label: "1" present, "0" absent. */
  readonly labels?: string;
  /** The same of what was named; absent where the face was missed. */
  readonly named?: string;
  /** Absent in a test without folds. */
  readonly fold?: number;
}

/** What a face came to. `places` of the labels among those that outcomes tell of, of which there are `width`. */
export function evidenceOf(
  { sample: { quantities = [], target, labels = [], fold }, answer, named }: AnsweredFace,
  {
    hasClass,
    places,
    width,
  }: { readonly hasClass: boolean; readonly places: readonly number[]; readonly width: number },
): MultitaskEvidence {
  const told = (value: number | undefined) => (value === undefined || Number.isNaN(value) ? null : value);
  const letters = (of: (index: number) => string) => {
    const list = Array.from({ length: width }, () => "-");
    places.forEach((place, index) => {
      list[place] = of(index);
    });
    return list.join("");
  };
  const classOf = () => (answer === null ? null : predictedClass(answer.logits, target ?? 0));
  return {
    ...(answer === null ? { missed: true } : {}),
    ...(quantities.length === 0
      ? {}
      : { quantities: quantities.map((label, i) => [told(label), answer && told(answer.quantities[i])] as const) }),
    ...(hasClass ? { class: [told(target), classOf()] as const } : {}),
    ...(width === 0 ? {} : { labels: letters((i) => (labels[i] === 1 ? "1" : labels[i] === 0 ? "0" : "-")) }),
    ...(width === 0 || named === null ? {} : { named: letters((i) => (named[i] ? "1" : "0")) }),
    ...(fold === undefined ? {} : { fold }),
  };
}

/** Measures a test with these measures anew from what its faces came to. */
export const remeasureMultitask =
  (measures: MultitaskMeasures): Remeasure =>
  (units) => {
    const faces = units.map((unit) => unit.map((outcome) => faceOf(outcome, measures)));
    const last = faces.reduce(
      (most, unit) => unit.reduce((high, { sample }) => Math.max(high, sample.fold ?? 0), most),
      0,
    );
    return multitaskValues(faces, measures, { folds: last + 1 });
  };

function faceOf(
  { id, evidence }: Outcome,
  { quantities = [], classes = [], labels = [] }: MultitaskMeasures,
): AnsweredFace {
  const where = `outcome of ${id}, evidence`;
  const told = objectOf(evidence, where);
  const isMissed = told.missed === true;
  const pairOf = (value: unknown, place: string) => {
    const pair = listOf(value, place);
    if (pair.length !== 2) throw unexpected(value, place, "a label and an answer");
    return pair.map((part) => (part === null ? undefined : numberOf(part, place))) as [label?: number, answer?: number];
  };
  const pairs = quantities.length === 0 ? [] : listOf(told.quantities, `${where}, quantities`);
  if (pairs.length !== quantities.length) {
    throw unexpected(told.quantities, `${where}, quantities`, `${quantities.length} pairs`);
  }
  const values = pairs.map((pair, i) => pairOf(pair, `${where}, quantities, ${quantities[i]}`));
  const [target, answered] = classes.length === 0 ? [] : pairOf(told.class, `${where}, class`);
  for (const number of [target, answered]) {
    if (number !== undefined && !(Number.isInteger(number) && number >= 0 && number < classes.length)) {
      throw unexpected(number, `${where}, class`, `a whole number from 0 to ${classes.length - 1}`);
    }
  }
  const letters = (value: unknown, name: string) => {
    if (labels.length === 0) return [];
    if (typeof value !== "string" || !/^[01-]*$/.test(value) || value.length !== labels.length) {
      throw unexpected(value, `${where}, ${name}`, `${labels.length} characters of 0, 1 and -`);
    }
    return [...value];
  };
  const targets = letters(told.labels, "labels").map((letter) => (letter === "-" ? Number.NaN : Number(letter)));
  const named = isMissed ? null : letters(told.named, "named").map((letter) => letter === "1");
  const missing = values.findIndex(([, answer]) => answer === undefined);
  if (!isMissed && (missing >= 0 || (classes.length > 0 && answered === undefined))) {
    throw unexpected(evidence, where, "an answer of a face that was not missed");
  }
  return {
    sample: {
      quantities: values.map(([label = Number.NaN]) => label),
      labels: targets,
      ...(target === undefined ? {} : { target }),
      ...(told.fold === undefined ? {} : { fold: numberOf(told.fold, `${where}, fold`, { minimum: 0, whole: true }) }),
    },
    answer: isMissed
      ? null
      : {
          quantities: values.map(([, answer]) => answer!),
          logits: logitsOfNamed(answered, classes.length),
          scores: named!.map(Number),
        },
    named,
  };
}
