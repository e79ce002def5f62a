import assert from "node:assert/strict";
import { test } from "node:test";
import { numbersOf, writeOnnx } from "@foveajs/graph";
import { loadModel } from "./load.ts";
import { fileOf, livelyGraph, noisePicture, tinyClassifier, tinyDetector } from "./tiny.test.support.ts";

test("a model runs pictures of any size and colour through its own preprocessing, several at once as one by one", async () => {
  const model = await loadModel(await fileOf(tinyClassifier), { name: "tiny.onnx", threads: 1 });
  const images = [
    noisePicture(31, 17),
    noisePicture(24, 24, { order: "gray", seed: 2 }),
    noisePicture(5, 90, { order: "bgr", seed: 3 }),
  ];
  const { outputs, inputs } = await model.run(images);
  assert.deepEqual(outputs.expression!.shape, [3, 3]);
  assert.deepEqual(
    inputs.map(({ shape }) => shape),
    images.map(() => [1, 20, 20]),
  );
  const together = numbersOf(outputs.expression!);
  for (const [index, image] of images.entries()) {
    const alone = numbersOf((await model.run([image])).outputs.expression!);
    alone.forEach((value, at) => {
      assert.ok(Math.abs(value - together[3 * index + at]!) < 1e-5);
    });
  }
  assert.equal(model.card.tasks[0]!.name, "expression");
  await model.dispose();
  await assert.rejects(model.run(images), { code: "graph/session-disposed" });
});

test("pictures whose inputs differ in size, or none at all, are refused before anything runs", async () => {
  const model = await loadModel(await fileOf(tinyDetector), { name: "tiny.onnx", threads: 1 });
  // 32 x 64 and 64 x 32: as many numbers, another shape
  await assert.rejects(model.run([noisePicture(32, 64), noisePicture(64, 32)]), {
    code: "vision/image-argument",
    message: /3x64x32 and 3x32x64/,
  });
  await assert.rejects(model.run([]), { code: "vision/image-argument" });
  await model.dispose();
});

test("a stop before the run is obeyed", async () => {
  const model = await loadModel(await fileOf(tinyClassifier), { name: "tiny.onnx", threads: 1 });
  await assert.rejects(model.run([noisePicture(9, 9)], { signal: AbortSignal.abort() }), { name: "AbortError" });
  await model.dispose();
});

test("bytes that are no model, and a model without a card, are refused", async () => {
  await assert.rejects(loadModel(new Uint8Array(100), { name: "zeros" }), (error: { code?: string }) =>
    /^graph\//.test(error.code!),
  );
  await assert.rejects(loadModel(writeOnnx(livelyGraph(tinyClassifier)), { name: "bare.onnx" }), {
    code: "vision/card-missing",
    message: /bare\.onnx/,
  });
});
