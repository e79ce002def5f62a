import type { Value } from "../ir/builder.ts";
import { sizeOf } from "../ir/shapes.ts";
import { float32 } from "../ir/tensors.ts";
import type { Build } from "../ops/build.ts";
import { STREAM_LENGTH, streamsFor } from "../ops/random.ts";
import { always, type Form } from "./form.ts";

/** A word has 12 bits: its square then fits the 24 bits that float32 holds exactly. */
const WORD = STREAM_LENGTH;

/** Added to the words of seed and step, one a round, so that a seed of 0 is as good as any: digits of pi in base 4096. */
const constants = [579, 3946, 2184, 1443, 141, 787, 408, 2606, 55, 115, 1098, 1033];

/**
 * Rounds that make the keys from seed and step, and rounds that make a number from its counter. With six of these, numbers of
 * neighbouring counters, steps and seeds already agree no more often than by chance (random.test.ts); two more are for safety.
 */
const KEY_ROUNDS = 12;
const ROUNDS = 8;

interface Words {
  readonly left: Value;
  readonly right: Value;
}

/** x mod 4096 and the rest over 4096, for whole numbers. */
const splitWord = (build: Build, x: Value): { low: Value; high: Value } => {
  const high = build.floor(build.mul(x, 1 / WORD));
  return { low: build.sub(x, build.mul(high, WORD)), high };
};

/**
 * One round of a Feistel network on two words, with the middle of a square as its function: (l, r) becomes (r, l + floor(t^2 / 64) mod
 * 4096), t = r + key - 4096. A bijection whatever the key, so that different counters give different numbers. |t| is at most 4096: all
 * numbers on the way are exact.
 */
const round = (build: Build, { left, right }: Words, key: Value): Words => {
  const t = build.add(right, build.sub(key, WORD));
  const mixed = build.floor(build.mul(build.mul(t, t), 1 / 64));
  return { left: right, right: splitWord(build, build.add(left, mixed)).low };
};

/** Keys of the rounds, [1] each: the network itself run on 0, 1, 2, ... with seed and step as its keys. */
function roundKeys(build: Build, seed: Value, step: Value): readonly Value[] {
  const words = [seed, step].flatMap((value) => {
    const { low, high } = splitWord(build, build.reshape(value, [1]));
    return [low, high];
  });
  const index = Array.from({ length: ROUNDS }, (_, place) => place);
  // made of shared scalars, so that the keys of all numbers of one graph are merged into one computation
  const counters = index.map((place) => build.reshape(build.scalar(place), [1]));
  let state: Words = { left: build.concat(counters, { axis: 0 }), right: build.expand(build.scalar(0), [ROUNDS]) };
  for (let number = 0; number < KEY_ROUNDS; number++) {
    const key = splitWord(build, build.add(words[number % words.length]!, constants[number]!)).low;
    state = round(build, state, key);
  }
  return build.split(state.right, { axis: 0, sizes: index.map(() => 1) });
}

/**
 * Counters as pairs of words (stream, place), enciphered by a Feistel network in exact float32 arithmetic: every provider has it, and
 * int32 products, shifts and exclusive ors not all of them. Construction: Salmon et al. 2011 (counter-based generators),
 * Luby and Rackoff 1988 (Feistel networks). The keys are made of scalars once a graph; equal nodes are merged afterwards.
 */
const counter: Form = {
  name: "counter",
  applies: always,
  lower: ({ build, attributes, inputs: [seed, step] }) => {
    const shape = attributes.ints("shape", []);
    const size = sizeOf(shape);
    const rows = streamsFor(size);
    const columns = rows === 1 ? size : WORD;
    const first = attributes.int("stream", 0);
    let state: Words = {
      left: build.constant(
        float32(
          [rows, 1],
          Array.from({ length: rows }, (_, row) => first + row),
        ),
      ),
      right: build.constant(
        float32(
          [1, columns],
          Array.from({ length: columns }, (_, column) => column),
        ),
      ),
    };
    for (const key of roundKeys(build, seed!, step!)) state = round(build, state, key);
    const numbers = build.add(build.mul(state.left, 1 / WORD), build.mul(state.right, 1 / WORD ** 2));
    const flat = build.reshape(numbers, [rows * columns]);
    return [build.reshape(build.slice(flat, { axes: [0], starts: [0], ends: [size] }), shape)];
  },
};

export const randomUniformForms: readonly Form[] = [counter];
