import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { copyFile, cp, mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { fileURLToPath } from "node:url";
import { readOnnx, writeOnnx } from "@foveajs/graph";
import { readModelCard } from "@foveajs/vision";
import { runOperation } from "../operation.ts";
import { exportVerb } from "./export.ts";
import { fakeContext } from "./fake-context.test.support.ts";
import { makeTinyTraining, type TinyTraining } from "./tiny-training.test.support.ts";

let tiny: TinyTraining;
let models = "";
const context = fakeContext();

before(async () => {
  tiny = await makeTinyTraining();
  models = join(tiny.folder, "models");
  await mkdir(models);
  const run = join(tiny.folder, "run");
  const { signal } = new AbortController();
  for await (const _ of context.parts.train({
    recipe: tiny.recipe,
    run,
    start: "auto",
    threads: 1,
    signal,
    dataFolders: [tiny.folder],
  }));
  await copyFile(join(run, "shapes.onnx"), join(models, "shapes.onnx"));
});
after(() => tiny.remove());

async function exported(input: object) {
  for await (const result of runOperation(exportVerb, { threads: 1, ...input }, context))
    return exportVerb.output.parse(result);
  throw new Error("no result");
}

const withData = () => ({ calibrate: join(tiny.folder, "shapes"), options: '{"task":"shape"}', samples: 40 });

const operatorsOf = async (path: string): Promise<ReadonlySet<string>> =>
  new Set(readOnnx(await readFile(path)).nodes.map(({ op }) => op));

for (const [to, operator, largest] of [
  // metrics of 32 pictures: float32 to rounding, halves to their rounding, 8 bits within one picture's share
  ["float32", "Relu", 1e-4],
  ["float16", "Cast", 5e-3],
  ["int8", "DequantizeLinear", 0.05],
] as const) {
  test(`${to}: smaller, measured before and after alike, its card with a note, results of its own and a golden output that holds`, async () => {
    const original = await readFile(join(models, "shapes.onnx"));
    const output = join(tiny.folder, `out.${to}.onnx`);
    const {
      before: from,
      after: made,
      measured,
      note,
      tolerance,
      sha256,
      largest_difference,
    } = await exported({ model: "shapes", models, to, output, ...withData() });
    assert.deepEqual(measured, { data: "shapes valid (32)", count: 32 });
    const card = readModelCard(original, "shapes");
    const trained = new Map(card.results.map(({ metric, value }) => [metric, value]));
    for (const [name, value] of Object.entries(from.metrics)) {
      // the training's own validation, one picture at a time or all at once
      assert.ok(Math.abs(value - trained.get(name)!) < 1e-5, `${name}, before`);
      assert.ok(Math.abs(made.metrics[name]! - value) <= largest, `${name}: ${value}, ${made.metrics[name]}`);
    }
    assert.ok(from.size_bytes === original.length && made.size_bytes < from.size_bytes);
    assert.ok(from.milliseconds! > 0 && made.milliseconds! > 0);
    const bytes = await readFile(output);
    assert.equal(createHash("sha256").update(bytes).digest("hex"), sha256);
    assert.ok((await operatorsOf(output)).has(operator));
    assert.ok(!(await operatorsOf(output)).has("BatchNormalization"));
    const { conversion, results, golden, ...kept } = readModelCard(bytes, "out");
    assert.deepEqual(conversion, { to, from_sha256: createHash("sha256").update(original).digest("hex"), note });
    assert.deepEqual(Object.fromEntries(results.map(({ metric, value }) => [metric, value])), made.metrics);
    const { results: _, golden: before, ...whole } = card;
    assert.deepEqual(kept, whole);
    assert.equal(golden.tolerance, tolerance);
    assert.ok(tolerance! >= before.tolerance && tolerance! >= largest_difference!);
    assert.ok((await context.parts.verifyModel(output)).matches);
    assert.deepEqual(await readFile(join(models, "shapes.onnx")), original);
  });
}

test("every way of calibration gives a model that still tells bars from discs", async () => {
  for (const method of ["percentile", "entropy"]) {
    const output = join(tiny.folder, `${method}.onnx`);
    const made = await exported({ model: "shapes", models, to: "int8", output, method, weightBits: 8, ...withData() });
    assert.match(made.note, new RegExp(`8-bit weights .*${method} on shapes train \\(40\\)`));
    const [from, to] = [made.before, made.after].map(({ metrics }) => metrics["shape/accuracy"]!);
    assert.ok(Math.abs(from! - to!) <= 2 / 32, `${method}: ${from}, ${to}`);
  }
});

test("without data float16 is written unmeasured, without results that are another file's; int8 is refused", async () => {
  const output = join(tiny.folder, "bare.onnx");
  const made = await exported({ model: join(models, "shapes.onnx"), to: "float16", output });
  assert.equal(made.measured, undefined);
  assert.match(made.not_measured!, /--recipe FILE.*--calibrate DIR/);
  assert.deepEqual([made.before.metrics, made.after.metrics], [{}, {}]);
  assert.deepEqual(readModelCard(await readFile(output), "bare").results, []);
  await assert.rejects(exported({ model: "shapes", models, to: "int8", output: join(tiny.folder, "no.onnx") }), {
    code: "operations/no-calibration",
  });
  assert.ok(!existsSync(join(tiny.folder, "no.onnx")));
});

test("the model itself is never written over, and data of other classes is refused", async () => {
  const path = join(models, "shapes.onnx");
  await assert.rejects(exported({ model: "shapes", models, to: "float16", output: path }), {
    code: "operations/export-onto-itself",
  });
  await mkdir(join(tiny.folder, "other", "train", "cats"), { recursive: true });
  await copyFile(join(tiny.folder, "shapes/train/bars/0.png"), join(tiny.folder, "other/train/cats/0.png"));
  const other = { calibrate: join(tiny.folder, "other"), options: '{"task":"shape"}' };
  await assert.rejects(
    exported({ model: "shapes", models, to: "int8", output: join(tiny.folder, "no.onnx"), ...other }),
    { code: "vision/classes-differ" },
  );
});

/** The tiny recipe with changes, trained to its end: its file and its recipe. */
async function trainedWith(name: string, change: (recipe: { data: { sets: object[] } }) => object) {
  const recipe = join(tiny.folder, `${name}.yaml`);
  await writeFile(recipe, JSON.stringify(change(JSON.parse(await readFile(tiny.recipe, "utf8")))));
  const run = join(tiny.folder, name);
  const { signal } = new AbortController();
  const options = { recipe, run, start: "auto" as const, threads: 1, signal, dataFolders: [tiny.folder] };
  for await (const _ of context.parts.train(options));
  return { run, recipe, model: join(run, "shapes.onnx") };
}

test("--recipe: what the training held out measures, under the recipe's names; the rest calibrates", async () => {
  // the class folders of the training part alone, whose labels have another name than the task
  await cp(join(tiny.folder, "shapes", "train"), join(tiny.folder, "plain"), { recursive: true });
  const sets = [
    { reader: "folder", folder: "plain", options: { task: "form" }, labels: { shape: "form" }, hold_out: 0.25 },
  ];
  const { run, recipe, model } = await trainedWith("held", (whole) => ({ ...whole, data: { ...whole.data, sets } }));
  const output = join(tiny.folder, "held.onnx");
  const input = { model, to: "int8", output, samples: 1000, data: tiny.folder };
  const made = await exported({ ...input, recipe });
  assert.deepEqual(made.measured, { data: "plain valid (16)", count: 16 });
  assert.match(made.note, /on plain train \(48\)/);
  const trained = JSON.parse(await readFile(join(run, "metrics.json"), "utf8")) as Record<string, number>;
  for (const [name, value] of Object.entries(made.before.metrics))
    assert.ok(Math.abs(value - trained[name]!) < 1e-5, name);
  assert.ok("shape/accuracy" in made.after.metrics);
  const [result] = readModelCard(await readFile(output), "held").results;
  assert.equal(result!.data, "plain valid (16)");
  // without the recipe: it is told where it is, beside the model
  const bare = await exported({ model, to: "float16", output });
  assert.equal(bare.not_measured, `its recipe is at hand: --recipe ${join(run, "recipe.yaml")}`);
  await assert.rejects(exported({ model, to: "int8", output }), {
    code: "operations/no-calibration",
    help: new RegExp(`--recipe ${join(run, "recipe.yaml")}`),
  });
  const plain = join(tiny.folder, "plain");
  await assert.rejects(exported({ ...input, recipe, calibrate: plain }), { code: "operations/data-twice" });
  await assert.rejects(exported({ ...input, recipe: tiny.recipe }), { code: "operations/other-recipe" });
  // as a data set: labels of another name measure nothing, and of what is held out here only what was not learnt counts
  const unnamed = await exported({ model, to: "float16", output, calibrate: plain, options: '{"task":"form"}' });
  assert.match(unnamed.not_measured!, /labels named form, none of the model's tasks \(shape\)/);
  const divided = await exported({ model, to: "float16", output, calibrate: plain, options: '{"task":"shape"}' });
  const { count, data } = divided.measured!;
  assert.equal(data, `plain held out (${count})`);
  assert.ok(count >= 1 && count < 13, `${count}`); // a fifth of 64, less what is listed
});

test("what is held out of pictures that were all trained on is not measured", async () => {
  const calibrate = join(tiny.folder, "plain");
  const output = join(tiny.folder, "seen.onnx");
  const made = await exported({ model: "shapes", models, to: "int8", output, calibrate, options: '{"task":"shape"}' });
  assert.equal(made.measured, undefined);
  assert.match(made.not_measured!, /trained on all of plain held out \(1\d\).*--recipe/);
});

/** The shipped tiny model as of another maker: without its card, its pictures of this shape. */
async function foreignFile(name: string, shape: (string | number)[]): Promise<string> {
  const whole = readOnnx(await readFile(join(models, "shapes.onnx")));
  const inputs = whole.inputs.map((value) => (value.name === "image" ? { ...value, shape } : value));
  const path = join(tiny.folder, `${name}.onnx`);
  await writeFile(path, writeOnnx({ ...whole, inputs, metadata: { author: "another" } }));
  return path;
}

test("a file of another maker, without a card: float32 and float16, compared on noise; int8 is refused", async () => {
  const foreign = await foreignFile("foreign", ["N", 1, 16, 16]);
  const output = join(tiny.folder, "foreign.out.onnx");
  // rounding of float32, and of halves of a few units
  for (const [to, operator, most] of [
    ["float32", "Relu", 1e-4],
    ["float16", "Cast", 0.05],
  ] as const) {
    const made = await exported({ model: foreign, to, output });
    assert.deepEqual([made.model, made.tolerance, made.measured], ["foreign", null, undefined]);
    assert.match(made.not_measured!, /no card/);
    assert.deepEqual(made.input, [1, 1, 16, 16]);
    assert.ok(made.largest_difference! > 0 && made.largest_difference! < most, `${made.largest_difference}`);
    assert.ok(made.before.milliseconds! > 0 && made.after.milliseconds! > 0);
    assert.deepEqual(readOnnx(await readFile(output)).metadata, { author: "another" });
    assert.ok((await operatorsOf(output)).has(operator));
    assert.ok(!(await operatorsOf(output)).has("BatchNormalization"));
  }
  const refused = { code: "operations/int8-without-card", help: /float16/ };
  await assert.rejects(exported({ model: foreign, to: "int8", output, ...withData() }), refused);
});

test("a file without a card whose pictures have no known size is written, and not run", async () => {
  const output = join(tiny.folder, "open.out.onnx");
  const made = await exported({ model: await foreignFile("open", ["N", 1, "H", "W"]), to: "float16", output });
  assert.deepEqual([made.input, made.before.milliseconds, made.largest_difference], [[], null, null]);
  assert.equal(made.after.size_bytes, (await readFile(output)).length);
});

const root = fileURLToPath(new URL("../../../../", import.meta.url));
const shared = process.env.FOVEA_SHARED ?? join(root, "..", "shared");
const fer = join(shared, "data", "fer2013");

test("the shipped reader of expressions loses less than two per cent of real pictures in 8 bits", {
  skip: !existsSync(fer) && `no data in ${fer}`,
}, async () => {
  const output = join(tiny.folder, "expression.onnx");
  const options = '{"labels":"votes","near_publictest":"drop","jpeg_recovered":"drop"}';
  const input = {
    model: join(root, "models", "expression.onnx"),
    to: "int8",
    output,
    calibrate: fer,
    reader: "fer2013",
    options,
    samples: 64,
    measure: 300,
  };
  const { before: from, after: to } = await exported(input);
  const [whole, small] = [from, to].map(({ metrics }) => metrics["expression/accuracy"]!);
  assert.ok(whole! > 0.8, `${whole}`);
  assert.ok(small! > whole! - 0.02, `${whole}, ${small}`);
  // the list of training pictures stays as long as it was, 199 KB
  assert.ok(to.size_bytes - 199_000 < 0.3 * (from.size_bytes - 199_000));
});
