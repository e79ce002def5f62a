import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { InferenceSession, Tensor } from "onnxruntime-node";
import type { Graph, ValueInfo } from "../ir/types.ts";
import { readOnnx } from "./read-onnx.ts";
import { writeOnnx } from "./write-onnx.ts";

const shared = process.env.FOVEA_SHARED ?? fileURLToPath(new URL("../../../../../shared", import.meta.url));
const folder = join(shared, "models");
const files = existsSync(folder)
  ? readdirSync(folder, { recursive: true, encoding: "utf8" })
      .filter((file) => file.endsWith(".onnx"))
      .sort()
  : [];

// Constants of models before IR version 4 are inputs too: the runtime packs and folds only what is constant for certain,
// and other kernels give other bits. So that both files run the same kernels, nothing is packed or folded.
const options: InferenceSession.SessionOptions = {
  intraOpNumThreads: 1,
  logSeverityLevel: 3,
  graphOptimizationLevel: "disabled",
  extra: { session: { disable_prepacking: "1" } },
};

/** Uniform numbers in [0, 1) from a fixed seed (xorshift32); open dimensions are 1 for the batch and 64 for sides. */
function randomTensor({ dtype, shape = [] }: ValueInfo): Tensor {
  assert.equal(dtype, "float32");
  const extents = shape.map((extent) => (typeof extent === "number" ? extent : extent === "batch" ? 1 : 64));
  let state = 0x9e3779b9;
  const data = Float32Array.from({ length: extents.reduce((a, b) => a * b, 1) }, () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) / 2 ** 32;
  });
  return new Tensor("float32", data, extents);
}

async function run(model: Uint8Array, { inputs }: Graph): Promise<InferenceSession.OnnxValueMapType> {
  const session = await InferenceSession.create(model, options);
  const outputs = await session.run(Object.fromEntries(inputs.map((input) => [input.name, randomTensor(input)])));
  await session.release();
  return outputs;
}

const bitsOf = ({ data }: Tensor): Buffer => {
  const { buffer, byteOffset, byteLength } = data as Float32Array;
  return Buffer.from(buffer, byteOffset, byteLength);
};

test("models of other makers survive reading and writing", {
  skip: files.length === 0 && `no models in ${folder}`,
}, async (t) => {
  for (const file of files) {
    await t.test(file, async () => {
      const original = readFileSync(join(folder, file));
      const graph = readOnnx(original);
      const rewritten = writeOnnx(graph);
      assert.deepStrictEqual(readOnnx(rewritten), graph);

      const expected = await run(original, graph);
      const received = await run(rewritten, graph);
      assert.deepEqual(Object.keys(received), Object.keys(expected));
      for (const { name } of graph.outputs) {
        assert.deepEqual(received[name]!.dims, expected[name]!.dims);
        assert.ok(bitsOf(received[name]!).equals(bitsOf(expected[name]!)), `output ${name} differs`);
      }
    });
  }
});
