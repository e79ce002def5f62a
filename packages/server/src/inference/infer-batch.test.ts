// Expected values by hand: the "model" doubles its input.
import assert from "node:assert/strict";
import { test } from "node:test";
import type { Tensor } from "@foveajs/operations";
import { runJoined } from "./infer-batch.ts";

type Feeds = Readonly<Record<string, Tensor>>;
const feeds = (values: readonly number[], width = 1): Feeds => ({
  x: { dtype: "float32", shape: [values.length / width, width], data: Float32Array.from(values) },
});

function doubling() {
  const rows: number[] = [];
  const run = async ({ x }: Feeds): Promise<Feeds> => {
    rows.push(x!.shape[0]!);
    const data = (x!.data as Float32Array).map((value) => 2 * value);
    if (data.includes(-2)) throw new Error("no -1 here");
    return { y: { ...x!, data } };
  };
  return { run, rows };
}

const values = (results: readonly PromiseSettledResult<Feeds>[]) =>
  results.map((result) =>
    result.status === "fulfilled" ? [...(result.value.y!.data as Float32Array)] : String(result.reason),
  );

test("feeds that fit are one run, and each gets its own rows", async () => {
  const { run, rows } = doubling();
  const results = await runJoined([feeds([1]), feeds([2, 3]), feeds([4])], { run, isBatched: true });
  assert.deepEqual(values(results), [[2], [4, 6], [8]]);
  assert.deepEqual(rows, [4]);
});

test("other widths are other runs; a model of a fixed batch runs each alone", async () => {
  const wide = doubling();
  assert.deepEqual(values(await runJoined([feeds([1]), feeds([2, 3], 2)], { run: wide.run, isBatched: true })), [
    [2],
    [4, 6],
  ]);
  assert.deepEqual(wide.rows, [1, 1]);
  const fixed = doubling();
  await runJoined([feeds([1]), feeds([2])], { run: fixed.run, isBatched: false });
  assert.deepEqual(fixed.rows, [1, 1]);
});

test("one at fault fails alone", async () => {
  const { run } = doubling();
  const results = await runJoined([feeds([1]), feeds([-1]), feeds([3])], { run, isBatched: true });
  assert.deepEqual(values(results), [[2], "Error: no -1 here", [6]]);
});
