import type { Fingerprint } from "./fingerprints.ts";
import { findNearDuplicates, type NearDuplicate, type NearDuplicateOptions } from "./near-duplicates.ts";
import type { Dataset, Label, Sample, Split } from "./types.ts";

/** A sample and the data set that it is of. */
export interface Picture {
  readonly dataset: Pick<Dataset, "name" | "classes">;
  readonly sample: Sample;
}

/** The same picture under two names of one task. */
export interface LabelConflict {
  readonly task: string;
  readonly first: string;
  readonly second: string;
}

/** Two pictures that are the same, by their places in the list. */
export interface CopyPair {
  /** Same pixels, or a copy by `findNearDuplicates`. */
  readonly kind: "exact" | "near";
  readonly first: number;
  readonly second: number;
  /** 1 for exact copies, else as `NearDuplicate`. */
  readonly similarity: number;
  readonly mirrored: boolean;
  /** Whether they stand in different parts, so that what was learnt from one is tested on the other. */
  readonly leaks: boolean;
  readonly conflicts: readonly LabelConflict[];
}

/**
 * All copies among the pictures. Of k pictures with the same pixels, k - 1 pairs with the first of them; near copies of them
 * are told once, by two that leak or contradict each other where there are such. Leaks come first, then conflicts, then by
 * likeness, the least alike (the most doubtful) first.
 */
export async function findCopies(
  pictures: readonly Picture[],
  prints: readonly Fingerprint[],
  options: NearDuplicateOptions = {},
): Promise<CopyPair[]> {
  const exact = new Map<string, number[]>();
  prints.forEach(({ pixels }, i) => {
    const same = exact.get(pixels);
    if (same) same.push(i);
    else exact.set(pixels, [i]);
  });
  const distinct = [...exact.values()];
  const near = await findNearDuplicates(
    distinct.map(([first]) => prints[first!]!),
    options,
  );
  const pair = (
    first: number,
    second: number,
    found: Pick<CopyPair, "kind" | "similarity" | "mirrored">,
  ): CopyPair => ({
    ...found,
    first,
    second,
    leaks: pictures[first]!.sample.split !== pictures[second]!.sample.split,
    // a mirror may turn a label over, such as left and right
    conflicts: found.mirrored ? [] : conflictsOf(pictures[first]!, pictures[second]!),
  });
  const same = { kind: "exact", similarity: 1, mirrored: false } as const;
  return [
    ...distinct.flatMap(([first, ...others]) => others.map((other) => pair(first!, other, same))),
    ...near.map((found) => worstPair(found)),
  ].sort((one, other) => weight(other) - weight(one) || one.similarity - other.similarity);

  function worstPair({ a, b, similarity, mirrored }: NearDuplicate): CopyPair {
    const candidates = distinct[a]!.flatMap((first) =>
      distinct[b]!.map((second) => pair(first, second, { kind: "near", similarity, mirrored })),
    );
    return candidates.reduce((worst, next) => (weight(next) > weight(worst) ? next : worst));
  }
}

const weight = ({ leaks, conflicts }: CopyPair): number => (leaks ? 2 : 0) + (conflicts.length > 0 ? 1 : 0);

/** Tasks in which two pictures are labelled differently, as far as both data sets have the same classes. */
function conflictsOf(one: Picture, other: Picture): LabelConflict[] {
  return Object.keys(one.sample.labels).flatMap((task): LabelConflict[] => {
    const [first, second] = [classOf(one, task), classOf(other, task)];
    if (first === undefined || second === undefined || first === second) return [];
    const hasSameClasses = String(one.dataset.classes[task]) === String(other.dataset.classes[task]);
    return hasSameClasses ? [{ task, first, second }] : [];
  });
}

/** The class of a picture in a task, the likeliest of a distribution; undefined where there is none or several are as likely. */
export function classOf({ dataset, sample }: Picture, task: string): string | undefined {
  const index = indexOf(sample.labels[task]);
  return index === undefined ? undefined : dataset.classes[task]?.[index];
}

function indexOf(label: Label | undefined): number | undefined {
  if (label?.kind === "class") return label.index;
  if (label?.kind !== "distribution") return undefined;
  const highest = Math.max(...label.values);
  const index = label.values.indexOf(highest);
  return label.values.lastIndexOf(highest) === index ? index : undefined;
}

/** How many pictures each part has. */
export type SplitCounts = Partial<Record<Split, number>>;

/** A subject, video or photograph with pictures in more than one part. */
export interface SplitGroup {
  readonly dataset: string;
  readonly group: string;
  readonly splits: SplitCounts;
}

/** The groups that stand on both sides of a split; those of folders of one data set are the same by name. */
export function groupsAcrossSplits(pictures: readonly Picture[]): SplitGroup[] {
  const groups = new Map<string, SplitGroup>();
  for (const { dataset, sample } of pictures) {
    if (sample.group === sample.id) continue; // nothing is known of what it belongs to
    const key = JSON.stringify([dataset.name, sample.group]);
    const splits = { ...groups.get(key)?.splits };
    splits[sample.split] = (splits[sample.split] ?? 0) + 1;
    groups.set(key, { dataset: dataset.name, group: sample.group, splits });
  }
  return [...groups.values()].filter(({ splits }) => Object.keys(splits).length > 1);
}

/** How many pictures of each class each part has, by task; pictures without a clear class are not counted. */
export function classBalance(pictures: readonly Picture[]): Record<string, Record<string, SplitCounts>> {
  const balance: Record<string, Record<string, SplitCounts>> = {};
  for (const picture of pictures) {
    for (const [task, names] of Object.entries(picture.dataset.classes)) {
      balance[task] ??= Object.fromEntries(names.map((name) => [name, {}]));
      const name = classOf(picture, task);
      if (name === undefined) continue;
      const counts = balance[task][name]!;
      counts[picture.sample.split] = (counts[picture.sample.split] ?? 0) + 1;
    }
  }
  return balance;
}
