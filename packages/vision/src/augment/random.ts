import { inverseNormal } from "./inverse-normal.ts";
import { philox, type Words } from "./philox.ts";

/** Seeded random numbers; one that was made from the same keys gives the same numbers on every machine. */
export interface Random {
  /** A whole number from 0 to 2^32 - 1. */
  bits(): number;
  /** A number in [low, high), with 53 random bits. */
  uniform(low?: number, high?: number): number;
  normal(mean?: number, standardDeviation?: number): number;
  /** From the beta distribution with both parameters `alpha`, above 0 and 1 at most. */
  beta(alpha: number): number;
  /** A whole number from 0 to `count` - 1. */
  integer(count: number): number;
  /** True with this probability. */
  chance(probability: number): boolean;
  pick<Item>(items: readonly Item[]): Item;
  /** A new array in random order (Fisher and Yates); `items` stays as it is. */
  shuffle<Item>(items: readonly Item[]): Item[];
  /** Numbers of their own for a part of the work; they do not depend on how many were drawn here. */
  fork(key: number | string): Random;
}

/**
 * Counter-based random numbers (Philox4x32-10), seeded by any keys: `createRandom(seed, "augment", epoch, sample)`.
 * Different keys give independent streams, so that work may be split in any way over workers.
 */
export function createRandom(...keys: readonly (number | string)[]): Random {
  const [key0, key1, stream0, stream1] = absorb(JSON.stringify(keys));
  let block: Words = [0, 0, 0, 0];
  let blockIndex = 0;
  let position = 4; // 4: the block is used up
  const bits = () => {
    if (position === 4) {
      block = philox([blockIndex >>> 0, Math.floor(blockIndex / 2 ** 32), stream0, stream1], key0, key1);
      blockIndex++;
      position = 0;
    }
    return block[position++] as number;
  };
  // 27 and 26 bits to one of 2^53 steps
  const fraction = () => ((bits() >>> 5) * 2 ** 26 + (bits() >>> 6)) / 2 ** 53;
  const integer = (count: number) => Math.floor(fraction() * count);
  return {
    bits,
    uniform: (low = 0, high = 1) => low + (high - low) * fraction(),
    // half a step up, so that 0 cannot occur
    normal: (mean = 0, standardDeviation = 1) => mean + standardDeviation * inverseNormal(fraction() + 2 ** -54),
    // Jöhnk, "Erzeugung von betaverteilten und gammaverteilten Zufallszahlen", Metrika 8, 1964
    beta(alpha) {
      for (;;) {
        const [x, y] = [fraction() ** (1 / alpha), fraction() ** (1 / alpha)];
        if (x + y > 0 && x + y <= 1) return x / (x + y);
      }
    },
    integer,
    chance: (probability) => fraction() < probability,
    pick: <Item>(items: readonly Item[]) => items[integer(items.length)] as Item,
    shuffle: <Item>(items: readonly Item[]) => {
      const shuffled = [...items];
      for (let last = shuffled.length - 1; last > 0; last--) {
        const other = integer(last + 1);
        [shuffled[last], shuffled[other]] = [shuffled[other] as Item, shuffled[last] as Item];
      }
      return shuffled;
    },
    fork: (key) => createRandom(...keys, key),
  };
}

/** 128 bits of a text: its UTF-8 bytes, 16 at a time, xored into the state and mixed; the length comes first. */
function absorb(text: string): Words {
  const bytes = new TextEncoder().encode(text);
  let state: Words = philox([bytes.length, 0, 0, 0], 0, 0);
  for (let start = 0; start < bytes.length; start += 16) {
    const word = (index: number) => {
      const at = start + index * 4;
      const [a = 0, b = 0, c = 0, d = 0] = bytes.subarray(at, at + 4);
      return (a | (b << 8) | (c << 16) | (d << 24)) >>> 0;
    };
    const mixed = state.map((value, index) => (value ^ word(index)) >>> 0) as unknown as Words;
    state = philox(mixed, 0, 0);
  }
  return state;
}
