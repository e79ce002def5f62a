import { errors } from "../errors.ts";
import type { Sample } from "./types.ts";

/** How the names of files tell which pictures belong together. */
export interface GroupRule {
  /** Regular expression over the sample's name ("train/3/IMG_1121.jpg"). */
  readonly pattern: string;
  /** Pictures that were taken one after the other of each subject. */
  readonly run?: number | undefined;
}

/**
 * Samples with groups by a pattern over their names. Without `run`, pictures with the same captured texts are one group. With it, the
 * capture `number` (or the first) counts the pictures, and a group is a run of so many numbers; where a capture `place` tells the
 * place in the run, a run also ends where the places start over (fall by half a run or more), so that a missing or an extra
 * picture does not shift all that follow. Refuses a pattern that does not fit a name.
 */
export function regroup(samples: readonly Sample[], { pattern, run }: GroupRule): Sample[] {
  let expression: RegExp;
  try {
    expression = new RegExp(pattern);
  } catch (cause) {
    throw errors["group-pattern"]({ pattern, detail: (cause as Error).message }, { cause });
  }
  const found = samples.map((sample) => {
    const match = expression.exec(sample.id);
    if (!match || match.length < 2) {
      const detail = match ? "it has no capture in parentheses" : `it does not fit "${sample.id}"`;
      throw errors["group-pattern"]({ pattern, detail });
    }
    return { sample, match };
  });
  if (run === undefined) {
    return found.map(({ sample, match }) => ({
      ...sample,
      group: match
        .slice(1)
        .map((text) => text ?? "")
        .join("/"),
    }));
  }
  const counted = found.map(({ sample, match }) => ({
    sample,
    number: numberIn(match.groups?.number ?? match[1], pattern, sample),
    place: match.groups?.place === undefined ? undefined : numberIn(match.groups.place, pattern, sample),
  }));
  const groups = new Map<string, string>();
  let first = Number.NaN;
  let before: number | undefined;
  for (const { sample, number, place } of counted.toSorted((a, b) => a.number - b.number)) {
    const startsOver = place !== undefined && before !== undefined && before - place >= run / 2;
    const isFull = number - first >= (place === undefined ? run : 1.5 * run);
    if (Number.isNaN(first) || startsOver || isFull) first = number;
    before = place;
    groups.set(sample.id, `run ${first}`);
  }
  return samples.map((sample) => ({ ...sample, group: groups.get(sample.id)! }));
}

function numberIn(text: string | undefined, pattern: string, { id }: Sample): number {
  const number = text === undefined || text === "" ? Number.NaN : Number(text);
  if (Number.isFinite(number)) return number;
  throw errors["group-pattern"]({ pattern, detail: `"${text ?? ""}" of "${id}" is no number` });
}
