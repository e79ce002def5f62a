import {
  type FrequencyHash,
  frequencyHashes,
  hashDistance,
  hashWords,
  mirroredHashes,
  type Span,
} from "./frequency-hash.ts";
import { compare, type Part, subjectOf } from "./likeness.ts";
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
  /** Correlation of the edges from which two pictures are copies, whatever else there is. */
  readonly leastSimilarity?: number;
  /** Correlation from which they are where neither looks like any third picture. */
  readonly leastAlone?: number;
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
 * while. Of 100 copies of faces with random crops of up to a tenth the least like began at 0.81; of 1,500 candidates that were
 * other faces, 5 % began above 0.62 and half a percent came to more than 0.78.
 */
const leastAtStep = [0.6, 0.85];

/**
 * Finds the pictures that are copies of one another though their bytes differ: scaled, recompressed, mirrored, in other
 * light, cropped by up to a tenth of each side, or several of these. First by hashes: whole pictures are looked up among the
 * hashes of the parts of all (`createHashIndex`); then each candidate is compared (`compare`), which decides.
 */
export async function findNearDuplicates(
  prints: readonly Print[],
  { leastSimilarity = 0.965, leastAlone = 0.92, maximumDistance = 10, onProgress, signal }: NearDuplicateOptions = {},
): Promise<NearDuplicate[]> {
  const wholes = new Uint16Array(prints.length * hashWords);
  prints.forEach(({ hashes }, i) => {
    wholes.set(hashes.subarray(0, hashWords), i * hashWords);
  });
  const index = createHashIndex(wholes, { maximumDistance });
  const subjects = prints.map(({ thumbnail }) => subjectOf(thumbnail));
  const alike = new Map<number, Alike>();

  for (const [shown, { thumbnail, hashes }] of prints.entries()) {
    if (shown % atATime === 0) await pause();
    signal?.throwIfAborted();
    for (const mirrored of [false, true]) {
      const asked = mirrored ? mirroredHashes(hashes) : hashes;
      for (const [found, parts] of nearestParts(asked, shown)) {
        const [a, b] = found < shown ? [found, shown] : [shown, found];
        const key = a * prints.length + b;
        for (const part of parts) {
          if ((alike.get(key)?.similarity ?? 0) >= leastSimilarity) break; // also where found from the other side
          const options = { part: partOf(part), mirrored, isWorthwhile };
          const { similarity, weakest } = compare(subjects[found]!, thumbnail, options);
          if (!(similarity >= leastAlike)) break;
          if (similarity < (alike.get(key)?.similarity ?? 0)) continue;
          alike.set(key, { a, b, similarity: Math.min(1, similarity), mirrored, weakest });
        }
      }
    }
    onProgress?.(shown + 1);
  }
  return copiesAmong([...alike.values()], { leastSimilarity, leastAlone });

  /** The candidates for copies of a picture, each with the parts of it that the candidate is nearest to. */
  function nearestParts(asked: FrequencyHash, shown: number): Map<number, readonly number[]> {
    const nearest = new Map<number, number[]>();
    for (let part = 0; part < asked.length / hashWords; part++) {
      index.near(asked, part, (found) => {
        if (found === shown) return;
        const parts = nearest.get(found);
        if (parts === undefined) nearest.set(found, [part]);
        else parts.push(part);
      });
    }
    for (const [found, parts] of nearest) {
      const distance = (part: number) => hashDistance(asked, part, wholes, found);
      nearest.set(found, parts.sort((one, other) => distance(one) - distance(other)).slice(0, starts));
    }
    return nearest;
  }
}

/** Parts from which a picture that looks alike is compared: from one alone the search may end at a lesser peak. */
const starts = 3;

interface Alike extends NearDuplicate {
  readonly weakest: number;
}

/** Likeness from which two pictures look alike, copies or not: other faces have at most 0.84. */
const leastAlike = 0.85;
/** Correlation of the worst quarter of the blocks from which more than an outline is the same. */
const leastOfWeakest = 0.88;

/**
 * Which of those that look alike are copies. Hands on a plain ground look alike by dozens, up to 0.96, and are not; small faces
 * that were reduced to 24 pixels and compressed are copies at 0.92, and look like nothing else. So what is less than
 * beyond doubt is a copy only where neither of the two looks like a third, as in the ratio test of Lowe (IJCV 2004, 7.1).
 */
function copiesAmong(
  pairs: readonly Alike[],
  { leastSimilarity, leastAlone }: { leastSimilarity: number; leastAlone: number },
): NearDuplicate[] {
  const isCertain = ({ similarity }: Alike) => similarity >= leastSimilarity;
  // pictures that are copies beyond doubt count as one
  const firstOf = new Map<number, number>();
  const root = (one: number): number => {
    const first = firstOf.get(one);
    return first === undefined ? one : root(first);
  };
  for (const { a, b } of pairs.filter(isCertain)) if (root(a) !== root(b)) firstOf.set(root(b), root(a));
  const lookalikes = new Map<number, Set<number>>();
  const add = (one: number, other: number) => lookalikes.set(one, (lookalikes.get(one) ?? new Set()).add(other));
  for (const [a, b] of pairs.map(({ a, b }) => [root(a), root(b)] as const)) {
    if (a === b) continue;
    add(a, b);
    add(b, a);
  }
  const isAlone = (one: number) => lookalikes.get(root(one))?.size === 1;
  return pairs
    .filter((pair) => {
      const { a, b, similarity, weakest } = pair;
      if (isCertain(pair) || root(a) === root(b)) return similarity >= leastAlone;
      return isAlone(a) && isAlone(b) && similarity >= leastAlone && weakest >= leastOfWeakest;
    })
    .map(({ a, b, similarity, mirrored }) => ({ a, b, similarity, mirrored }))
    .sort((one, other) => one.a - other.a || one.b - other.b);
}

const isWorthwhile = (similarity: number, step: number): boolean => similarity >= (leastAtStep[step] ?? 0);

const pause = () => new Promise<void>((resolve) => setTimeout(resolve));

const partOf = (part: number): Part => ({
  across: spans[part % spans.length]!,
  down: spans[Math.floor(part / spans.length)]!,
});
