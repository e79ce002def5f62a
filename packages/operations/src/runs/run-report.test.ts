// Expected values by hand from made-run.test.support.ts.
import assert from "node:assert/strict";
import { rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { after, before, test } from "node:test";
import type { ReportSection } from "@foveajs/evaluation";
import { madeDone, madeEvents, makeRun } from "./made-run.test.support.ts";
import { type MeasuredEpochs, type MeasuredRun, measureRun } from "./measured-run.ts";
import { readRun } from "./run-record.ts";
import { runReport } from "./run-report.ts";

let made: Awaited<ReturnType<typeof makeRun>>;
let run: MeasuredRun;
const known: MeasuredEpochs = new Map();
before(async () => {
  made = await makeRun();
  run = await measureRun(await readRun(made.run), known);
});
after(() => made.remove());

const sectionsOf = (id: string) => runReport(run, { state: "stopped" }).runs.find((part) => part.id === id)!.sections;
const sectionOf = <Kind extends ReportSection["kind"]>(id: string, kind: Kind, title?: string) =>
  sectionsOf(id).find(
    (section): section is Extract<ReportSection, { kind: Kind }> =>
      section.kind === kind && (title === undefined || ("title" in section && section.title === title)),
  )!;
const plain = (text: string) => text.replaceAll("\u00a0", " ");

test("each epoch is measured once: its loss, its metrics, and both halves", async () => {
  const course = run.courses.find(({ task }) => task.name === "numbers")!;
  // squares of 1, 0.5 and 2
  assert.deepEqual(course.validationLoss, [1, 0.25, 4]);
  assert.deepEqual(course.trainingLoss, [0.25, 0.25, 0.25]);
  assert.equal(course.samples, 8);
  const kind = run.courses.find(({ task }) => task.name === "kind")!;
  assert.deepEqual(kind.main!.all, [0.5, 0.75, 1]);
  kind.main!.all.forEach((value, epoch) => {
    const [first, second] = kind.main!.halves.map((half) => half[epoch]!);
    assert.equal((first! + second!) / 2, value);
  });
  // what is known is not read again
  await rm(join(made.run, "predictions", "epoch-001.json"));
  const again = await measureRun({ ...run.record, predicted: [1, 2, 3] }, known);
  assert.deepEqual(again.courses, run.courses);
});

test("how it stands: state, times, peak of the memory, all tasks", () => {
  const { figures } = sectionOf("training", "figures");
  const told = Object.fromEntries(figures.map(({ name, value }) => [name, value]));
  assert.deepEqual(told, {
    state: "stopped",
    "whole epochs": "3 of 4",
    "time left": "2 min 0 s",
    pace: "100/s",
    parameters: "1,234",
    samples: "8",
    "peak memory": "1.50 GB",
  });
  const { rows } = sectionOf("training", "table");
  assert.deepEqual(
    rows.map(({ name }) => name),
    ["kind", "parts", "numbers", "grade", "points"],
  );
  const numbers = rows[2]!.cells.map(({ text }) => text);
  assert.deepEqual(numbers, ["8", "CCC size 0.500, MAE size 2.00 (0.500)", "0.2500", "4.0000"]);
  const time = sectionOf("training", "curve", "Time of an epoch");
  assert.deepEqual(
    time.lines.map(({ name, points }) => [name, points.at(-1)]),
    [
      ["computation", [3, 7]],
      ["validation", [3, 2]],
      ["the rest", [3, 1]],
    ],
  );
});

test("the heat map: the logarithm of validation over training loss, dots at best epochs, the common one framed", () => {
  const map = sectionOf("moments", "heat-map");
  assert.deepEqual(map.columns, ["1", "2", "3"]);
  const numbers = map.rows.find(({ name }) => name === "numbers")!;
  // 1, 0.25 and 4 over 0.25
  assert.deepEqual(
    numbers.cells.map(({ value }) => Number(value.toFixed(6))),
    [Math.log(4), 0, Math.log(16)].map((value) => Number(value.toFixed(6))),
  );
  assert.equal(numbers.cells[2]!.told, "validation 4.0000, training 0.2500, ratio 16.0");
  // smoothed accuracies 0.625, 0.75, 0.875: the last; constant metrics: the first
  assert.deepEqual(
    map.rows.map(({ name, marked }) => [name, marked]),
    [
      ["kind", 2],
      ["parts", 0],
      ["numbers", 0],
      ["grade", 0],
      ["points", 0],
    ],
  );
  // only one task has a preference
  assert.equal(map.guide, 2);
});

test("gains and thresholds in numbers", () => {
  const gains = sectionOf("moments", "table", "What choosing for each task would gain");
  const kind = gains.rows[0]!.cells.map(({ text }) => plain(text));
  assert.deepEqual(kind.slice(0, 4), ["accuracy", "3", "100.0 %", "100.0 %"]);
  assert.equal(kind[4], "±0.00");
  const thresholds = sectionOf("moments", "table", "Thresholds");
  const parts = thresholds.rows.find(({ name }) => name === "parts: wheel")!.cells.map(({ text }) => plain(text));
  // 0.38 with a wheel, 0.27 without: 0.5 finds none, 0.35 all; both halves agree
  assert.deepEqual(parts, ["4 of 8", "0.35", "0.35 / 0.35", "0.0 %", "100.0 %", "100.0 %", "+100.00"]);
  assert.equal(thresholds.rows.find(({ name }) => name === "parts: wing")!.cells[0]!.text, "0 of 1");
  // it says what to do with one
  assert.match(thresholds.summary, /recipe's task \(thresholds: .* threshold: /);
});

test("each kind of task shows what it has", () => {
  const kinds = (id: string) => sectionsOf(id).map((section) => section.kind);
  assert.deepEqual(kinds("task-kind"), [
    "curve",
    "curve",
    "confusion",
    "mistakes",
    "reliability",
    "thresholds",
    "subgroups",
  ]);
  assert.deepEqual(kinds("task-parts"), ["curve", "curve", "thresholds", "mistakes"]);
  assert.deepEqual(kinds("task-numbers"), ["curve", "curve", "scatter", "mistakes"]);
  assert.deepEqual(kinds("task-grade"), ["curve", "curve", "confusion", "mistakes", "subgroups"]);
  assert.deepEqual(kinds("task-points"), ["curve", "curve", "curve", "mistakes"]);
});

test("mistakes: the largest first, with what is labelled", () => {
  const numbers = sectionOf("task-numbers", "mistakes");
  assert.equal(numbers.total, 8);
  assert.deepEqual(numbers.pictures[0]!.detail, ["labelled: 0.00"]);
  const [worst] = sectionOf("task-points", "mistakes").pictures;
  // a tenth of the input over a distance of 0.4 between the eyes
  assert.deepEqual([worst!.sample, plain(worst!.title)], ["made/s1", "error 25.0 %"]);
  assert.deepEqual(worst!.region, { x: 0, y: 0, width: 32, height: 32 });
  const wheels = sectionOf("task-parts", "mistakes");
  assert.equal(wheels.total, 4);
  assert.deepEqual(wheels.pictures[0]!.detail, ["labelled: there"]);
  // "low" is told "middle" throughout
  const grades = sectionOf("task-grade", "confusion");
  assert.deepEqual(
    grades.cells.map((row) => row.map(({ count }) => count)),
    [
      [0, 4, 0],
      [0, 0, 0],
      [0, 0, 4],
    ],
  );
});

test("the finished model: what calibration changed, and nothing that it did not", async () => {
  const finished = await makeRun([...madeEvents, madeDone]);
  await writeFile(join(finished.run, "metrics.json"), JSON.stringify(madeDone.metrics));
  const report = runReport(await measureRun(await readRun(finished.run)), { state: "done" });
  const table = report.runs[0]!.sections.find((section) => section.kind === "table")!;
  assert.ok(table.kind === "table");
  assert.equal(table.columns.at(-1)!.name, "finished, calibrated");
  assert.deepEqual(
    table.rows.map(({ cells }) => cells.at(-1)!.text),
    ["NLL 0.200", "", "", "", ""],
  );
  await finished.remove();
});

test("a finished run tells its model, and a run before its first epoch has a report too", async () => {
  const finished = await makeRun([...madeEvents, madeDone]);
  const report = runReport(await measureRun(await readRun(finished.run)), { state: "done" });
  assert.ok(report.facts.some(({ name, value }) => name === "model" && value === "runs/made/made.onnx"));
  const [figures] = report.runs[0]!.sections;
  assert.ok(
    figures!.kind === "figures" &&
      figures.figures.some(({ name, value }) => name === "time in all" && value === "45 s"),
  );
  await finished.remove();
  const short = await makeRun(madeEvents.slice(0, 4));
  const first = runReport(await measureRun(await readRun(short.run)), { state: "running" });
  const loss = first.runs.find(({ id }) => id === "task-kind")!.sections[0]!;
  // one epoch makes no line
  assert.ok(
    loss.kind === "curve" && loss.points.some(({ label, x, y }) => label === "training" && x === 1 && y === 0.5),
  );
  await short.remove();
  const early = await makeRun(madeEvents.slice(0, 2));
  const { runs } = runReport(await measureRun(await readRun(early.run)), { state: "running" });
  assert.deepEqual(runs.map(({ id }) => id).slice(0, 2), ["training", "task-kind"]);
  await early.remove();
});
