import assert from "node:assert/strict";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { fileURLToPath } from "node:url";
import { loadModel, probabilitiesOf, readImage } from "@foveajs/vision";
import { runOperation } from "../operation.ts";
import { fakeContext } from "./fake-context.test.support.ts";
import { type Predicted, predict } from "./predict.ts";

const root = fileURLToPath(new URL("../../../../", import.meta.url));
const models = join(root, "models");
const photo = join(root, "examples/astronaut.jpg");
let folder = "";
before(async () => {
  folder = await mkdtemp(join(tmpdir(), "fovea-predict-"));
  await writeFile(join(folder, "bad.jpg"), "no picture");
});
after(() => rm(folder, { recursive: true }));

async function collect(input: Record<string, unknown>, context = fakeContext()) {
  const results: unknown[] = [];
  for await (const result of runOperation(predict, { models, threads: 1, ...input }, context)) {
    predict.output.parse(result);
    results.push(result);
  }
  return results as (Predicted & { error?: { code: string } })[];
}

test("a model by its name or its file tells its tasks of the whole picture, and files that fail do not stop it", async () => {
  const [bad, good] = await collect({ model: "expression", files: [join(folder, "bad.jpg"), photo] });
  assert.equal(bad!.error!.code, "vision/image-unknown-format");
  assert.deepEqual([good!.width, good!.height], [512, 512]);
  // what the library says of the same picture
  const bytes = await readFile(join(models, "expression.onnx"));
  const model = await loadModel(bytes, { name: "expression", threads: 1 });
  const [spec] = model.card.tasks;
  const { outputs } = await model.run([await readImage(photo)]);
  assert.ok(spec?.kind === "classification");
  const expected = probabilitiesOf(outputs.expression!.data as Float32Array, spec);
  await model.dispose();
  const { expression } = good!.tasks;
  assert.ok(expression?.kind === "classification");
  spec.labels.forEach((label, index) => {
    assert.ok(Math.abs(expression.scores[label]! - expected[index]!) < 1e-6, label);
  });
  const [byFile] = await collect({ model: join(models, "expression.onnx"), files: [photo] });
  assert.deepEqual(byFile, good);
});

test("numbers that nobody measured are told with what they were worked out from", async () => {
  const [told] = await collect({ model: "face-reader", files: [photo] });
  const affect = told!.tasks.affect;
  assert.ok(affect?.kind === "regression");
  assert.deepEqual(Object.keys(affect.values), ["valence", "arousal"]);
  // as the card of the model in models/ says
  assert.match(affect.derived_from!, /votes on displayed expressions/);
});

test("a detector tells boxes in pixels of the picture; unknown models and a stop are errors", async () => {
  const [found] = await collect({ model: "face-detector", files: [photo] });
  const [task] = Object.values(found!.tasks);
  assert.ok(task?.kind === "detection");
  const { x, y, width, height } = task.objects[0]!.box;
  // the face of the picture lies around (222, 115)
  assert.ok(x < 222 && x + width > 222 && y < 115 && y + height > 115 && width < 200);
  await assert.rejects(collect({ model: "none", files: [photo] }), { code: "operations/missing-model" });
  const stopped = fakeContext({ signal: AbortSignal.abort() });
  await assert.rejects(collect({ model: "expression", files: [photo] }, stopped), { code: "operations/cancelled" });
});
