import { type FrequencyHash, hashDistance, hashWords } from "./frequency-hash.ts";

/** Finds hashes that are near to a given one without looking at all of them. */
export interface HashIndex {
  /** Calls `visit` for each stored hash within the distance of hash `at` of `hashes`, once each, with its number. */
  near(hashes: FrequencyHash, at: number, visit: (found: number) => void): void;
}

/**
 * Multi-index hashing: two hashes of 64 bits that differ in at most 7 bits have one of four words of 16 bits that differs in
 * at most one, so that 17 look-ups in a table for each word find all of those; most, not all, of those up to
 * `maximumDistance` further off come along. Source: Norouzi, Punjani, Fleet: Fast Search in Hamming Space with Multi-Index
 * Hashing, CVPR 2012. `hashes` holds 4 words a hash.
 */
export function createHashIndex(hashes: FrequencyHash, { maximumDistance }: { maximumDistance: number }): HashIndex {
  const count = hashes.length / hashWords;
  const tables = Array.from({ length: hashWords }, (_, word) => tableOf(hashes, word));
  const seen = new Uint32Array(count); // the number of the question that last met each hash
  let question = 0;
  return {
    near(asked, at, visit) {
      question++;
      for (let word = 0; word < hashWords; word++) {
        const { starts, members } = tables[word]!;
        const value = asked[at * hashWords + word]!;
        for (let bit = -1; bit < 16; bit++) {
          const key = bit < 0 ? value : value ^ (1 << bit);
          const end = starts[key + 1]!;
          for (let i = starts[key]!; i < end; i++) {
            const found = members[i]!;
            if (seen[found] === question) continue;
            seen[found] = question;
            if (hashDistance(asked, at, hashes, found) <= maximumDistance) visit(found);
          }
        }
      }
    },
  };
}

/** The numbers of the hashes sorted by one of their words: those with the word w are members[starts[w]] to [starts[w + 1]]. */
function tableOf(hashes: FrequencyHash, word: number): { starts: Uint32Array; members: Uint32Array } {
  const count = hashes.length / hashWords;
  const starts = new Uint32Array((1 << 16) + 1);
  for (let i = 0; i < count; i++) starts[hashes[i * hashWords + word]! + 1]!++;
  for (let value = 0; value < 1 << 16; value++) starts[value + 1]! += starts[value]!;
  const next = starts.slice();
  const members = new Uint32Array(count);
  for (let i = 0; i < count; i++) members[next[hashes[i * hashWords + word]!]!++] = i;
  return { starts, members };
}
