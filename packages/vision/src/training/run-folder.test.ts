import assert from "node:assert/strict";
import { appendFile, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import type { TrainingEvent } from "./events.ts";
import { type LoadedRecipe, recipeSchema } from "./recipe.ts";
import { openRun } from "./run-folder.ts";
import { tinyRecipe } from "./tiny-run.test.support.ts";

let folder: string;
before(async () => {
  folder = await mkdtemp(join(tmpdir(), "fovea-run-"));
});
after(() => rm(folder, { recursive: true, force: true }));

const loaded: LoadedRecipe = { recipe: recipeSchema.parse(tinyRecipe), text: "the text", sha256: "one" };
const checkpoint = {
  step: 4,
  seconds: 1,
  recipe: "one",
  threads: 2,
  metrics: {},
  state: new Map([["a", Float32Array.of(1)]]),
};
const event: TrainingEvent = { type: "checkpoint", step: 4, path: "x" };

test("a new run has its recipe, a run that was begun its checkpoint, one that has ended refuses", async () => {
  const path = join(folder, "deep", "run");
  const first = await openRun(path, loaded, { start: "auto", threads: 2 });
  assert.equal(first.checkpoint, undefined);
  assert.equal(await readFile(join(path, "recipe.yaml"), "utf8"), "the text");
  await first.save(checkpoint);
  for (const start of ["auto", "resume"] as const) {
    assert.deepEqual((await openRun(path, loaded, { start, threads: 2 })).checkpoint, checkpoint);
    await assert.rejects(openRun(path, { ...loaded, sha256: "two" }, { start, threads: 2 }), {
      code: "vision/run-changed",
    });
    await assert.rejects(openRun(path, loaded, { start, threads: 1 }), { code: "vision/run-changed" });
    await assert.rejects(openRun(path, loaded, { start, threads: 2, device: "webgpu" }), {
      code: "vision/run-changed",
      message: /device \(cpu\)/,
    });
  }
  await first.write("shapes.onnx", new Uint8Array(3));
  for (const start of ["auto", "resume"] as const) {
    await assert.rejects(openRun(path, loaded, { start, threads: 2 }), {
      code: "vision/run-finished",
      help: /--fresh/,
    });
  }
});

test("a fresh start takes away what the run made and nothing else", async () => {
  const path = join(folder, "fresh");
  const run = await openRun(path, loaded, { start: "auto", threads: 1 });
  await run.save(checkpoint);
  await run.log(event);
  await run.write("metrics.json", "{}");
  await run.write("shapes.onnx", "old");
  await writeFile(join(path, "notes.txt"), "mine");
  const again = await openRun(path, { ...loaded, text: "another", sha256: "two" }, { start: "fresh", threads: 1 });
  assert.equal(again.checkpoint, undefined);
  assert.deepEqual((await readdir(path)).sort(), ["notes.txt", "recipe.yaml"]);
  assert.equal(await readFile(join(path, "recipe.yaml"), "utf8"), "another");
});

test("the log is appended to; a line that a crash cut short is dropped", async () => {
  const path = join(folder, "log");
  const run = await openRun(path, loaded, { start: "auto", threads: 1 });
  await run.log(event);
  await appendFile(join(path, "events.jsonl"), '{"type":"st');
  await (await openRun(path, loaded, { start: "auto", threads: 1 })).log({ ...event, step: 5 });
  const lines = (await readFile(join(path, "events.jsonl"), "utf8")).split("\n");
  assert.deepEqual(
    [lines.length, lines.slice(0, 2).map((line) => (JSON.parse(line) as { step: number }).step)],
    [3, [4, 5]],
  );
});

test("a folder that cannot be made is told by its path", async () => {
  const file = join(folder, "file");
  await writeFile(file, "");
  for (const start of ["auto", "fresh"] as const) {
    const code = "vision/run-folder";
    await assert.rejects(openRun(join(file, "run"), loaded, { start, threads: 1 }), { code, message: /file.run/ });
  }
});
