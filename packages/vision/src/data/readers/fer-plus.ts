/** The expressions of FER+ in the official order of its columns; the class index is the place in this list. */
export const ferPlusClasses = [
  "neutral",
  "happiness",
  "surprise",
  "sadness",
  "anger",
  "disgust",
  "fear",
  "contempt",
] as const;

/** Columns of a vote: the eight expressions, then "unknown" and "not a face". */
export const ferPlusColumns = [...ferPlusClasses, "unknown", "NF"] as const;

/** How votes become a target; `votes` is what the official code calls probability and crossentropy. */
export type FerPlusMode = "majority" | "votes" | "multi_target";

/**
 * The target of a picture from its ten votes: eight shares that sum to 1, or undefined where the picture is to be left out.
 * Source: the generator of microsoft/FERPlus, commit ae2128ab (Barsoum et al., ICMI 2016, arXiv:1608.01041).
 */
export function ferPlusTarget(votes: readonly number[], mode: FerPlusMode): number[] | undefined {
  const counted = votes.map((vote) => (vote <= 1 ? 0 : vote)); // a single vote is an outlier
  const total = sum(counted);
  const kept = rules[mode](counted, total);
  const keptTotal = sum(kept);
  if (keptTotal <= 0.5 * total) return undefined;
  if (kept.indexOf(Math.max(...kept)) >= ferPlusClasses.length) return undefined; // unknown, or not a face
  const expressions = kept.slice(0, ferPlusClasses.length);
  const scale = sum(expressions);
  return expressions.map((value) => value / scale);
}

type Rule = (counted: readonly number[], total: number) => number[];

/** The likeliest column alone, the first of equals. */
const majority: Rule = (counted) => {
  const winner = counted.indexOf(Math.max(...counted));
  return counted.map((vote, i) => (i === winner ? vote : 0));
};

/** Columns from the likeliest down until three quarters of the votes or three columns are taken. */
const votes: Rule = (counted, total) => {
  const left = [...counted];
  const kept = counted.map(() => 0);
  let [taken, columns, open] = [0, 0, true];
  while (taken < 0.75 * total && columns < 3 && open) {
    const most = Math.max(...left);
    for (let i = 0; i < left.length; i++) {
      if (left[i] !== most) continue;
      kept[i] = most;
      left[i] = 0;
      taken += most;
      columns++;
      if (i < ferPlusClasses.length) continue;
      open = false;
      if (sum(kept) > most) {
        kept[i] = 0; // expressions were taken before it
        columns--;
      }
      break;
    }
  }
  return columns > 3 ? counted.map(() => 0) : kept; // equals can make it four or more: too unclear
};

/** Every column with at least three tenths of the votes. */
const multiTarget: Rule = (counted, total) => counted.map((vote) => (vote >= 0.3 * total ? vote : 0));

const rules = { majority, votes, multi_target: multiTarget } satisfies Record<FerPlusMode, Rule>;

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);
