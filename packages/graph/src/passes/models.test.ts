import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { elementsOf, relativeError, runGraph, seededRandom } from "../contract.test.support.ts";
import { readOnnx } from "../format/read-onnx.ts";
import type { Graph } from "../ir/types.ts";
import { createBuilder } from "../ops/build.ts";
import { freezeShapes } from "./freeze-shapes.ts";
import { upgradeOpset } from "./upgrade-opset.ts";

const shared = process.env.FOVEA_SHARED ?? fileURLToPath(new URL("../../../../../shared", import.meta.url));
const folder = join(shared, "models");
const files = existsSync(folder)
  ? readdirSync(folder, { recursive: true, encoding: "utf8" })
      .filter((file) => file.endsWith(".onnx"))
      .sort()
  : [];

/** The batch of one picture, sides of 64 pixels: divisible by every stride of these models. */
function frozen(graph: Graph): Graph {
  const names = new Set(
    [...graph.inputs, ...graph.outputs].flatMap(({ shape = [] }) =>
      shape.filter((extent) => typeof extent === "string"),
    ),
  );
  const known = new Set(graph.inputs.flatMap(({ shape = [] }) => shape));
  const extents = [...names]
    .filter((name) => known.has(name))
    .map((name) => [name, /height|width|^h$|^w$|\d$/i.test(name) ? 64 : 1]);
  return freezeShapes(graph, Object.fromEntries(extents));
}

test("shapes of models of other makers are inferred as onnxruntime has them", {
  skip: files.length === 0 && `no models in ${folder}`,
}, async (t) => {
  for (const file of files) {
    await t.test(file, async () => {
      const graph = frozen(readOnnx(readFileSync(join(folder, file))));
      const build = createBuilder({ from: { ...graph, outputs: [] } });
      for (const node of graph.nodes) for (const name of node.outputs) if (name !== "") build.output(build.value(name));
      const whole = build.build();
      const feeds = Object.fromEntries(
        whole.inputs.map(({ name, shape }) => [name, seededRandom(1).tensor(shape as number[])]),
      );
      const results = await runGraph(whole, feeds);
      const upgraded = await runGraph(upgradeOpset({ ...graph, inputs: whole.inputs }), feeds);
      for (const { name } of graph.outputs) {
        // other kernels are chosen for other versions: rounding, through as many layers as a model has
        assert.ok(relativeError(elementsOf(upgraded[name]!), elementsOf(results[name]!)) < 1e-4, `${name}, opset 21`);
      }
      for (const { name, shape, dtype } of whole.outputs) {
        assert.deepEqual(results[name]!.shape, shape, name);
        assert.equal(results[name]!.dtype, dtype, name);
      }
    });
  }
});
