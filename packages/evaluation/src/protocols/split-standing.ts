/** One part of the official release, and by what it is known. */
export interface OfficialPart {
  readonly name: string;
  /** Samples that are scored in the complete official release; absent where it was not at hand to count. */
  readonly count?: number;
  /** How many of them are of each class, by name. */
  readonly classes?: Readonly<Record<string, number>>;
  /** Hash of its label rows, as in the split's own. */
  readonly sha256?: string;
  /** Copies of a share of the part that results were published on. */
  readonly copies?: readonly KnownCopy[];
}

/** A copy of a share of an official part. */
export interface KnownCopy {
  readonly count: number;
  /** Hash of its label rows, as in the split's own. */
  readonly sha256: string;
  /** Which share it is, in a phrase. */
  readonly what: string;
}

/**
 * What is known of a split beside the part that its protocol publishes. `official`: all that is published of that part agrees,
 * and this is what; `known copy`: the rows of a copy that is recorded with the protocol; `not an official part`: other rows;
 * `no official part`: the protocol publishes no number of samples.
 */
export const splitStandings = [
  "official by count and hash",
  "official by count and classes",
  "official by count",
  "known copy",
  "not an official part",
  "no official part",
] as const;

export type SplitStanding = (typeof splitStandings)[number];

/** How the labels are laid out: the complete official release, or a packed or partial copy of it. */
export type Layout = "official" | "packed";

/** All samples of a part, before any is left out. */
export interface WholePart {
  readonly count: number;
  /** Samples of each class, by name; those without one are not counted. */
  readonly classes: Readonly<Record<string, number>>;
  readonly sha256: string;
}

/** Where a part claims to be one that is published and differs from it. */
export interface SplitDifference {
  readonly expected: string;
  readonly received: string;
}

/** Numbers of samples by the names of their classes. */
export const countsOf = (classes: readonly string[], counts: readonly number[]): Readonly<Record<string, number>> =>
  Object.fromEntries(classes.map((name, i) => [name, counts[i]!]));

/**
 * Compares a part with what is published under its name. The official layout claims to be the release; a packed part claims it by
 * its count, that of the release or of a copy that is recorded, and else claims nothing: part of a release is no other release.
 */
export function splitStanding(
  official: OfficialPart | undefined,
  whole: WholePart,
  layout: Layout,
): SplitStanding | SplitDifference {
  const { count, classes, sha256, copies = [] } = official ?? {};
  if (count === whole.count) {
    const differing = Object.keys({ ...classes, ...whole.classes }).filter(
      (name) => (classes?.[name] ?? 0) !== (whole.classes[name] ?? 0),
    );
    if (classes !== undefined && differing.length > 0) {
      const told = (counts: Readonly<Record<string, number>>) =>
        differing.map((name) => `${name} ${counts[name] ?? 0}`).join(", ");
      return { expected: `the classes of the official release (${told(classes)})`, received: told(whole.classes) };
    }
    if (sha256 !== undefined && sha256 !== whole.sha256) return otherRows("the official release", sha256, whole.sha256);
    if (sha256 !== undefined) return "official by count and hash";
    return classes === undefined ? "official by count" : "official by count and classes";
  }
  if (layout === "official" && count !== undefined) {
    return { expected: `the ${count} samples of the official release`, received: String(whole.count) };
  }
  const copy = copies.find((known) => known.count === whole.count);
  if (copy !== undefined) {
    return copy.sha256 === whole.sha256
      ? "known copy"
      : otherRows(`the recorded copy of ${copy.count}`, copy.sha256, whole.sha256);
  }
  return count === undefined && copies.length === 0 ? "no official part" : "not an official part";
}

const otherRows = (whose: string, expected: string, received: string): SplitDifference => ({
  expected: `the label rows of ${whose} (SHA-256 ${expected})`,
  received: `rows of SHA-256 ${received}`,
});
