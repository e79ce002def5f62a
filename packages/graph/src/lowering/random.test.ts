import assert from "node:assert/strict";
import { test } from "node:test";
import { elementsOf, lower, portableTarget, runGraph } from "../contract.test.support.ts";
import { attribute } from "../ir/attributes.ts";
import { sizeOf } from "../ir/shapes.ts";
import { float32 } from "../ir/tensors.ts";
import { FOVEA_DOMAIN } from "../ir/types.ts";
import { createBuilder } from "../ops/build.ts";

interface Drawing {
  readonly seed: number;
  readonly step: number;
  readonly shape: readonly number[];
  readonly stream?: number;
}

async function drawn({ seed, step, shape, stream = 0 }: Drawing): Promise<Float32Array> {
  const build = createBuilder();
  const operands = { seed: build.input("seed", [1]), step: build.input("step", [1]) };
  build.output(build.randomUniform(shape, { ...operands, stream }), "u");
  const graph = lower(build.build(), portableTarget);
  const { u } = await runGraph(graph, { seed: float32([1], [seed]), step: float32([1], [step]) });
  assert.deepEqual(u!.shape, shape);
  return elementsOf(u!);
}

const CONSTANTS = [579, 3946, 2184, 1443, 141, 787, 408, 2606, 55, 115, 1098, 1033];

/** The same network in integers, with shifts and masks: written apart from the nodes, after the comments of random.ts. */
function enciphered(left: number, right: number, keys: readonly number[]): [number, number] {
  for (const key of keys) {
    const mixed = ((right + key - 4096) ** 2) >>> 6;
    [left, right] = [right, (left + mixed) & 0xfff];
  }
  return [left, right];
}

function expected({ seed, step, shape, stream = 0 }: Drawing): number[] {
  const words = [seed & 0xfff, seed >>> 12, step & 0xfff, step >>> 12];
  const schedule = CONSTANTS.map((constant, number) => (words[number % 4]! + constant) & 0xfff);
  const keys = [0, 1, 2, 3, 4, 5, 6, 7].map((place) => enciphered(place, 0, schedule)[1]);
  return Array.from({ length: sizeOf(shape) }, (_, index) => {
    const [left, right] = enciphered(stream + (index >>> 12), index & 0xfff, keys);
    return (left * 4096 + right) / 2 ** 24;
  });
}

test("the numbers are, bit for bit, those of the same generator in integer arithmetic", async () => {
  for (const drawing of [
    { seed: 0, step: 0, shape: [5] },
    { seed: 1, step: 2, shape: [3, 7], stream: 4095 },
    { seed: 2 ** 24 - 1, step: 2 ** 24 - 1, shape: [2, 3, 1000], stream: 9 },
    { seed: 12345678, step: 98765, shape: [] },
  ])
    assert.deepEqual([...(await drawn(drawing))], expected(drawing), JSON.stringify(drawing));
});

/** Share of pairs that agree in being below a half; 0.5 where they have nothing to do with each other. */
const agreement = (a: readonly number[], b: readonly number[]): number =>
  a.filter((value, index) => value < 0.5 === b[index]! < 0.5).length / a.length;

test("numbers of different counters differ, and fill the range evenly (chi square of 64 bins)", () => {
  for (const [seed, step] of [
    [0, 0],
    [0, 1],
    [7, 1000],
  ]) {
    const numbers = expected({ seed: seed!, step: step!, shape: [2 ** 16] });
    assert.equal(new Set(numbers).size, numbers.length);
    const bins = new Array<number>(64).fill(0);
    for (const number of numbers) bins[Math.floor(number * 64)]! += 1;
    const chiSquare = bins.reduce((sum, count) => sum + (count - 1024) ** 2 / 1024, 0);
    // 63 degrees of freedom: 99.99 % of random draws lie between 28 and 115
    assert.ok(chiSquare > 28 && chiSquare < 115, `seed ${seed}, step ${step}: chi square ${chiSquare}`);
  }
});

test("neighbouring seeds, steps, streams and places have nothing to do with one another", () => {
  const shape = [2 ** 14];
  // five standard deviations of 2^14 fair coins
  const allowed = 5 * 0.5 * 2 ** -7;
  for (let step = 0; step < 40; step++) {
    const drawing = { seed: 3, step, shape, stream: 0 };
    const numbers = expected(drawing);
    const others = {
      step: expected({ ...drawing, step: step + 1 }),
      seed: expected({ ...drawing, seed: 4 }),
      stream: expected({ ...drawing, stream: 4 }),
      place: [...numbers.slice(1), numbers[0]!],
      "far place": [...numbers.slice(64), ...numbers.slice(0, 64)],
    };
    for (const [name, other] of Object.entries(others)) {
      const share = agreement(numbers, other);
      assert.ok(Math.abs(share - 0.5) < allowed, `step ${step}, next ${name}: ${share} agree`);
    }
  }
});

test("numbers of one place over the steps are random too: half below a half, no runs", () => {
  for (const place of [0, 1, 63]) {
    const numbers = Array.from({ length: 4096 }, (_, step) => expected({ seed: 5, step, shape: [64] })[place]!);
    const below = numbers.filter((value) => value < 0.5).length / numbers.length;
    assert.ok(Math.abs(below - 0.5) < (5 * 0.5) / 64, `place ${place}: ${below} are below a half`);
    const share = agreement(numbers.slice(1), numbers.slice(0, -1));
    assert.ok(Math.abs(share - 0.5) < (5 * 0.5) / 64, `place ${place}: ${share} agree with the step before`);
  }
});

test("the keys of all numbers of a graph are computed once", () => {
  const build = createBuilder();
  const random = { seed: build.scalar(1), step: build.input("step", [1]) };
  const nodesOf = () => lower(build.build(), portableTarget).nodes.length;
  build.output(build.randomUniform([4], { ...random, stream: 0 }), "a");
  const one = nodesOf();
  build.output(build.randomUniform([4], { ...random, stream: 1 }), "b");
  const two = nodesOf();
  assert.ok(two - one < 90 && one > 150, `${one} nodes for one, ${two} for two`);
});

test("streams beyond the last, and a seed of several elements, are errors", () => {
  const build = createBuilder();
  const seed = build.scalar(0);
  const code = "graph/shape-mismatch";
  assert.throws(() => build.randomUniform([5000], { seed, step: seed, stream: 4095 }), {
    code,
    message: /2 from 4095/,
  });
  const pair = build.constant(float32([2], [1, 2]));
  assert.throws(() => build.randomUniform([2], { seed: pair, step: seed, stream: 0 }), {
    code,
    message: /one element/,
  });
  assert.throws(
    () =>
      build.node("RandomUniform", [seed, seed], {
        domain: FOVEA_DOMAIN,
        attributes: { shape: attribute.ints([1]), stream: attribute.int(-1) },
      }),
    { code },
  );
});
