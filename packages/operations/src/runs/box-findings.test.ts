// Expected values by hand from made-boxes.test.support.ts.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { after, before, test } from "node:test";
import type { ReportSection } from "@foveajs/evaluation";
import { makeBoxesRun, pictureIds } from "./made-boxes.test.support.ts";
import { type MeasuredRun, measureRun } from "./measured-run.ts";
import { readRun } from "./run-record.ts";
import { runReport } from "./run-report.ts";
import { createRunReporter } from "./run-reporter.ts";

let made: Awaited<ReturnType<typeof makeBoxesRun>>;
let run: MeasuredRun;
before(async () => {
  made = await makeBoxesRun();
  run = await measureRun(await readRun(made.run));
});
after(() => made.remove());

const sectionOf = <Kind extends ReportSection["kind"]>(id: string, kind: Kind, title?: string) =>
  runReport(run, { state: "stopped" })
    .runs.find((part) => part.id === id)!
    .sections.find(
      (section): section is Extract<ReportSection, { kind: Kind }> =>
        section.kind === kind && (title === undefined || ("title" in section && section.title === title)),
    )!;
const plain = (text: string) => text.replaceAll("\u00a0", " ");

test("the kept finds are measured as the trainer measures them, halves included", () => {
  const [course] = run.courses;
  assert.equal(course!.samples, 4);
  assert.deepEqual(course!.main!.all, [0.5, 0.75, 0.6]);
  assert.ok(course!.validationLoss.every(Number.isNaN));
  // two pictures in each half, both with cups
  for (const half of course!.main!.halves)
    assert.ok(
      half.every((value) => value >= 0 && value <= 1),
      half.join(" "),
    );
});

test("precision and recall of all finds, each class by itself; what lies in a crowd counts neither way", () => {
  const curve = sectionOf("task-things", "curve", "Precision and recall");
  // by score: plate 0.95, cup 0.9, cup 0.8, nothing 0.8, cup 0.7, plate told a cup 0.65; six to find
  const expected = [
    [1 / 6, 1],
    [2 / 6, 1],
    [3 / 6, 3 / 4],
    [4 / 6, 4 / 5],
    [4 / 6, 4 / 6],
  ];
  assert.deepEqual(curve.lines[0]!.points, expected);
  // cups: three of four found before anything false; plates: one of two
  assert.equal(plain(curve.readings[0]!.value), "62.5 %");
  assert.deepEqual([curve.points[0]!.x, curve.points[0]!.y], [4 / 6, 4 / 6]);
  const classes = sectionOf("task-things", "table", "By class");
  assert.deepEqual(
    classes.rows.map(({ name, cells }) => [name, ...cells.map(({ text }) => plain(text))]),
    [
      ["cup", "4", "75.0 %", "75.0 %", "1"],
      ["plate", "2", "50.0 %", "50.0 %", "1"],
    ],
  );
});

test("missed objects the tallest first, false finds the surest first, each with its box", () => {
  const missed = sectionOf("task-things", "mistakes", "Missed objects");
  assert.deepEqual(
    missed.pictures.map(({ sample, title, detail }) => [sample, title, detail[0]]),
    [
      [pictureIds[3], "cup, 40 px tall", "no find at any score"],
      [pictureIds[0], "plate, 20 px tall", "no find at any score"],
    ],
  );
  const [first] = missed.pictures;
  assert.deepEqual(first!.marks!.at(-1), {
    role: "truth",
    box: { x: 10, y: 10, width: 20, height: 40 },
    subject: true,
  });
  const falses = sectionOf("task-things", "mistakes", "False finds");
  assert.deepEqual(
    falses.pictures.map(({ sample, title }) => [sample, title]),
    [
      [pictureIds[2], "plate, score 0.800"],
      [pictureIds[0], "cup, score 0.650"],
    ],
  );
  const heights = sectionOf("task-things", "subgroups");
  assert.deepEqual(
    heights.rows.map(({ name, count, values }) => [name, count, values[0]!.value]),
    [
      ["16 to 32 px", 2, 1 / 2],
      ["32 to 64 px", 4, 3 / 4],
    ],
  );
});

test("the moments map of a detector is of its metric, as a share of the last", () => {
  const map = sectionOf("moments", "heat-map");
  assert.equal(map.title, "mAP50 against the last epoch");
  const [row] = map.rows;
  assert.deepEqual(
    row!.cells.map(({ value }) => Number(value.toFixed(6))),
    [-1 / 6, 0.25, 0].map((value) => Number(value.toFixed(6))),
  );
  assert.equal(plain(row!.cells[1]!.told), "mAP50 75.0 %, +25.00 % of the last");
  // smoothed: 0.625, 0.6, 0.675
  assert.deepEqual([row!.marked, map.guide], [2, 2]);
  const gains = sectionOf("moments", "table", "What choosing for each task would gain");
  assert.equal(gains.rows.length, 1);
});

test("a page with cut-outs of whole pictures", async () => {
  const image = { width: 100, height: 100, order: "gray", data: new Uint8Array(10_000) } as const;
  const sizes: string[] = [];
  const { path, pictures } = await createRunReporter({
    parts: {
      validationPictures: async () => async () => image,
      encodeImage: async ({ width, height }) => {
        sizes.push(`${width} x ${height}`);
        return new TextEncoder().encode("x");
      },
    },
  }).write(made.run, { detail: "whole", now: Date.now() });
  // the plate that was told a cup is missed and a false find, in one cut-out; none is the whole picture
  assert.equal(pictures, 3);
  assert.ok(sizes.length === 3 && !sizes.includes("100 x 100"), sizes.join());
  const page = await readFile(path, "utf8");
  assert.doesNotMatch(page, /NaN|undefined|\[object|https?:/);
  assert.match(page, /Missed objects/);
});
