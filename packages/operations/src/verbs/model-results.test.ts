import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { cp, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { fileURLToPath } from "node:url";
import { readOnnx, withoutMetadata } from "@foveajs/graph";
import { readModelCard } from "@foveajs/vision";
import { runOperation } from "../operation.ts";
import { fakeContext } from "./fake-context.test.support.ts";
import { writeModelResults } from "./model-results.ts";

const shipped = fileURLToPath(new URL("../../../../models/expression.onnx", import.meta.url));
const needsModel = { skip: !existsSync(shipped) && `not here: ${shipped}` };
const sha256 = (data: Uint8Array) => createHash("sha256").update(data).digest("hex");

let folder = "";
before(async () => {
  folder = await mkdtemp(join(tmpdir(), "fovea-results-"));
});
after(() => rm(folder, { recursive: true }));

const line = (graph: string | undefined, change: Record<string, unknown> = {}) =>
  `${JSON.stringify({
    protocol: "ferplus",
    mode: "direct",
    split: { name: "valid", sha256: "a".repeat(64), count: 12 },
    metrics: {
      accuracy: { value: 0.75, interval: [0.5, 1] },
      ece: { value: 0.125, interval: [null, null], reason: "one unit" },
      nll: { value: null, interval: [null, null], reason: "infinite" },
    },
    model: { name: "m", sha256: "b".repeat(64), ...(graph === undefined ? {} : { graph_sha256: graph }) },
    seed: 0,
    ...change,
  })}\n`;

async function write(input: Record<string, unknown>) {
  for await (const result of runOperation(writeModelResults, input, fakeContext())) {
    return writeModelResults.output.parse(result);
  }
  throw new Error("no result");
}

test(
  "results go into the card; the graph and all else stay byte for byte; SHA256SUMS follows",
  needsModel,
  async () => {
    const path = join(folder, "m.onnx");
    await cp(shipped, path);
    const before = await readFile(path);
    const graph = sha256(withoutMetadata(before));
    const sums = (hash: string) => `${"0".repeat(64)}  other.onnx\n${hash}  m.onnx\n`;
    await writeFile(join(folder, "SHA256SUMS"), sums(sha256(before)));
    await writeFile(join(folder, "r.jsonl"), line(graph) + line(graph, { mode: "end_to_end", metrics: {} }));
    const told = await write({ model: "m", results: join(folder, "r.jsonl"), models: folder });
    const after = await readFile(path);
    const results = [
      { data: "ferplus, valid (12), direct", metric: "accuracy", value: 0.75, interval: [0.5, 1] },
      { data: "ferplus, valid (12), direct", metric: "ece", value: 0.125 },
    ];
    assert.deepEqual(told, {
      name: "m",
      path,
      sha256: sha256(after),
      graph_sha256: graph,
      results,
      checksums: join(folder, "SHA256SUMS"),
    });
    const { results: _, ...card } = readModelCard(before, "m");
    assert.deepEqual(readModelCard(after, "m"), { ...card, results });
    assert.deepEqual(withoutMetadata(after), withoutMetadata(before));
    assert.deepEqual(Object.keys(readOnnx(after).metadata), Object.keys(readOnnx(before).metadata));
    assert.equal(await readFile(join(folder, "SHA256SUMS"), "utf8"), sums(told.sha256));
    // once more: the same bytes
    await write({ model: path, results: join(folder, "r.jsonl") });
    assert.deepEqual(await readFile(path), after);
    assert.deepEqual((await readdir(folder)).sort(), ["SHA256SUMS", "m.onnx", "r.jsonl"]);
  },
);

test("results of another model, or that do not say of which, are refused and change nothing", needsModel, async () => {
  const path = join(folder, "n.onnx");
  await cp(shipped, path);
  const before = await readFile(path);
  for (const [graph, received] of [
    ["c".repeat(64), /line|result 2 .* received ccc/],
    [undefined, /received none/],
  ] as const) {
    await writeFile(join(folder, "other.jsonl"), line(sha256(withoutMetadata(before))) + line(graph));
    await assert.rejects(write({ model: path, results: join(folder, "other.jsonl") }), {
      code: "operations/results-of-other-model",
      message: received,
    });
  }
  assert.deepEqual(await readFile(path), before);
});

test("a result of the pictures that a model was not trained on says so in the card", needsModel, async () => {
  const path = join(folder, "rest.onnx");
  await cp(shipped, path);
  const split = { name: "train, 12 of 40 not trained on", sha256: "a".repeat(64), count: 12 };
  const change = { split, leak_check: "left out 28" };
  await writeFile(join(folder, "rest.jsonl"), line(sha256(withoutMetadata(await readFile(path))), change));
  await write({ model: path, results: join(folder, "rest.jsonl") });
  const [result] = readModelCard(await readFile(path), "rest").results;
  assert.equal(result?.data, "ferplus, train, 12 of 40 not trained on (12), direct");
});

test("a folder whose SHA256SUMS does not list the file keeps it", needsModel, async () => {
  const path = join(folder, "unlisted.onnx");
  await cp(shipped, path);
  await writeFile(join(folder, "SHA256SUMS"), "nonsense\n");
  await writeFile(join(folder, "r.jsonl"), line(sha256(withoutMetadata(await readFile(path)))));
  assert.equal((await write({ model: path, results: join(folder, "r.jsonl") })).checksums, null);
  assert.equal(await readFile(join(folder, "SHA256SUMS"), "utf8"), "nonsense\n");
});
