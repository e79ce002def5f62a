import assert from "node:assert/strict";
import { copyFile, mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { readOnnx, writeOnnx } from "@foveajs/graph";
import { readCard, withCard } from "@foveajs/vision";
import { runOperation } from "../operation.ts";
import { fakeContext } from "./fake-context.test.support.ts";
import { reproduce } from "./reproduce.ts";
import { makeTinyTraining, type TinyTraining } from "./tiny-training.test.support.ts";

let tiny: TinyTraining;
let recipes = "";
let models = "";
let log = "";
const context = fakeContext();

/** A model as it ships: trained once, its recipe, log and metrics in a folder of recipes. */
before(async () => {
  tiny = await makeTinyTraining();
  [recipes, models] = [join(tiny.folder, "recipes"), join(tiny.folder, "models")];
  const run = join(tiny.folder, "first");
  await mkdir(join(recipes, "shapes"), { recursive: true });
  await mkdir(models);
  const { signal } = new AbortController();
  for await (const _ of context.parts.train({
    recipe: tiny.recipe,
    run,
    start: "auto",
    threads: 1,
    signal,
    dataFolders: [tiny.folder],
  }));
  for (const file of ["recipe.yaml", "events.jsonl", "metrics.json"])
    await copyFile(join(run, file), join(recipes, "shapes", file));
  await copyFile(join(run, "shapes.onnx"), join(models, "shapes.onnx"));
  log = join(recipes, "shapes", "events.jsonl");
});
after(() => tiny.remove());

async function reproduced(more: object = {}, parts = {}) {
  const input = { model: "shapes", recipes, models, data: tiny.folder, run: join(tiny.folder, "again"), ...more };
  for await (const result of runOperation(reproduce, input, fakeContext({ parts })))
    return reproduce.output.parse(result);
  throw new Error("no result");
}

/** The metrics of the log's last training, one of them changed. */
const metricsWith = async (change: object) =>
  JSON.stringify({
    ...(JSON.parse(await readFile(join(recipes, "shapes", "metrics.json"), "utf8")) as object),
    ...change,
  });

/** The bytes of a model with another summary in its card. */
async function withOtherCard(bytes: Uint8Array): Promise<Uint8Array> {
  const graph = readOnnx(bytes);
  return writeOnnx(withCard(graph, { ...readCard(graph, "shapes"), summary: "Trained elsewhere." }));
}

test("--steps: the losses of the log come again, bit for bit, with its number of threads", async () => {
  const { verdict, compared, threads, steps, path } = await reproduced({ steps: 20 });
  assert.deepEqual([verdict, threads, steps, path], ["same_losses", 1, 20, null]);
  assert.deepEqual(
    compared.map(({ name }) => name),
    ["loss at step 20"],
  );
  assert.equal(compared[0]!.recorded, compared[0]!.reproduced);
});

test("--steps: a loss that is near is within tolerance, another one different, and no recorded one an error", async () => {
  const text = await readFile(log, "utf8");
  const shifted = (by: number) =>
    text.replace(/("type":"step".*?"loss":)([\d.]+)/, (_, head: string, loss: string) => head + (Number(loss) + by));
  await writeFile(log, shifted(5e-4));
  assert.equal((await reproduced({ steps: 20 })).verdict, "within_tolerance");
  await writeFile(log, shifted(2e-3));
  const { verdict, compared } = await reproduced({ steps: 20 });
  assert.deepEqual([verdict, compared[0]!.within], ["different", false]);
  assert.equal(reproduce.outcome!({ ...(await reproduced({ steps: 20 })) }), "unmet");
  await writeFile(log, text);
  await assert.rejects(reproduced({ steps: 19 }), { code: "operations/no-recorded-steps" });
});

test("to the end: the same bytes; what is trained already is compared again without training", async () => {
  const first = await reproduced();
  assert.deepEqual([first.verdict, first.sha256], ["same_bytes", first.expected_sha256]);
  const train = () => {
    throw new Error("trained again");
  };
  assert.equal((await reproduced({}, { train })).verdict, "same_bytes");
});

test("another card on the same weights is the same graph", async () => {
  const path = join(models, "shapes.onnx");
  const bytes = await readFile(path);
  await context.parts.writeResults(path, [
    { data: "shapes", metric: "shape/accuracy", value: 0.5, interval: [0.4, 0.6] },
  ]);
  assert.equal((await reproduced()).verdict, "same_graph");
  await writeFile(path, bytes);
});

test("other weights: metrics within the card's interval, or two standard errors of the validation samples, or 5 %", async () => {
  const run = join(tiny.folder, "again");
  const graphHash = (path: string) => Promise.resolve(path);
  const kept = await readFile(join(run, "shapes.onnx"));
  await writeFile(join(run, "shapes.onnx"), await withOtherCard(kept));
  const metrics = JSON.parse(await readFile(join(recipes, "shapes", "metrics.json"), "utf8")) as Record<string, number>;
  const accuracy = metrics["shape/accuracy"]!;
  // 32 pictures: two standard errors with two hits and two misses more
  const p = (32 * accuracy + 2) / 36;
  const reach = 2 * Math.sqrt((p * (1 - p)) / 36);
  await writeFile(join(run, "metrics.json"), await metricsWith({ "shape/accuracy": accuracy - 0.9 * reach }));
  const near = await reproduced({}, { graphHash });
  assert.equal(near.verdict, "within_tolerance");
  const told = near.compared.find(({ name }) => name === "shape/accuracy")!;
  assert.equal(told.basis, "two standard errors of a share, 32 samples");
  assert.ok(Math.abs(told.low - (accuracy - reach)) < 1e-9);
  assert.equal(near.compared.length, Object.keys(metrics).length);
  await writeFile(join(run, "metrics.json"), await metricsWith({ "shape/accuracy": accuracy - 1.1 * reach }));
  const far = await reproduced({}, { graphHash });
  assert.equal(far.verdict, "different");
  assert.deepEqual(
    far.compared.filter(({ within }) => !within).map(({ name }) => name),
    ["shape/accuracy"],
  );
  // a shipped card has results under the names of protocols: they hide none of what was recorded beside the recipe
  const shipped = join(models, "shapes.onnx");
  const interval = [accuracy - 0.5, accuracy + 0.5] as const;
  const cardWith = (metric: string) => async (path: string) => {
    const card = await context.parts.readCard(path);
    return path === shipped ? { ...card, results: [{ data: "", metric, value: accuracy, interval }] } : card;
  };
  const named = await reproduced({}, { graphHash, readCard: cardWith("accuracy") });
  assert.equal(named.verdict, "different");
  const wide = await reproduced({}, { graphHash, readCard: cardWith("shape/accuracy") });
  assert.equal(wide.verdict, "within_tolerance");
  assert.match(wide.compared.find(({ name }) => name === "shape/accuracy")!.basis, /card/);
  await writeFile(join(run, "shapes.onnx"), kept);
});

test("a model in the folder of its run is reproduced from the recipe and the metrics that stand there", async () => {
  const first = join(tiny.folder, "first");
  const empty = join(tiny.folder, "empty");
  await mkdir(empty);
  const { recipe, verdict } = await reproduced({ recipes: empty, models: first });
  assert.deepEqual([recipe, verdict], [join(first, "recipe.yaml"), "same_bytes"]);
});

test("the recipe is known by its hash: another one is refused, a renamed folder is found", async () => {
  const other = join(tiny.folder, "renamed");
  await mkdir(join(other, "older"), { recursive: true });
  await copyFile(join(recipes, "shapes", "recipe.yaml"), join(other, "older", "recipe.yaml"));
  await copyFile(log, join(other, "older", "events.jsonl"));
  assert.equal((await reproduced({ recipes: other, steps: 20 })).recipe, join(other, "older", "recipe.yaml"));
  await writeFile(join(other, "older", "recipe.yaml"), `${await readFile(tiny.recipe, "utf8")}\n`);
  await assert.rejects(reproduced({ recipes: other, steps: 20 }), { code: "operations/recipe-not-found" });
  await rm(other, { recursive: true });
});
