import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { test } from "node:test";
import { createBuilder, writeOnnx } from "@foveajs/graph";
import { cardResults } from "@foveajs/operations";
import {
  documents,
  readCards,
  readLogs,
  readRecorded,
  recordedText,
  resultsText,
  timesText,
} from "./generate-results.js";
import { compareDocument, withSection } from "./generated-section.js";
import { workspaceRoot } from "./workspace.js";

test("README.md, docs/results.md and docs/training.md tell what models, saved results and logs tell", async () => {
  for (const document of documents) {
    const { present, wanted } = await compareDocument(document);
    assert.equal(present, wanted, `${document.file} is out of date: run node scripts/generate-results.js`);
  }
});

/** A folder that is gone after the test. */
function emptyFolder(context) {
  const folder = mkdtempSync(path.join(tmpdir(), "fovea-results-"));
  context.after(() => rmSync(folder, { recursive: true }));
  return folder;
}

test("cards are read from model files and become a table; calibrated figures replace the others", (context) => {
  const folder = emptyFolder(context);
  const build = createBuilder();
  build.output(build.relu(build.input("x", [1])), "y");
  const results = [
    { data: "faces (9)", metric: "mood/accuracy", value: 0.25 },
    { data: "faces (9)", metric: "mood/ece", value: 0.5 },
    { data: "faces (9)", metric: "mood/calibrated_ece", value: 0.03125, interval: [0.01, 0.06] },
    { data: "faces (9)", metric: "mood/odd|name", value: 1 },
  ];
  const metadata = { "fovea.card": JSON.stringify({ summary: "Tells a mood.", results }) };
  writeFileSync(path.join(folder, "mood.onnx"), writeOnnx(build.build({ metadata })));
  writeFileSync(path.join(folder, "SHA256SUMS"), "not a model");
  const lines = resultsText(readCards(folder)).split("\n");
  assert.match(lines[0], /^\*\*mood\*\* \(0\.00 MB\)\. Tells a mood\.$/);
  assert.deepEqual(lines.slice(2), [
    "| measured on | metric | value | 95 % interval |",
    "| --- | --- | --- | --- |",
    "| faces (9) | mood: accuracy | 0.2500 |  |",
    "| faces (9) | mood: calibration error, ECE of 15 bins (less is better), after calibration | 0.0313 | 0.0100 to 0.0600 |",
    "| faces (9) | mood: `odd\\|name` | 1.0000 |  |",
  ]);
});

test("saved results become tables with what made them; lines of samples are passed over", (context) => {
  const folder = emptyFolder(context);
  assert.match(recordedText(readRecorded(folder)), /^No `results.jsonl`/);
  const result = {
    protocol: "ferplus",
    mode: "direct",
    split: { name: "valid", sha256: "a1", count: 12 },
    missed: 2,
    metrics: {
      accuracy: { value: 0.75, interval: [0.5, 1] },
      ece: { value: null, interval: [null, null], reason: "no probabilities" },
    },
    threshold: { value: 0.5, target: 0.1, reached: 0, split: { name: "dev", sha256: "b2", count: 3 } },
    leak_check: "passed",
    model: { name: "m", sha256: "c3", graph_sha256: "d4" },
    seed: 0,
    commit: "e5",
    command: "fovea evaluate m --protocol ferplus --data fer2013",
    machine: { cpu: "a cpu", cores: 2, platform: "linux x64", node: "20.19.0", device: "cpu, 1 thread" },
  };
  const lines = [result, { id: "a", unit: "a", values: {} }, { ...result, commit: null, threshold: undefined }];
  writeFileSync(path.join(folder, "results.jsonl"), lines.map((line) => `${JSON.stringify(line)}\n`).join(""));
  const [title, first, table, facts, second, ...rest] = recordedText(readRecorded(folder)).split("\n\n");
  assert.equal(title, `## ${path.basename(folder)}`);
  assert.equal(first, "**ferplus, valid** (12 samples, 2 missed), direct");
  assert.equal(second, first);
  assert.deepEqual(table.split("\n").slice(2), [
    "| accuracy | 0.7500 | 0.5000 to 1.0000 |",
    "| calibration error, ECE of 15 bins (less is better) | undefined | no probabilities |",
  ]);
  assert.deepEqual(facts.split("\n"), [
    "- command: `fovea evaluate m --protocol ferplus --data fer2013`",
    "- code: commit `e5`",
    "- machine: a cpu, 2 cores, linux x64, Node 20.19.0, on cpu, 1 thread",
    "- split: SHA-256 `a1`",
    "- model: SHA-256 `d4`, of the file without its metadata",
    "- leak check: passed",
    "- threshold: 0.5000, chosen on dev for at most 0.1 false positives",
  ]);
  assert.match(rest.at(-1), /- code: not in its repository\n/);
});

test("cards hold the saved results beside the recipe, and nothing else", () => {
  const cards = new Map(readCards(path.join(workspaceRoot, "models")).map(({ name, card }) => [name, card]));
  for (const { name, results } of readRecorded(path.join(workspaceRoot, "recipes"))) {
    assert.deepEqual(cards.get(name)?.results, results.flatMap(cardResults), `${name}: run fovea models results`);
  }
});

test("no models and no finished run are said, not left out", (context) => {
  const folder = emptyFolder(context);
  assert.match(resultsText(readCards(folder)), /No model/);
  assert.match(resultsText(readCards(path.join(folder, "absent"))), /No model/);
  writeFileSync(path.join(folder, "events.jsonl"), '{"type":"start","parameters":5,"steps":2,"device":"cpu"}\n');
  assert.match(timesText(readLogs(folder)), /No log/);
});

test("a finished run is told by its last start and its done", (context) => {
  const folder = emptyFolder(context);
  const start = { type: "start", parameters: 5, steps: 2, device: "cpu, 2 threads" };
  const events = [start, { ...start, device: "cpu, 1 thread" }, { type: "done", seconds: 3 * 3600 + 7 * 60 + 59 }];
  writeFileSync(path.join(folder, "events.jsonl"), events.map((event) => `${JSON.stringify(event)}\n`).join(""));
  const row = `| ${path.basename(folder)} | 5 | 2 | cpu, 1 thread | 3 h 07 min |`;
  assert.equal(timesText(readLogs(folder)).split("\n").at(-1), row);
});

test("a section is replaced between its markers, which must stand once", () => {
  assert.equal(withSection("a <!-- x -->old<!-- /x --> b", "x", "new"), "a <!-- x -->\n\nnew\n\n<!-- /x --> b");
  for (const text of ["", "<!-- x -->", "<!-- /x --><!-- x -->", "<!-- x --><!-- x --><!-- /x -->"]) {
    assert.throws(() => withSection(text, "x", ""), { code: "setup/no-section" });
  }
});
