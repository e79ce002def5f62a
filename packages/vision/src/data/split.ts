import { errors } from "../errors.ts";
import { unitHash } from "./hash.ts";
import type { Sample, Split } from "./types.ts";

export interface SplitByGroupOptions {
  /** Share of the samples for each part; they sum to 1. */
  readonly fractions: Readonly<Partial<Record<Split, number>>>;
  readonly seed: number;
}

/**
 * Deals samples out to the parts, whole groups at a time, so that no group stands in two parts.
 * Each part gets its share of the samples up to the size of one group. The outcome depends on the groups and the seed,
 * not on the order of the samples.
 */
export function splitByGroup(samples: readonly Sample[], { fractions, seed }: SplitByGroupOptions): Sample[] {
  const parts = (Object.entries(fractions) as [Split, number][]).filter(([, fraction]) => fraction > 0);
  const sum = parts.reduce((total, [, fraction]) => total + fraction, 0);
  if (parts.some(([, fraction]) => !(fraction <= 1)) || Math.abs(sum - 1) > 1e-6) {
    throw errors["data-split"]({ where: "splitByGroup", expected: "fractions that sum to 1", received: String(sum) });
  }
  const counts = new Map<string, number>();
  for (const { group } of samples) counts.set(group, (counts.get(group) ?? 0) + 1);
  const order = inHashOrder([...counts.keys()], seed);

  const missing = new Map(parts.map(([part, fraction]) => [part, fraction * samples.length]));
  const partOf = new Map<string, Split>();
  for (const group of order) {
    // The part that is furthest from its share, so that every prefix of the order is already in proportion.
    const [part] = parts.reduce((best, next) => (shortage(next) > shortage(best) ? next : best));
    partOf.set(group, part);
    missing.set(part, missing.get(part)! - counts.get(group)!);
  }
  return samples.map((sample) => ({ ...sample, split: partOf.get(sample.group)! }));

  function shortage([part, fraction]: [Split, number]): number {
    return missing.get(part)! / fraction;
  }
}

export interface HoldOutOptions {
  /** Groups that are kept out whole, such as one fold. */
  readonly groups: readonly string[];
  /** Share of the samples that are groups of their own, kept out besides, 0 to 1. */
  readonly fraction: number;
  readonly seed: number;
  /** What the share is taken of, one by one (a source, a class), so that each is represented; absent: of all together. */
  readonly stratum?: (sample: Sample) => string;
}

/**
 * Keeps named groups and a share of the samples that stand alone out for validation; all others become "train".
 * Larger groups that are not named stay in training whole.
 */
export function holdOut(samples: readonly Sample[], options: HoldOutOptions): Sample[] {
  const { groups, fraction, seed, stratum = () => "" } = options;
  const sizes = new Map<string, number>();
  for (const { group } of samples) sizes.set(group, (sizes.get(group) ?? 0) + 1);
  for (const group of groups) {
    if (!sizes.has(group)) {
      throw errors["data-split"]({ where: "holdOut", expected: `samples of the group "${group}"`, received: "none" });
    }
  }
  const kept = new Set(groups);
  const alone = new Map<string, string[]>();
  for (const sample of samples) {
    if (sizes.get(sample.group) !== 1 || kept.has(sample.group)) continue;
    const name = stratum(sample);
    alone.set(name, [...(alone.get(name) ?? []), sample.group]);
  }
  for (const members of alone.values()) {
    for (const group of inHashOrder(members, seed).slice(0, Math.round(members.length * fraction))) kept.add(group);
  }
  return samples.map((sample) => ({ ...sample, split: kept.has(sample.group) ? "valid" : "train" }));
}

/** A shuffle that depends on each name and the seed alone, so that added names do not move the others. */
const inHashOrder = (names: readonly string[], seed: number): string[] =>
  names
    .map((name) => ({ name, key: unitHash(`${seed}:${name}`) }))
    .sort((a, b) => a.key - b.key || (a.name < b.name ? -1 : 1))
    .map(({ name }) => name);
