import assert from "node:assert/strict";
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import fc from "fast-check";
import { readCheckpoint, writeCheckpoint } from "./checkpoint.ts";
import type { Checkpoint } from "./checkpoint-bytes.ts";

let folder: string;
before(async () => {
  folder = await mkdtemp(join(tmpdir(), "fovea-checkpoint-"));
});
after(() => rm(folder, { recursive: true, force: true }));

const checkpoint: Checkpoint = {
  step: 12,
  seconds: 3.5,
  recipe: "abc",
  threads: 2,
  metrics: { "shape/accuracy": 0.5 },
  epoch: { steps: 3, loss: 1.25, losses: { shape: 1.25 }, seconds: 0.5 },
  state: new Map([
    ["step", Float32Array.of(12)],
    ["größe", Float32Array.of(1.5, -0, Number.NaN, Number.POSITIVE_INFINITY, 1e-45)],
    ["empty", new Float32Array()],
    ["view", new Float32Array([9, 1, 2, 9]).subarray(1, 3)],
  ]),
};

test("a checkpoint comes back bit for bit, and the same one makes the same bytes", async () => {
  const path = join(folder, "same.bin");
  await writeCheckpoint(path, checkpoint);
  assert.deepEqual(await readCheckpoint(path), checkpoint);
  const bytes = await readFile(path);
  await writeCheckpoint(path, (await readCheckpoint(path))!);
  assert.deepEqual(await readFile(path), bytes);
  const { epoch: _, ...begun } = checkpoint;
  await writeCheckpoint(path, begun);
  assert.deepEqual(await readCheckpoint(path), begun);
});

test("none is undefined; a folder in its place is an error", async () => {
  assert.equal(await readCheckpoint(join(folder, "none.bin")), undefined);
  assert.equal(await readCheckpoint(join(folder, "no", "folder.bin")), undefined);
  await mkdir(join(folder, "folder.bin"));
  await assert.rejects(readCheckpoint(join(folder, "folder.bin")), { code: "vision/checkpoint-invalid" });
});

test("a crash before the rename leaves the old one; the next write is not disturbed", async () => {
  const path = join(folder, "crash.bin");
  await writeCheckpoint(path, checkpoint);
  const whole = await readFile(path);
  await writeFile(`${path}.part`, whole.subarray(0, whole.length / 2));
  assert.deepEqual(await readCheckpoint(path), checkpoint);
  await writeCheckpoint(path, { ...checkpoint, step: 13 });
  assert.equal((await readCheckpoint(path))!.step, 13);
  assert.deepEqual(
    (await readdir(folder)).filter((name) => name.endsWith(".part")),
    [],
  );
});

test("cut short anywhere, or changed in its numbers, it is refused and named", async () => {
  const path = join(folder, "cut.bin");
  await writeCheckpoint(path, checkpoint);
  const whole = await readFile(path);
  const refused = async (bytes: Uint8Array) => {
    await writeFile(path, bytes);
    await assert.rejects(readCheckpoint(path), {
      code: "vision/checkpoint-invalid",
      message: /cut\.bin/,
      help: /--fresh/,
    });
  };
  await fc.assert(
    fc.asyncProperty(fc.nat({ max: whole.length - 1 }), (length) => refused(whole.subarray(0, length))),
    { numRuns: 60 },
  );
  for (const length of [0, 8, 11, 12, whole.length - 1]) await refused(whole.subarray(0, length));
  await refused(Buffer.concat([whole, Buffer.alloc(4)]));
  await refused(whole.with(whole.length - 3, whole.at(-3)! ^ 1));
  await refused(whole.with(0, 0));
  await refused(Buffer.from("FOVEACK1\xff\xff\xff\x7f", "latin1"));
});
