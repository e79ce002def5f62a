import assert from "node:assert/strict";
import { test } from "node:test";
import { runGraph, seededRandom } from "../contract.test.support.ts";
import { float32 } from "../ir/tensors.ts";
import { createBuilder } from "../ops/build.ts";
import { type CalibrationMethod, createCalibration, exposeValues } from "./calibration.ts";

const random = seededRandom(3);
/** Standard normal by Box and Muller. */
const normal = () => Math.sqrt(-2 * Math.log(1 - random.uniform())) * Math.cos(2 * Math.PI * random.uniform());

function rangeOf(method: CalibrationMethod, batches: readonly (readonly number[])[], share?: number) {
  const calibration = createCalibration(["x"], { method, ...(share === undefined ? {} : { share }) });
  for (const batch of batches) calibration.update({ x: float32([batch.length], batch) });
  return calibration.ranges().get("x")!;
}

test("min_max: the ends of all batches, with 0 inside", () => {
  assert.deepEqual(rangeOf("min_max", [[1, 2], [-0.5, 0.25], [7]]), [-0.5, 7]);
  assert.deepEqual(rangeOf("min_max", [[3, 4]]), [0, 4]);
  assert.deepEqual(rangeOf("min_max", [[0, 0]]), [0, 0]);
});

test("percentile: normal numbers end at their quantiles, whatever outliers there are and in whatever batches they come", () => {
  const values = Array.from({ length: 200_000 }, normal);
  values[7] = 40;
  const batches = [values.slice(0, 100), values.slice(100, 90_000), values.slice(90_000)];
  const [low, high] = rangeOf("percentile", batches, 0.99);
  // scipy.stats.norm.ppf(0.995) = 2.5758; bins are 40 / 2048 or twice that wide
  assert.ok(Math.abs(high - 2.5758) < 0.08, `${high}`);
  assert.ok(Math.abs(low + 2.5758) < 0.08, `${low}`);
});

test("entropy: a lone outlier is cut off, an even spread is kept, zeros of a Relu do not count", () => {
  const values = Array.from({ length: 50_000 }, normal);
  const [, outlier] = rangeOf("entropy", [[...values, 100]]);
  assert.ok(outlier < 20, `${outlier}`);
  const even = Array.from({ length: 50_000 }, () => random.uniform(0, 1));
  const [least, largest] = rangeOf("entropy", [even]);
  assert.equal(least, 0);
  assert.ok(largest > 0.95, `${largest}`);
  const behindRelu = values.map((value) => Math.max(0, value));
  const [, end] = rangeOf("entropy", [behindRelu]);
  assert.ok(end > 2.5, `${end}`);
});

test("what is not seen has no range", () => {
  assert.deepEqual([...createCalibration(["x"]).ranges()], []);
});

test("values inside of a graph become outputs that a run tells", async () => {
  const build = createBuilder();
  const x = build.input("x", [3]);
  const inner = build.relu(x);
  build.output(build.neg(inner), "y");
  const graph = exposeValues(build.build(), [inner.name, "x", "y"]);
  assert.deepEqual(
    graph.outputs.map(({ name }) => name),
    ["y", inner.name],
  );
  const told = await runGraph(graph, { x: float32([3], [-1, 0, 2]) });
  assert.deepEqual([...(told[inner.name]!.data as Float32Array)], [0, 0, 2]);
});
