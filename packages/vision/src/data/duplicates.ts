import { sha256 } from "#host";
import type { Image } from "../image/image.ts";
import { findNearDuplicates, type Print, printOf } from "./near-duplicates.ts";
import { thumbnailOf } from "./thumbnail.ts";
import type { Dataset, Sample } from "./types.ts";

/** The same text for pictures with the same pixels: SHA-256 of size, colour order and bytes. */
export const pixelHash = ({ width, height, order, data }: Image): string =>
  sha256(`${width}x${height} ${order} `, data);

export interface JoinDuplicatesOptions {
  /** `exact`: only pictures with the same pixels; `near`: also those that `findNearDuplicates` takes for copies. */
  readonly copies?: "exact" | "near";
}

/**
 * Puts copies into one group, so that no split can part them: samples whose pictures are copies take the group of the first
 * of them, with all others of their groups.
 */
export async function joinDuplicates(
  samples: readonly Sample[],
  load: Dataset["load"],
  { copies = "near" }: JoinDuplicatesOptions = {},
): Promise<Sample[]> {
  const groups = createUnion();
  const firstOf = new Map<string, string>();
  const prints: Print[] = [];
  for (const sample of samples) {
    const image = await load(sample);
    const exact = pixelHash(image);
    const first = firstOf.get(exact);
    if (first === undefined) firstOf.set(exact, sample.group);
    else groups.join(first, sample.group);
    if (copies === "near") prints.push(printOf(thumbnailOf(image)));
  }
  for (const { a, b } of await findNearDuplicates(prints)) groups.join(samples[a]!.group, samples[b]!.group);
  return samples.map((sample) => ({ ...sample, group: groups.rootOf(sample.group) }));
}

/** Disjoint sets of names (union-find); the root is the name that was there first. */
function createUnion() {
  const parents = new Map<string, string>();
  const rootOf = (name: string): string => {
    let root = name;
    for (let parent = parents.get(root); parent !== undefined; parent = parents.get(root)) root = parent;
    if (root !== name) parents.set(name, root);
    return root;
  };
  return {
    rootOf,
    join(a: string, b: string): void {
      const [first, second] = [rootOf(a), rootOf(b)];
      if (first !== second) parents.set(second, first);
    },
  };
}
