import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import type { Machine } from "../context.ts";
import { hashFile, readChecksums } from "../models/store.ts";
import { outcomeOf } from "../operation.ts";
import { doctor } from "./doctor.ts";
import { fakeContext } from "./fake-context.test.support.ts";

let folder = "";
before(async () => {
  folder = await mkdtemp(join(tmpdir(), "fovea-doctor-"));
  await writeFile(join(folder, "face.onnx"), "abc");
});
after(() => rm(folder, { recursive: true }));

// SHA-256 of "abc". Source: FIPS 180-4, example of NIST.
const abc = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
const machine: Machine = {
  node: "22.1.0",
  platform: "linux x64",
  cpu: "A",
  cores: 2,
  memoryBytes: 8e9,
  freeMemoryBytes: 4e9,
};
const runtime = async () => ({
  version: "1.30.0",
  providers: [{ name: "cpu", bundled: true }],
  device: "cpu, 2 threads",
});

async function examine(sums: string, changes: { machine?: Partial<Machine>; cache?: string; broken?: boolean } = {}) {
  await writeFile(join(folder, "SHA256SUMS"), sums);
  const context = fakeContext({
    folders: [{ path: folder, origin: "shipped" }],
    cacheFolder: changes.cache ?? folder,
    parts: {
      machine: () => ({ ...machine, ...changes.machine }),
      runtime: changes.broken ? () => Promise.reject(new Error("no binding")) : runtime,
      optionalPackage: async () => undefined,
    },
  });
  const report = await doctor.run({}, context);
  doctor.output.parse(report);
  const broken = report.checks.filter(({ status }) => status === "broken");
  return { report, outcome: outcomeOf(doctor, report), broken };
}

test("a sound machine: all is well, the device is said, what is optional does not count", async () => {
  const { report, outcome } = await examine(`${abc}  face.onnx\n`);
  assert.equal(outcome, "done");
  assert.equal(report.device, "cpu, 2 threads");
  assert.deepEqual(
    report.models.map(({ name, sha256 }) => [name, sha256]),
    [["face", abc]],
  );
  assert.equal(report.checks.find(({ name }) => name === "sharp")?.status, "optional");
});

test("each fault is told with the command that mends it", async () => {
  const cases = [
    [await examine(`${"0".repeat(64)}  face.onnx\n`), "model face", /^git checkout -- /],
    [await examine(`${abc}  other.onnx\n`), "model other", /^git checkout -- /],
    [await examine("", { machine: { node: "20.18.1" } }), "node", /n 22/],
    [await examine("", { machine: { freeMemoryBytes: 1e8 } }), "memory", /close/],
    [await examine("", { broken: true }), "onnxruntime", /^npm ci$/],
    [await examine("", { cache: join(folder, "face.onnx") }), "cache", /^mkdir -p/],
  ] as const;
  for (const [{ broken, outcome }, name, help] of cases) {
    assert.equal(outcome, "unmet");
    assert.deepEqual(
      broken.map((check) => check.name),
      [name],
    );
    assert.match(broken[0]?.help ?? "", help);
  }
  assert.equal((await examine("", { machine: { node: "20.19.0" } })).outcome, "done");
});

test("checksums are read as sha256sum writes them", async () => {
  await writeFile(join(folder, "SHA256SUMS"), `${abc}  a.onnx\n${abc} *b c.onnx\r\nnonsense\n`);
  assert.deepEqual(
    [...(await readChecksums(folder))],
    [
      ["a.onnx", abc],
      ["b c.onnx", abc],
    ],
  );
  assert.equal(await hashFile(join(folder, "face.onnx")), abc);
});
