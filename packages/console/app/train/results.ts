import type { HeldOutExample } from "@foveajs/vision";

/** A share with the interval in which it lies in 95 of 100 such measurements. */
export interface Share {
  readonly right: number;
  readonly of: number;
  /** 0 to 1; not a number where nothing was measured. */
  readonly value: number;
  readonly low: number;
  readonly high: number;
}

/** 97.5 % of a normal distribution lie below it. */
const Z = 1.959963984540054;

/** Wilson's interval: Wilson, Probable Inference (1927), doi:10.1080/01621459.1927.10502953; it never leaves 0 to 1. */
export function shareOf(right: number, of: number): Share {
  const value = right / of;
  const spread = 1 + Z ** 2 / of;
  const centre = (value + Z ** 2 / (2 * of)) / spread;
  const half = (Z / spread) * Math.sqrt((value * (1 - value)) / of + Z ** 2 / (4 * of ** 2));
  return { right, of, value, low: Math.max(0, centre - half), high: Math.min(1, centre + half) };
}

/** Place of the largest; the first of equals. */
export const indexOfLargest = (values: readonly number[]): number => values.indexOf(Math.max(...values));

/** How a model did on the pictures that were held out of its training. */
export interface Outcome {
  readonly accuracy: Share;
  /** [class][answer]: the pictures, those of which the answer was surest first. */
  readonly confusion: readonly (readonly (readonly HeldOutExample[])[])[];
  /** Of each class, the share that was found. */
  readonly found: readonly Share[];
  /** Wrong answers, the surest first: they are the worst. */
  readonly mistakes: readonly HeldOutExample[];
}

export const answerOf = ({ probabilities }: HeldOutExample): number => indexOfLargest(probabilities);

/** How sure the model was of its answer. */
export const suretyOf = ({ probabilities }: HeldOutExample): number => Math.max(...probabilities);

export function outcomeOf(heldOut: readonly HeldOutExample[], classes: number): Outcome {
  const sure = heldOut.toSorted((a, b) => suretyOf(b) - suretyOf(a));
  const places = Array.from({ length: classes }, (_, index) => index);
  const confusion = places.map((own) =>
    places.map((answer) => sure.filter((example) => example.class === own && answerOf(example) === answer)),
  );
  const found = confusion.map((row, own) => shareOf(row[own]!.length, row.flat().length));
  const mistakes = sure.filter((example) => answerOf(example) !== example.class);
  return { accuracy: shareOf(heldOut.length - mistakes.length, heldOut.length), confusion, found, mistakes };
}
