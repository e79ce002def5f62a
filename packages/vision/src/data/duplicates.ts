import { createHash } from "node:crypto";
import { convertColor } from "../image/color.ts";
import type { Image } from "../image/image.ts";
import { resize } from "../image/resize.ts";
import type { Dataset, Sample } from "./types.ts";

/** The same text for pictures with the same pixels: SHA-256 of size, colour order and bytes. */
export const pixelHash = ({ width, height, order, data }: Image): string =>
  createHash("sha256").update(`${width}x${height} ${order} `).update(data).digest("hex");

/** 64 bits in two halves. */
export type DifferenceHash = readonly [high: number, low: number];

/**
 * Difference hash (dHash, Krawetz 2013): the picture as 9x8 grey tones, one bit for each pair of neighbours in a row,
 * set where the right one is lighter. Scaling, compression and brightness hardly change it.
 */
export function differenceHash(image: Image): DifferenceHash {
  const { data } = resize(convertColor(image, "gray"), { width: 9, height: 8 });
  const halves = [0, 0];
  for (let bit = 0; bit < 64; bit++) {
    const at = 9 * (bit >> 3) + (bit & 7);
    if (data[at + 1]! > data[at]!) halves[bit >> 5]! |= 1 << (31 - (bit & 31));
  }
  return [halves[0]! >>> 0, halves[1]! >>> 0];
}

/** In how many of the 64 bits two hashes differ. */
export const hashDistance = (a: DifferenceHash, b: DifferenceHash): number => ones(a[0] ^ b[0]) + ones(a[1] ^ b[1]);

/** Set bits of 32 (Warren: Hacker's Delight, 5-1). */
function ones(bits: number): number {
  let pairs = bits - ((bits >>> 1) & 0x55555555);
  pairs = (pairs & 0x33333333) + ((pairs >>> 2) & 0x33333333);
  return Math.imul((pairs + (pairs >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24;
}

export interface JoinDuplicatesOptions {
  /**
   * Near copies differ in at most this many bits of the difference hash; -1: exact copies only. 3 finds recompressed
   * copies; more also joins different pictures of one kind, such as cut-out faces.
   */
  readonly maximumDistance?: number;
}

/**
 * Puts copies into one group, so that no split can part them: samples whose pixels are equal or whose difference hashes
 * are near take the group of the first of them, with all others of their groups. Compares all pairs: 30,000 take seconds.
 */
export async function joinDuplicates(
  samples: readonly Sample[],
  load: Dataset["load"],
  { maximumDistance = 3 }: JoinDuplicatesOptions = {},
): Promise<Sample[]> {
  const groups = createUnion();
  const firstOf = new Map<string, string>();
  const hashes: DifferenceHash[] = [];
  for (const sample of samples) {
    const image = await load(sample);
    const exact = pixelHash(image);
    const first = firstOf.get(exact);
    if (first === undefined) firstOf.set(exact, sample.group);
    else groups.join(first, sample.group);
    if (maximumDistance >= 0) hashes.push(differenceHash(image));
  }
  for (let a = 0; a < hashes.length; a++) {
    for (let b = a + 1; b < hashes.length; b++) {
      if (hashDistance(hashes[a]!, hashes[b]!) <= maximumDistance) groups.join(samples[a]!.group, samples[b]!.group);
    }
  }
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
