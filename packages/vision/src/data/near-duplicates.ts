import {
  type FrequencyHash,
  frequencyHashes,
  hashDistance,
  hashWords,
  mirroredHashes,
  type Span,
} from "./frequency-hash.ts";
import { compare, edgesOf, type Part } from "./likeness.ts";
import { createHashIndex } from "./multi-index.ts";

/**
 * Spans of a side that a copy may show: all of it, or less by up to a tenth, at either end or on both. Every crop of up to
 * a tenth has one of them within some hundredths.
 */
const spans: readonly Span[] = [
  { from: 0, to: 1 },
  { from: 0.025, to: 0.975 },
  { from: 0, to: 0.95 },
  { from: 0.05, to: 1 },
  { from: 0.05, to: 0.95 },
  { from: 0, to: 0.9 },
  { from: 0.1, to: 1 },
];

/** What the search needs to know of a picture. */
export interface Print {
  readonly thumbnail: Uint8Array;
  /** Hashes of its parts, the whole first: what may be found of it in another picture. */
  readonly hashes: FrequencyHash;
}

/** The print of a thumbnail; the hashes take the most time of it. */
export const printOf = (thumbnail: Uint8Array): Print => ({ thumbnail, hashes: frequencyHashes(thumbnail, spans) });

/** Two pictures that are copies, by their places in the list; `a` is before `b`. */
export interface NearDuplicate {
  readonly a: number;
  readonly b: number;
  /** Correlation of the edges at the best fit, up to 1. */
  readonly similarity: number;
  /** Whether one is the mirror image of the other. */
  readonly mirrored: boolean;
}

export interface NearDuplicateOptions {
  /** Correlation of the edges from which two pictures are copies. */
  readonly leastSimilarity?: number;
  /** Bits of 64 in which the hashes of copies differ at most. */
  readonly maximumDistance?: number;
  /** Called with the number of pictures that were looked up. */
  readonly onProgress?: (done: number) => void;
  readonly signal?: AbortSignal;
}

/** Pictures between two pauses, in which other work and a stop get their turn: some 50 ms. */
const atATime = 64;

/**
 * Likeness of a candidate, before its part is moved to the best place and after the first moves, from which going on is worth
 * while. Of 100 copies of faces with random crops of up to a tenth the least like began at 0.81 and ended at 0.99; of 1,500
 * candidates that were other faces, 5 % began above 0.62 and none ended above 0.85.
 */
const leastAtStep = [0.6, 0.85];

/**
 * Finds the pictures that are copies of one another though their bytes differ: scaled, recompressed, mirrored, in other
 * light, cropped by up to a tenth of each side, or several of these. First by hashes: whole pictures are looked up among the
 * hashes of the parts of all (`createHashIndex`); then each candidate is compared (`compare`), which decides.
 */
export async function findNearDuplicates(
  prints: readonly Print[],
  { leastSimilarity = 0.965, maximumDistance = 10, onProgress, signal }: NearDuplicateOptions = {},
): Promise<NearDuplicate[]> {
  const wholes = new Uint16Array(prints.length * hashWords);
  prints.forEach(({ hashes }, i) => {
    wholes.set(hashes.subarray(0, hashWords), i * hashWords);
  });
  const index = createHashIndex(wholes, { maximumDistance });
  const edges = prints.map(({ thumbnail }) => edgesOf(thumbnail));
  const best = new Map<number, NearDuplicate>();

  for (const [shown, { thumbnail, hashes }] of prints.entries()) {
    if (shown % atATime === 0) await pause();
    signal?.throwIfAborted();
    for (const mirrored of [false, true]) {
      const asked = mirrored ? mirroredHashes(hashes) : hashes;
      for (const [found, part] of nearestParts(asked, shown)) {
        const [a, b] = found < shown ? [found, shown] : [shown, found];
        const key = a * prints.length + b;
        if (best.has(key)) continue; // found from the other side
        const options = { part: partOf(part), mirrored, isWorthwhile };
        const { similarity } = compare(edges[found], thumbnail, options);
        if (similarity >= leastSimilarity) best.set(key, { a, b, similarity: Math.min(1, similarity), mirrored });
      }
    }
    onProgress?.(shown + 1);
  }
  return [...best.values()].sort((one, other) => one.a - other.a || one.b - other.b);

  /** The candidates for copies of a picture, each with the part of it that the candidate is nearest to. */
  function nearestParts(asked: FrequencyHash, shown: number): Map<number, number> {
    const nearest = new Map<number, number>();
    for (let part = 0; part < asked.length / hashWords; part++) {
      index.near(asked, part, (found) => {
        if (found === shown) return;
        const known = nearest.get(found);
        const distance = hashDistance(asked, part, wholes, found);
        if (known === undefined || distance < hashDistance(asked, known, wholes, found)) nearest.set(found, part);
      });
    }
    return nearest;
  }
}

const isWorthwhile = (similarity: number, step: number): boolean => similarity >= (leastAtStep[step] ?? 0);

const pause = () => new Promise<void>((resolve) => setTimeout(resolve));

const partOf = (part: number): Part => ({
  across: spans[part % spans.length]!,
  down: spans[Math.floor(part / spans.length)]!,
});
