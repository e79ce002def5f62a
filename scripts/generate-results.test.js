import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { test } from "node:test";
import { createBuilder, writeOnnx } from "@foveajs/graph";
import { documents, readCards, readLogs, resultsText, timesText } from "./generate-results.js";
import { compareDocument, withSection } from "./generated-section.js";

test("README.md and docs/training.md tell what models and logs tell", async () => {
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
