import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { createBuilder, createSession, float32, numbersOf, readOnnx, writeOnnx } from "@foveajs/graph";
import { createRandom } from "../augment/random.ts";
import { createModel } from "../model/network.ts";
import { backboneIn, readStart, standardizedBy } from "../model/start.ts";
import type { TrainingEvent } from "./events.ts";
import { groupsOf } from "./parameter-groups.ts";
import { startModel } from "./propose/start-model.ts";
import { type Recipe, recipeSchema } from "./recipe.ts";
import { createStepper, networkOf } from "./stepper.ts";
import { drawShapes, eventsOf, makePlace, type Place, tinyRecipe, withTraining } from "./tiny-run.test.support.ts";

let place: Place;
let own: string;
let foreign: string;

before(async () => {
  place = await makePlace();
  await drawShapes(place.folder, { train: 24, valid: 8 });
  const recipe = { ...withTraining({ epochs: 2 }), model: { ...tinyRecipe.model, standardize: 0.02 } };
  const events = await eventsOf(place.options(await place.write("first", recipe), "first"));
  own = (events.at(-1) as Extract<TrainingEvent, { type: "done" }>).model;
  foreign = join(place.folder, "foreign.onnx");
  await writeFile(foreign, foreignFile());
});
after(() => place.remove());

/** A classifier as another tool would write it: two convolutions with bias, a gate, the mean, a linear layer. */
function foreignFile(): Uint8Array {
  const random = createRandom("foreign");
  const tensor = (...shape: number[]) =>
    float32(
      shape,
      Array.from({ length: shape.reduce((a, b) => a * b, 1) }, () => random.normal(0, 0.3)),
    );
  const build = createBuilder({ name: "theirs" });
  const picture = build.input("input.1", [1, 1, 16, 16]);
  const options = { strides: [2, 2] as [number, number], pads: [1, 1, 1, 1] as [number, number, number, number] };
  const first = build.relu(
    build.conv(
      picture,
      build.constant(tensor(6, 1, 3, 3), "first.weight"),
      build.constant(tensor(6), "first.bias"),
      options,
    ),
  );
  const gate = build.sigmoid(build.globalAveragePool(first));
  const gated = build.mul(first, gate);
  const last = build.relu(
    build.conv(
      gated,
      build.constant(tensor(8, 6, 3, 3), "last.weight"),
      build.constant(tensor(8), "last.bias"),
      options,
    ),
  );
  const pooled = build.flatten(build.globalAveragePool(last));
  build.output(
    build.gemm(pooled, build.constant(tensor(5, 8), "classes.weight"), undefined, { transB: true }),
    "logits",
  );
  const graph = build.build();
  features = last.name;
  return writeOnnx(graph);
}
let features = "";

const further = (from: object, model: object = { backbone: tinyRecipe.model.backbone, standardize: 0.02 }): Recipe =>
  recipeSchema.parse({
    ...tinyRecipe,
    model: { tasks: [{ ...tinyRecipe.model.tasks[0], name: "other" }], ...model, from },
  });

test("the backbone of a model is told by its weights, and how it centres pictures by its graph", async () => {
  const graph = readOnnx(await readFile(own));
  assert.deepEqual(backboneIn(graph), tinyRecipe.model.backbone);
  assert.equal(standardizedBy(graph), 0.02);
  const plain = createModel(networkOf(recipeSchema.parse(tinyRecipe)), recipeSchema.parse(tinyRecipe).preprocessing);
  assert.equal(standardizedBy(plain.graph), undefined);
  const detector = recipeSchema.parse({
    ...tinyRecipe,
    preprocessing: { ...tinyRecipe.preprocessing, width: 32, height: 32 },
    training: { ...tinyRecipe.training, sizes: [{ until: 1, size: 32 }] },
    model: {
      ...tinyRecipe.model,
      backbone: { family: "pyramid", stem: [4, 6], widths: [8, 10, 12], blocks: [1, 0, 2], lateral: 6 },
    },
  });
  const { graph: pyramid } = createModel(networkOf(detector), detector.preprocessing);
  assert.deepEqual(backboneIn(pyramid), detector.model.backbone);
});

test("from a model of ours: weights and statistics of the backbone by name, tasks anew", async () => {
  const recipe = further({ file: own });
  const start = await readStart(recipe.model.from!, recipe.model);
  // 24 of each of two kinds
  assert.equal(start.pictures?.hashes.length, 48);
  const fresh = createModel(networkOf(recipe), recipe.preprocessing).graph.initializers;
  const { graph } = createModel(networkOf(recipe, start), recipe.preprocessing);
  const trained = readOnnx(await readFile(own)).initializers;
  for (const [name, tensor] of graph.initializers) {
    if (name.startsWith("backbone.")) assert.deepEqual(numbersOf(tensor), numbersOf(trained.get(name)!), name);
    else assert.deepEqual(numbersOf(tensor), numbersOf(fresh.get(name)!), name);
  }
  assert.notDeepEqual(
    numbersOf(graph.initializers.get("backbone.stem.norm.mean")!),
    numbersOf(fresh.get("backbone.stem.norm.mean")!),
  );
});

test("heads go on where the recipe names them and the file has the very task", async () => {
  const task = tinyRecipe.model.tasks[0]!;
  const withHeads = (tasks: readonly object[], heads: readonly string[]) =>
    further({ file: own, heads }, { backbone: tinyRecipe.model.backbone, standardize: 0.02, tasks });
  const recipe = withHeads([task, { ...task, name: "other" }], [task.name]);
  const start = await readStart(recipe.model.from!, recipe.model);
  const trained = readOnnx(await readFile(own)).initializers;
  const { graph } = createModel(networkOf(recipe, start), recipe.preprocessing);
  const weightOf = (name: string) => numbersOf(graph.initializers.get(`heads.${name}.weight`)!);
  assert.deepEqual(weightOf(task.name), numbersOf(trained.get(`heads.${task.name}.weight`)!));
  assert.notDeepEqual(weightOf("other"), weightOf(task.name));
  const renamed = withHeads([{ ...task, labels: task.labels.toReversed() }], [task.name]);
  for (const changed of [renamed, withHeads([{ ...task, name: "other" }], ["other"])]) {
    await assert.rejects(readStart(changed.model.from!, changed.model), {
      code: "vision/start-file",
      message: /expected the task \{.*received/,
    });
  }
  assert.throws(() => withHeads([task], ["other"]), /expected a task \(shape\), received other/);
});

test("frozen weights are in no group and stay to the bit; the others move; what a pattern does not fit is told", async () => {
  const recipe = further({ file: own, freeze: ["^backbone\\.(stem|stage0)\\."] });
  const start = await readStart(recipe.model.from!, recipe.model);
  const { graph, parameters } = createModel(networkOf(recipe, start), recipe.preprocessing);
  const moved = new Set(groupsOf(recipe, parameters).flatMap((group) => group.parameters));
  assert.ok(moved.size > 0 && [...moved].every((name) => !/stem|stage0/.test(name)));
  const stepper = await createStepper(recipe, { size: { width: 12, height: 12 }, threads: 1, start });
  const { batch } = recipe.training;
  const random = createRandom("frozen");
  const target = Float32Array.from({ length: 2 * batch }, (_, index) => Number(index < batch));
  for (let step = 0; step < 3; step++) {
    const image = Float32Array.from({ length: 144 * batch }, () => random.normal());
    await stepper.step([image, target.slice(), new Float32Array(batch).fill(1)], 1);
  }
  const shipped = stepper.modelOf(graph, await stepper.state()).initializers;
  await stepper.dispose();
  for (const [name, tensor] of graph.initializers) {
    const isSame = numbersOf(tensor).join() === numbersOf(shipped.get(name)!).join();
    if (/stem|stage0/.test(name)) assert.ok(isSame, `${name} has moved`);
    // a frozen normalisation keeps its statistics too
    else if (moved.has(name) && !name.endsWith("stage1.0.skip.norm.bias")) assert.ok(!isSame, `${name} has not moved`);
  }
  for (const freeze of [["stage7"], ["("]]) {
    assert.throws(() => groupsOf(further({ file: own, freeze }), parameters), {
      code: "vision/recipe-invalid",
      message: /model\.from\.freeze/,
    });
  }
});

test("rates fall block by block away from the tasks, and are the recipe's where they do not", async () => {
  const recipe = further({ file: own, rate_decay: 0.5 });
  const { parameters } = createModel(networkOf(recipe), recipe.preprocessing);
  const peakOf = (name: string) => groupsOf(recipe, parameters).find((group) => group.parameters.includes(name))!.peak;
  const [muon, adamw] = tinyRecipe.training.groups;
  // stem, stage0.0, stage1.0: three blocks
  assert.deepEqual(
    [
      "heads.other.weight",
      "backbone.stage1.0.a.conv.weight",
      "backbone.stage0.0.a.conv.weight",
      "backbone.stem.conv.weight",
    ].map(peakOf),
    [adamw!.rate, muon!.rate / 2, muon!.rate / 4, adamw!.rate / 8],
  );
  const even = groupsOf(further({ file: own }), parameters);
  assert.deepEqual(
    even.map(({ rate, peak }) => [rate, peak]),
    [
      ["rate/0", muon!.rate],
      ["rate/1", adamw!.rate],
    ],
  );
});

test("a graph of another maker is cut at what its last pooling reads, not at a gate, and learns with any batch", async () => {
  const { from, colours, width } = await startModel(foreign, {});
  assert.deepEqual([from.features, colours.color, width], [features, "gray", 16]);
  const sha256 = createHash("sha256")
    .update(await readFile(foreign))
    .digest("hex");
  assert.equal(from.sha256, sha256);
  const recipe = {
    ...withTraining({ epochs: 3, sizes: [{ until: 1, size: 16 }] }),
    model: { from: { ...from, freeze: ["first"] }, tasks: tinyRecipe.model.tasks },
  };
  const events = await eventsOf(place.options(await place.write("theirs", recipe), "theirs"));
  const done = events.at(-1) as Extract<TrainingEvent, { type: "done" }>;
  const { initializers, outputs } = readOnnx(await readFile(done.model));
  assert.deepEqual(
    outputs.map(({ name, shape }) => [name, shape]),
    [["shape", ["N", 2]]],
  );
  const theirs = readOnnx(await readFile(foreign)).initializers;
  assert.deepEqual(numbersOf(initializers.get("backbone.first.weight")!), numbersOf(theirs.get("first.weight")!));
  assert.notDeepEqual(numbersOf(initializers.get("backbone.last.weight")!), numbersOf(theirs.get("last.weight")!));
  assert.ok(!initializers.has("backbone.classes.weight"));
});

test("before any step the features are those of the foreign graph", async () => {
  const recipe = further({ file: foreign }, {});
  const start = await readStart(recipe.model.from!, recipe.model);
  assert.equal(start.pictures, undefined);
  const { graph } = createModel(networkOf(recipe, start), recipe.preprocessing);
  const random = createRandom("picture");
  const image = float32(
    [1, 1, 16, 16],
    Array.from({ length: 256 }, () => random.normal()),
  );
  const run = async (bytes: Uint8Array, feeds: Record<string, typeof image>, output: string) => {
    const whole = readOnnx(bytes);
    const shown = { ...whole, outputs: [{ name: output, dtype: "float32" as const, shape: undefined }] };
    const session = await createSession(shown, { threads: 1 });
    const outputs = await session.run(feeds);
    await session.dispose();
    return numbersOf(outputs[output]!);
  };
  const ours = await run(writeOnnx(graph), { image }, `backbone.${features}`);
  const theirs = await run(await readFile(foreign), { "input.1": image }, features);
  assert.ok(theirs.some((value) => value > 0));
  ours.forEach((value, index) => {
    assert.ok(Math.abs(value - theirs[index]!) < 1e-5);
  });
});

test("a file that is not there, is another one, or has another backbone is refused; a recipe needs one of both", async () => {
  const refused = (from: object, backbone: object | undefined, message: RegExp) =>
    assert.rejects(readStart(from as never, { backbone: backbone as never }), { code: "vision/start-file", message });
  await refused({ file: join(place.folder, "none.onnx") }, undefined, /can be read/);
  await refused({ file: own, sha256: "00" }, tinyRecipe.model.backbone, /SHA-256 00/);
  await refused({ file: own }, { ...tinyRecipe.model.backbone, stem: 6 }, /"stem":6.*"stem":8/s);
  await refused({ file: foreign }, tinyRecipe.model.backbone, /another maker/);
  await refused({ file: foreign, features: "nothing" }, undefined, /"nothing"/);
  const without = recipeSchema.safeParse({ ...tinyRecipe, model: { tasks: tinyRecipe.model.tasks } });
  assert.deepEqual(
    without.error?.issues.map(({ path }) => path.join(".")),
    ["model.backbone"],
  );
});
