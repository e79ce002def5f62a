import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { withoutMetadata, writeOnnx } from "@foveajs/graph";
import { convertColor } from "../image/color.ts";
import { preprocess } from "../image/preprocess.ts";
import { loadModel } from "../model/load.ts";
import { fileOf, livelyGraph, type TinyModel, tinyClassifier } from "../model/tiny.test.support.ts";
import { probabilitiesOf } from "../tasks/classification.ts";
import { taskSchema } from "../tasks/table.ts";
import { type Recipe, recipeSchema } from "./recipe.ts";
import { openSampleSets } from "./sample-sets.ts";
import { openSource } from "./sources.ts";
import { askTeachers } from "./teachers.ts";
import { drawShapes, makePlace, type Place, tinyRecipe } from "./tiny-run.test.support.ts";

let place: Place;
let sha256: string;
let bareSha256: string;
const mood = taskSchema.parse({ kind: "classification", name: "mood", labels: ["calm", "glad"], temperature: 0.2 });
const teacher: TinyModel = { ...tinyClassifier, spec: { ...tinyClassifier.spec, tasks: [mood] } };
before(async () => {
  place = await makePlace();
  await drawShapes(place.folder, { train: 5, valid: 1 });
  const bytes = await fileOf(teacher);
  const bare = writeOnnx(livelyGraph(teacher));
  await writeFile(join(place.folder, "teacher.onnx"), bytes);
  await writeFile(join(place.folder, "bare.onnx"), bare);
  [sha256, bareSha256] = [bytes, bare].map((data) => createHash("sha256").update(data).digest("hex")) as [
    string,
    string,
  ];
});
after(() => place.remove());

const moodTask = { ...mood, temperature: 1 };
const recipeOf = (model: object, taught: object = {}): Recipe =>
  recipeSchema.parse({
    ...tinyRecipe,
    teachers: [{ name: "tiny", licence: "none", source: "a test", model }],
    data: {
      kind: "samples",
      sets: [{ ...tinyRecipe.data.sets[0], taught: { mood: { teacher: "tiny", ...taught } } }],
      augmentation: {},
    },
    model: { ...tinyRecipe.model, tasks: [...tinyRecipe.model.tasks, moodTask] },
  });
const own = () => ({ file: "teacher.onnx", sha256 });

const ask = async (recipe: Recipe) => {
  const sets = await openSampleSets(recipe, recipe.data as never, [place.folder]);
  return { sets, taught: await askTeachers(recipe, sets, { folders: [place.folder], threads: 1 }) };
};

test("training samples get the teacher's calibrated answers, validation samples none", async () => {
  const { sets, taught } = await ask(recipeOf(own()));
  const [{ dataset }] = sets as [(typeof sets)[0]];
  const model = await loadModel(await fileOf(teacher), { name: "tiny", threads: 1 });
  const train = dataset.samples.filter(({ split }) => split === "train");
  assert.deepEqual(Object.keys(taught), [dataset.name]);
  assert.deepEqual(Object.keys(taught[dataset.name]!).sort(), train.map(({ id }) => id).sort());
  for (const sample of train) {
    const { data, shape } = preprocess(await dataset.load(sample), teacher.preprocessing);
    const { mood: logits } = await model.session.run({ image: { dtype: "float32", shape: [1, ...shape], data } });
    assert.ok(mood.kind === "classification");
    const label = taught[dataset.name]![sample.id]!.mood!;
    assert.ok(label.kind === "distribution");
    probabilitiesOf(logits!.data as Float32Array, mood).forEach((expected, index) => {
      assert.ok(Math.abs(label.values[index]! - expected) < 1e-5);
    });
  }
  await model.dispose();
});

test("a teacher is known by its file, or by its file without what is written into its card", async () => {
  const weights = createHash("sha256")
    .update(withoutMetadata(await fileOf(teacher)))
    .digest("hex");
  assert.notEqual(weights, sha256);
  const { taught } = await ask(recipeOf({ file: "teacher.onnx", sha256: weights }));
  assert.deepEqual(taught, (await ask(recipeOf(own()))).taught);
});

test("of several things a teacher's doubts are left out one by one, and answers of another kind are refused", async () => {
  const units = taskSchema.parse({ kind: "multilabel", name: "units", labels: ["one", "other"] });
  const several: TinyModel = { ...tinyClassifier, spec: { ...tinyClassifier.spec, tasks: [units] } };
  const bytes = await fileOf(several);
  await writeFile(join(place.folder, "several.onnx"), bytes);
  const model = { file: "several.onnx", sha256: createHash("sha256").update(bytes).digest("hex") };
  const recipeWith = (at_least: number) => {
    const plain = recipeOf(model);
    assert.ok(plain.data.kind === "samples");
    const taught = { units: { teacher: "tiny", at_least } };
    return recipeSchema.parse({
      ...plain,
      data: { ...plain.data, sets: [{ ...plain.data.sets[0], taught }] },
      model: { ...plain.model, tasks: [...tinyRecipe.model.tasks, units] },
    });
  };
  const valuesAt = async (at_least: number) =>
    Object.values((await ask(recipeWith(at_least))).taught.shapes!).map(({ units: label }) => {
      assert.ok(label?.kind === "values");
      return label.values;
    });
  const all = await valuesAt(0);
  const sure = (chance: number) => Math.max(chance, 1 - chance);
  const order = all
    .flat()
    .map(sure)
    .sort((a, b) => a - b);
  const at_least = (order[9]! + order[10]!) / 2;
  const kept = await valuesAt(at_least);
  const expected = all
    .map((values) => values.map((chance) => (sure(chance) < at_least ? Number.NaN : chance)))
    .filter((values) => !values.every(Number.isNaN));
  assert.equal(all.length, 10);
  assert.deepEqual(kept, expected);
  await assert.rejects(ask(recipeOf(model, { output: "units" })), {
    code: "vision/teacher-file",
    message: /classification or ordinal for mood.*multilabel/,
  });
});

test("what a teacher said is drawn as the sample's label; what it doubts has weight 0", async () => {
  const everything = Object.values((await ask(recipeOf(own()))).taught.shapes!);
  const surest = everything
    .map(({ mood: label }) => (label?.kind === "distribution" ? Math.max(...label.values) : 0))
    .sort((a, b) => b - a);
  const at_least = (surest[3]! + surest[4]!) / 2;
  const recipe = recipeOf(own(), { at_least });
  const { taught } = await ask(recipe);
  assert.equal(Object.keys(taught.shapes!).length, 4);
  const { draw } = await openSource(recipe, [place.folder], taught);
  let known = 0;
  for (let position = 0; position < 10; position++) {
    const [, , , shares, weight] = await draw(position, { width: 16, height: 16 });
    known += weight![0]!;
    if (weight![0] === 1) assert.ok(Math.max(...shares!) >= at_least - 1e-6);
  }
  assert.equal(known, 4);
});

test("where a sample has a label, the teacher's share is mixed with it; alone it would replace it", async () => {
  const askFor = async (share: object) => {
    const { data, ...recipe } = recipeOf(own());
    const taught = { shape: { teacher: "tiny", output: "mood", ...share } };
    return ask(recipeSchema.parse({ ...recipe, data: { ...data, sets: [{ ...tinyRecipe.data.sets[0], taught }] } }));
  };
  const [alone, mixed] = [await askFor({}), await askFor({ share: 0.25 })];
  for (const sample of alone.sets[0]!.dataset.samples.filter(({ split }) => split === "train")) {
    const [told, both] = [alone, mixed].map(({ taught }) => taught.shapes![sample.id]!.shape!);
    assert.ok(told?.kind === "distribution" && both?.kind === "distribution" && sample.labels.shape?.kind === "class");
    const certain = [0, 1].map((k) => Number(k === (sample.labels.shape as { index: number }).index));
    for (const k of [0, 1]) assert.ok(Math.abs(both.values[k]! - (0.25 * told.values[k]! + 0.75 * certain[k]!)) < 1e-9);
  }
});

test("a teacher that sees the mirror image too answers with the mean of both", async () => {
  const { sets, taught } = await ask(recipeOf(own(), { mirror: true }));
  const model = await loadModel(await fileOf(teacher), { name: "tiny", threads: 1 });
  const [{ dataset }] = sets as [(typeof sets)[0]];
  for (const sample of dataset.samples.filter(({ split }) => split === "train")) {
    const image = convertColor(await dataset.load(sample), "gray");
    const turned = { ...image, data: image.data.slice() };
    for (let y = 0; y < image.height; y++) turned.data.subarray(y * image.width, (y + 1) * image.width).reverse();
    const views = await model.run([image, turned]);
    const [one, other] = [0, 1].map((index) =>
      probabilitiesOf((views.outputs.mood!.data as Float32Array).subarray(2 * index, 2 * index + 2), mood as never),
    );
    const label = taught[dataset.name]![sample.id]!.mood!;
    assert.ok(label.kind === "distribution");
    assert.ok(Math.abs(label.values[0]! - (one![0]! + other![0]!) / 2) < 1e-5);
    assert.ok(Math.abs(one![0]! - other![0]!) > 1e-4, "views that differ");
  }
  await model.dispose();
});

test("a file without a card is read as the recipe says; without either, and another file, are refused", async () => {
  const bare = { file: "bare.onnx", sha256: bareSha256 };
  const reads = { preprocessing: teacher.preprocessing, tasks: [mood] };
  const [{ taught }, { taught: told }] = await Promise.all([ask(recipeOf(own())), ask(recipeOf({ ...bare, reads }))]);
  assert.deepEqual(told, taught);
  for (const [model, message] of [
    [bare, /a card, or model\.reads/],
    [{ ...own(), sha256: "0".repeat(64) }, /SHA-256 0000/],
    [{ ...own(), file: "none.onnx" }, /none\.onnx/],
  ] as const)
    await assert.rejects(ask(recipeOf(model)), { code: "vision/teacher-file", message });
  await assert.rejects(ask(recipeOf(own(), { output: "age" })), {
    code: "vision/teacher-file",
    message: /task age.*mood/,
  });
  assert.throws(() => recipeOf(own(), { teacher: "other" }), /one of the teachers \(tiny\), received other/);
  const sets = [{ ...tinyRecipe.data.sets[0], taught: { moood: { teacher: "tiny" } } }];
  const data = { ...tinyRecipe.data, sets };
  assert.throws(() => recipeSchema.parse({ ...recipeOf(own()), data }), /a task \(shape, mood\), received moood/);
});
