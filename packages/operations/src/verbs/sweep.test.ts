import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, readFileSync, statSync } from "node:fs";
import { readFile, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { after, before, test } from "node:test";
import { fileURLToPath } from "node:url";
import type { TrainingEvent } from "@foveajs/vision";
import { parse as parseCsv } from "csv-parse/sync";
import type { Parts, TrainingOptions } from "../context.ts";
import { runOperation } from "../operation.ts";
import { fakeContext } from "./fake-context.test.support.ts";
import { sweep } from "./sweep.ts";
import type { SweepResult } from "./sweep-events.ts";
import { makeTinyTraining, type TinyTraining } from "./tiny-training.test.support.ts";
import { train } from "./train.ts";

let tiny: TinyTraining;
before(async () => {
  tiny = await makeTinyTraining();
});
after(() => tiny.remove());

type Job = Extract<SweepResult, { type: "job" }>;
type Summary = Extract<SweepResult, { type: "summary" }>;

/** A trainer that writes what a run leaves, its accuracy from the recipe; `fail` may throw in its place. */
function fakeTrain(started: string[], fail: (path: string) => void = () => {}): Parts["train"] {
  return async function* ({ recipe, run }: TrainingOptions): AsyncGenerator<TrainingEvent> {
    started.push(run!);
    fail(run!);
    const { seed, training } = JSON.parse(await readFile(recipe as string, "utf8")) as {
      seed: number;
      training: { batch: number };
    };
    const metrics = { "shape/accuracy": training.batch / 100 + seed / 1000 };
    await writeFile(join(run!, "metrics.json"), JSON.stringify(metrics));
    await writeFile(join(run!, "shapes.onnx"), "model");
    yield { type: "done", step: 1, seconds: 1, model: join(run!, "shapes.onnx"), sha256: "", metrics };
  };
}

async function results(input: object, parts: Partial<Parts>): Promise<{ jobs: Job[]; summary: Summary }> {
  const all: SweepResult[] = [];
  for await (const result of runOperation(sweep, { recipe: tiny.recipe, ...input }, fakeContext({ parts })))
    all.push(result as SweepResult);
  const jobs = all.filter((event) => event.type === "job");
  return { jobs, summary: all.find((event) => event.type === "summary")! };
}

const ended = (jobs: readonly Job[]) =>
  jobs.filter(({ state }) => state !== "started").map(({ id, state }) => `${id.replace(/_[0-9a-f]{8}$/, "")} ${state}`);

test("points in order, each with its seeds; means and t-intervals as text, JSON and CSV; nothing is done twice", async () => {
  const started: string[] = [];
  const input = { set: ["training.batch=8,16"], seeds: "0,1,2", run: join(tiny.folder, "grid") };
  const first = await results(input, { train: fakeTrain(started) });
  assert.deepEqual(ended(first.jobs), [
    "batch-8_seed-0 done",
    "batch-8_seed-1 done",
    "batch-8_seed-2 done",
    "batch-16_seed-0 done",
    "batch-16_seed-1 done",
    "batch-16_seed-2 done",
  ]);
  assert.deepEqual(
    started.map((run) => dirname(run)),
    new Array(6).fill(input.run),
  );
  const { summary } = first;
  const accuracy = summary.rows[1]!.metrics["shape/accuracy"]!;
  // mean 0.161, deviation 0.001, t(2) = 4.302652729911 (scipy.stats.t.ppf(0.975, 2)) over the root of 3
  assert.ok(Math.abs(accuracy.mean - 0.161) < 1e-12 && Math.abs(accuracy.deviation! - 0.001) < 1e-12);
  assert.ok(Math.abs(accuracy.interval![1] - (0.161 + (4.302652729911 * 0.001) / Math.sqrt(3))) < 1e-9);
  assert.match(summary.note, /3 seeds reach 2\.48 .*wide/);
  const { type, ...written } = summary;
  assert.equal(type, "summary");
  assert.deepEqual(JSON.parse(readFileSync(summary.json, "utf8")), written);
  const rows = parseCsv(readFileSync(summary.csv), { columns: true }) as Record<string, string>[];
  assert.deepEqual(
    rows.map((row) => [row["training.batch"], row.metric, row.seeds, Number(row.mean).toFixed(3)]),
    [
      ["8", "shape/accuracy", "3", "0.081"],
      ["16", "shape/accuracy", "3", "0.161"],
    ],
  );
  started.length = 0;
  const again = await results(input, { train: fakeTrain(started) });
  assert.deepEqual(started, []);
  assert.ok(again.jobs.every(({ state }) => state === "done_before"));
  assert.deepEqual(again.summary, summary);
});

test("shards share the jobs out: each is in exactly one, and the last one sums up all", async () => {
  const seen: string[] = [];
  const input = { set: ["training.batch=8,16,32"], seeds: "0,1", run: join(tiny.folder, "shards") };
  for (const shard of ["1/4", "2/4", "3/4", "4/4"]) {
    const { summary } = await results({ ...input, shard }, { train: fakeTrain(seen) });
    assert.equal(summary.done, seen.length);
    assert.equal(summary.jobs, 6);
  }
  assert.equal(new Set(seen).size, 6);
  const { jobs, summary } = await results({ ...input, summary: true }, { train: fakeTrain(seen) });
  assert.deepEqual([jobs.length, summary.done, seen.length], [0, 6, 6]);
});

test("one that fails is told, the others go on, and the next time it is tried again", async () => {
  const input = { set: ["training.batch=8,16"], jobs: 2, run: join(tiny.folder, "failing") };
  const fail = (run: string) => {
    if (run.includes("batch-8")) throw new Error("no luck");
  };
  const first = await results(input, { train: fakeTrain([], fail) });
  assert.deepEqual(ended(first.jobs).sort(), ["batch-16 done", "batch-8 failed"]);
  assert.equal(first.summary.done, 1);
  assert.deepEqual(first.summary.rows[0]!.metrics, {});
  const second = await results(input, { train: fakeTrain([]) });
  assert.deepEqual(ended(second.jobs).sort(), ["batch-16 done_before", "batch-8 done"]);
  assert.match(second.summary.note, /^one seed/);
});

test("a recipe that changes has other folders; wrong grids, shards and seeds are refused before anything runs", async () => {
  const started: string[] = [];
  const changed = join(tiny.folder, "changed.yaml");
  await writeFile(changed, (await readFile(tiny.recipe, "utf8")).replace('"epochs": 5', '"epochs": 6'));
  const input = { seeds: "0", run: join(tiny.folder, "grid") };
  await results({ ...input, recipe: changed }, { train: fakeTrain(started) });
  assert.equal(started.length, 1);
  for (const [wrong, code] of [
    [{ set: ["training.batch=8,0"] }, "vision/recipe-invalid"],
    [{ set: ["seed=1,2"], seeds: "0" }, "operations/seed-twice"],
    [{ shard: "3/2" }, "operations/bad-shard"],
    [{ shard: "0/2" }, "operations/bad-shard"],
    [{ seeds: "0,0" }, "operations/bad-seeds"],
    [{ seeds: "0,,1" }, "operations/bad-seeds"],
  ] as const) {
    await assert.rejects(results({ run: join(tiny.folder, "wrong"), ...wrong }, { train: fakeTrain(started) }), {
      code,
    });
  }
  assert.equal(started.length, 1);
});

test("train --seeds is the sweep of one point", async () => {
  const run = join(tiny.folder, "seeds");
  const all: SweepResult[] = [];
  const context = fakeContext({ parts: { train: fakeTrain([]) } });
  for await (const event of runOperation(train, { recipe: tiny.recipe, seeds: "4,5", run }, context))
    all.push(event as SweepResult);
  const summary = all.at(-1) as Summary;
  assert.deepEqual(
    summary.rows.map(({ values, seeds }) => ({ values, seeds })),
    [{ values: {}, seeds: [4, 5] }],
  );
  assert.ok(Math.abs(summary.rows[0]!.metrics["shape/accuracy"]!.mean - 0.1645) < 1e-12);
  const wrong = runOperation(train, { recipe: tiny.recipe, seeds: "0", fresh: true }, context)[Symbol.asyncIterator]();
  await assert.rejects(async () => wrong.next(), { code: "operations/bad-input" });
});

test("killed in the middle it goes on: what was done stays, and the models are those of a sweep that was not killed", async () => {
  const input = { recipe: tiny.recipe, seeds: "1,2", data: tiny.folder, threads: 1 };
  const killed = join(tiny.folder, "killed");
  const whole = join(tiny.folder, "whole");
  // 20 steps of the first job, and 6 of the second: two after the checkpoint of its first epoch
  await runChild({ ...input, run: killed }, 26);
  const modelIn = (folder: string, seed: number) => join(folder, ids.get(seed)!, "shapes.onnx");
  assert.ok(existsSync(modelIn(killed, 1)) && !existsSync(modelIn(killed, 2)), "killed in the second job");
  const madeAt = statSync(modelIn(killed, 1)).mtimeMs;
  await runChild({ ...input, run: killed });
  await runChild({ ...input, run: whole });
  assert.equal(statSync(modelIn(killed, 1)).mtimeMs, madeAt);
  for (const seed of [1, 2]) assert.deepEqual(readFileSync(modelIn(killed, seed)), readFileSync(modelIn(whole, seed)));
});

/** Names of jobs by seed, as the process tells them. */
const ids = new Map<number, string>();

/** Runs the sweep in a process, which is killed at a step where one is given. */
async function runChild(input: object, killAt?: number): Promise<void> {
  const program = fileURLToPath(new URL("sweep-child.test.support.js", import.meta.url));
  const more = killAt === undefined ? [] : [String(killAt)];
  const child = spawn(process.execPath, [program, JSON.stringify(input), ...more], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  let text = "";
  child.stdout.on("data", (data: Buffer) => {
    text += data.toString();
  });
  const [code, signal] = (await once(child, "close")) as [number | null, string | null];
  assert.deepEqual([code, signal], killAt === undefined ? [0, null] : [null, "SIGKILL"]);
  for (const [, id, seed] of text.matchAll(/"id":"([^"]+)".*?"seed":(\d+)/g)) ids.set(Number(seed), id!);
}
