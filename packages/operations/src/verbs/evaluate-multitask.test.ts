// Expected values by hand, and those of the fixtures of the protocols, whose reference stands beside them.
import assert from "node:assert/strict";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { fileURLToPath } from "node:url";
import type { Subject } from "../models/subject.ts";
import { runOperation } from "../operation.ts";
import { type Evaluation, evaluate } from "./evaluate.ts";
import { fakeContext } from "./fake-context.test.support.ts";
import { protocols } from "./protocols.ts";

const fixture = fileURLToPath(new URL("../../../evaluation/fixtures/affect.json", import.meta.url));

let folder = "";
before(async () => {
  folder = await mkdtemp(join(tmpdir(), "fovea-multitask-"));
  await mkdir(join(folder, "units"));
  await writeFile(join(folder, "units", "labels.csv"), "file,AU1,AU2\na.jpg,1,999\nb.jpg,0,1\n");
});
after(() => rm(folder, { recursive: true }));

const subject: Subject = {
  name: "fake",
  sha256: "f".repeat(64),
  device: "fake",
  classifiers: [{ name: "class", labels: ["anger", "happiness"], classify: async (images) => images.map(() => [0, 0]) }],
  dispose: async () => undefined,
};

async function evaluated(input: Record<string, unknown>): Promise<Evaluation> {
  const { parts, ...context } = fakeContext();
  const own = { ...parts, commit: async () => null, openSubject: async () => subject };
  for await (const result of runOperation(evaluate, input, { ...context, parts: own })) {
    return evaluate.output.parse(result);
  }
  throw new Error("no result");
}

test("action units: scores of a tool by the challenge's rule, from the threshold that is told", async () => {
  const others = [4, 5, 6, 9, 10, 12, 15, 17, 18, 20, 24, 25, 26, 28, 43, 51, 52, 53, 54, 55, 56];
  const zeros = others.map((unit) => `AU${unit}`);
  const row = (id: string, ...scores: readonly number[]) => [id, ...scores, ...zeros.map(() => 0)].join(",");
  const file = join(folder, "units.csv");
  await writeFile(file, [`id,au_1,au_2,${zeros.join(",")}`, row("a.jpg", 0.4, 0.9), row("b.jpg", 0.1, 0.6)].join("\n"));
  const scored = (input: Record<string, unknown>) =>
    evaluated({ subject: file, protocol: "emotionet-2020", data: join(folder, "units"), ...input });
  const { metrics, mode, missed } = await scored({});
  // AU1: one missed, one rightly absent; AU2: its only label is a hit, the other is missing
  assert.deepEqual([mode, missed], ["direct", 0]);
  assert.deepEqual(
    ["mean_f1", "mean_accuracy", "final", "f1_au1", "f1_au2"].map((name) => metrics[name]?.value),
    [0.5, 0.75, 0.625, 0, 1],
  );
  assert.deepEqual([metrics.f1_au4?.value, metrics.f1_au4?.reason], [null, "no labelled sample"]);
  assert.equal((await scored({ threshold: 0.4 })).metrics.final?.value, 1);
});

test("abaw4-mtl: the challenge's own result file, and the table", async () => {
  const { "abaw4-mtl": mtl } = JSON.parse(await readFile(fixture, "utf8"));
  const data = join(folder, "mtl");
  await mkdir(data);
  await writeFile(join(data, "labels.csv"), mtl.labels["labels.csv"]);
  await writeFile(join(folder, "result.txt"), mtl.submission.text);
  await writeFile(join(folder, "result.csv"), mtl.predictions);
  const own = await evaluated({ subject: join(folder, "result.txt"), protocol: "abaw4-mtl", data });
  assert.ok(Math.abs(own.metrics.expression_f1!.value! - mtl.submission.expression_f1) < 1e-9);
  const table = await evaluated({ subject: join(folder, "result.csv"), protocol: "abaw4-mtl", data });
  assert.ok(Math.abs(table.metrics.p_mtl!.value! - mtl.metrics.p_mtl) < 1e-9);
});

test("a model of classes alone cannot answer, and is told what was expected", async () => {
  await assert.rejects(evaluated({ subject: "fake", protocol: "emotionet-2020", data: join(folder, "units") }), {
    code: "operations/cannot-answer",
    message: /AU1, AU2, AU4 \.\.\. AU56.*anger, happiness/,
  });
});

test("the list of protocols tells metrics, data, terms and published scores of each", async () => {
  const listed = new Map<string, { licence: string; rules: string[]; task: string; published: { source: string }[] }>();
  for await (const protocol of runOperation(protocols, {}, fakeContext())) {
    const told = protocols.output.parse(protocol);
    listed.set(told.id, told);
  }
  const ids = [
    "affectnet",
    "affectnet-va",
    "rafdb",
    "emotionet-2020",
    "abaw4-mtl",
    "abaw4-lsd",
    "disfa",
    "bp4d",
    "ckplus-au",
  ];
  for (const id of ids) {
    const protocol = listed.get(id);
    assert.ok(protocol && protocol.licence !== "" && protocol.rules.length > 1, id);
    assert.ok(protocol.published.every(({ source }) => source !== ""));
  }
  assert.equal(listed.get("abaw4-mtl")?.task, "multitask");
});
