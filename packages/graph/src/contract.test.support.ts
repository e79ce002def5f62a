import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { InferenceSession, Tensor as OnnxTensor } from "onnxruntime-node";
import { writeOnnx } from "./format/write-onnx.ts";
import { sizeOf } from "./ir/shapes.ts";
import { float32 } from "./ir/tensors.ts";
import type { Graph, Tensor } from "./ir/types.ts";
import { portableTarget, type Target } from "./lowering/form.ts";
import { probeTarget } from "./session/probe.ts";

/** Tests of every folder run the whole way to the session, so they find its parts here. */
export { batchInnermost } from "./layout/innermost.ts";
export { toInnermost, toOutermost } from "./layout/rule.ts";
export { lower } from "./lowering/lower.ts";
export { createSession, createStatefulSession } from "./session/node.ts";
export { portableTarget };

/** Random numbers of one seed, which a failing test prints (mulberry32). */
export interface Random {
  /** Uniform in [low, high). */
  uniform(low?: number, high?: number): number;
  /** A whole number from low to high, both included. */
  integer(low: number, high: number): number;
  pick<Item>(items: readonly Item[]): Item;
  /** A tensor of uniform numbers. */
  tensor(shape: readonly number[], low?: number, high?: number): Tensor;
  /** A tensor whose elements are at least `gap` apart from one another and from 0. */
  apart(shape: readonly number[], gap?: number): Tensor;
  shuffle<Item>(items: readonly Item[]): Item[];
}

export function seededRandom(seed: number): Random {
  let state = seed >>> 0;
  const uniform = (low = 0, high = 1): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return low + ((high - low) * ((mixed ^ (mixed >>> 14)) >>> 0)) / 2 ** 32;
  };
  const integer = (low: number, high: number) => Math.floor(uniform(low, high + 1));
  const shuffle = <Item>(items: readonly Item[]): Item[] => {
    const order = items.map((item) => ({ item, key: uniform() }));
    return order.sort((a, b) => a.key - b.key).map(({ item }) => item);
  };
  const tensor = (shape: readonly number[], low = -1, high = 1) =>
    float32(
      shape,
      Array.from({ length: sizeOf(shape) }, () => uniform(low, high)),
    );
  return {
    uniform,
    integer,
    pick: (items) => items[integer(0, items.length - 1)]!,
    tensor,
    shuffle,
    apart(shape, gap = 0.05) {
      const size = sizeOf(shape);
      const places = Array.from({ length: size }, (_, index) => (index - Math.floor(size / 2) + 0.5) * 2 * gap);
      return float32(
        shape,
        shuffle(places).map((place) => place + uniform(-gap / 4, gap / 4)),
      );
    },
  };
}

export type Feeds = Readonly<Record<string, Tensor>>;

/** Outputs of one run of a graph on the CPU, in this thread: a session of its own for each of many small graphs would take half the time. */
export async function runGraph(graph: Graph, feeds: Feeds): Promise<Readonly<Record<string, Tensor>>> {
  const session = await InferenceSession.create(writeOnnx(graph), { intraOpNumThreads: 1, logSeverityLevel: 3 });
  const given = Object.entries(feeds).map(([name, { dtype, shape, data }]) => [
    name,
    new OnnxTensor(dtype as "float32", data as Float32Array, shape),
  ]);
  const results = await session.run(Object.fromEntries(given));
  await session.release();
  return Object.fromEntries(
    Object.entries(results).map(([name, { type, dims, data }]) => [name, { dtype: type, shape: dims, data } as Tensor]),
  );
}

/** The targets that every lowering must serve: the ONNX standard alone, and what the runtime here has. */
export const targetsHere = async (): Promise<Readonly<Record<"portable" | "probed", Target>>> => ({
  portable: portableTarget,
  probed: await probeTarget(),
});

export const elementsOf = (tensor: Tensor): Float32Array => {
  assert.equal(tensor.dtype, "float32");
  return tensor.data as Float32Array;
};

/** Largest difference, as a share of the largest expected magnitude (at least `floor`); NaN counts as infinite. */
export function relativeError(received: ArrayLike<number>, expected: ArrayLike<number>, floor = 1e-3): number {
  assert.equal(received.length, expected.length);
  let difference = 0;
  let magnitude = floor;
  for (let index = 0; index < expected.length; index++) {
    const gap = Math.abs(received[index]! - expected[index]!);
    difference = Math.max(difference, Number.isNaN(gap) ? Number.POSITIVE_INFINITY : gap);
    magnitude = Math.max(magnitude, Math.abs(expected[index]!));
  }
  return difference / magnitude;
}

/** A JSON file of packages/graph/fixtures. */
export const readFixture = (name: string): unknown =>
  JSON.parse(readFileSync(new URL(`../fixtures/${name}`, import.meta.url), "utf8"));

export interface Plain {
  readonly shape: readonly number[];
  readonly data: readonly number[];
}

export const tensorOf = ({ shape, data }: Plain): Tensor => float32(shape, data);
