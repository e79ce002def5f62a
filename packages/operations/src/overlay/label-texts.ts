import type { Face, Reading } from "@foveajs/vision";

/** What a label says, the fullest first: "surprise 93%", then "surprise"; without an expression, the score of the face. */
export function titlesOf({ readings: { expression }, score }: Face): readonly string[] {
  if (!expression) return [`face ${percent(score)}`, percent(score)];
  return [`${expression.label} ${percent(expression.scores[expression.label] ?? 0)}`, expression.label];
}

/** What else was read of a face, a phrase each: "smile 94%", "no glasses", "frontal", "eyes open", then numbers. */
export function phrasesOf({ readings, eyes, values, derived = {} }: Face): {
  readonly readings: readonly string[];
  readonly values: readonly string[];
} {
  const others = Object.entries(readings).filter(([name]) => name !== "expression");
  const measured = Object.entries(values).filter(([name]) => derived[name] === undefined);
  const workedOut = Object.entries(values).filter(([name]) => derived[name] !== undefined);
  return {
    readings: [
      ...others.map(([name, reading]) => readingPhrase(spaced(name), reading)),
      ...Object.entries(eyes).map(([name, { left, right }]) => eyesPhrase(spaced(name), left.label, right.label)),
      ...measured.map(([name, value]) => `${spaced(name)} ${Number(value.toPrecision(3))}`),
    ],
    values: workedOut.map(([name, value], index) => {
      const origin = index === workedOut.length - 1 ? " (derived)" : "";
      return `${spaced(name)} ${signed(value)}${origin}`;
    }),
  };
}

/** Labels that mean nothing without the name of what is asked. */
const nameless: ReadonlySet<string> = new Set(["left", "right", "none", "other"]);

/** Yes and no by the name of what is asked; most other labels speak for themselves. */
function readingPhrase(name: string, { label, scores }: Reading): string {
  if (label === "no") return `no ${name}`;
  if (label === "yes") return `${name} ${percent(scores[label] ?? 0)}`;
  return nameless.has(label) ? `${name} ${label}` : spaced(label);
}

const eyesPhrase = (name: string, left: string, right: string): string =>
  left === right ? `${name}s ${spaced(left)}` : `left ${name} ${spaced(left)}, right ${spaced(right)}`;

/**
 * Phrases with commas between them in at most so many lines, none wider than `width`: in as few lines as will do, and these as even as
 * they can be; no line of no phrase; undefined where they are too wide. `measure` gives a line's width.
 */
export function linesOf(
  phrases: readonly string[],
  { width, most, measure }: { width: number; most: number; measure: (text: string) => number },
): readonly string[] | undefined {
  if (phrases.length === 0) return [];
  for (let count = 1; count <= Math.min(most, phrases.length); count++) {
    const splits = divided(phrases, count).map((parts) =>
      parts.map((part, index) => `${part.join(", ")}${index < parts.length - 1 ? "," : ""}`),
    );
    const widest = (lines: readonly string[]) => Math.max(...lines.map(measure));
    const best = splits.reduce((a, b) => (widest(b) < widest(a) ? b : a));
    if (widest(best) <= width) return best;
  }
  return undefined;
}

/** All ways of dividing a list into so many runs, none empty. */
function divided(phrases: readonly string[], count: number): readonly (readonly (readonly string[])[])[] {
  if (count === 1) return [[phrases]];
  const firsts = Array.from({ length: phrases.length - count + 1 }, (_, index) => index + 1);
  return firsts.flatMap((first) =>
    divided(phrases.slice(first), count - 1).map((rest) => [phrases.slice(0, first), ...rest]),
  );
}

/** "+0.6", "-0.2"; what rounds to nothing has no sign. */
const signed = (value: number): string => {
  const text = value.toFixed(1);
  if (Number(text) === 0) return "0.0";
  return value < 0 ? text : `+${text}`;
};

const percent = (share: number): string => `${Math.round(share * 100)}%`;

const spaced = (name: string): string => name.replaceAll("_", " ");
