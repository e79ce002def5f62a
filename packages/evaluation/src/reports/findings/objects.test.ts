// Expected values by hand: two pictures with cats and dogs, the IoU of each find as said beside it.
import assert from "node:assert/strict";
import { test } from "node:test";
import { protocolCases, readCase } from "../../protocols/cases.test.support.ts";
import { coco } from "../../protocols/coco/coco.ts";
import type { FoundObject, ObjectAnswers, ObjectsTest } from "../../protocols/protocol.ts";
import { filesInMemory } from "../../protocols/release-files.ts";
import type { ReportSection } from "../report-input.ts";
import { objectsSections } from "./objects.ts";
import { bestThreshold, envelopePoints } from "./rankings.ts";

const limits = { perCell: 1, cells: 1, mistakes: 9, minimum: 2 };
const options = { seed: 1, resamples: 20 };

const object = (image_id: number, category_id: number, bbox: readonly number[], iscrowd = 0) => ({
  image_id,
  category_id,
  bbox,
  area: bbox[2]! * bbox[3]!,
  iscrowd,
});
const truth = {
  images: [1, 2].map((id) => ({ id, file_name: `${id}.jpg`, width: 400, height: 300 })),
  categories: ["cat", "dog", "cow"].map((name, i) => ({ id: i + 1, name })),
  annotations: [
    object(1, 1, [0, 0, 40, 40]),
    object(1, 1, [100, 0, 80, 80]),
    object(1, 2, [200, 0, 40, 40]),
    object(2, 1, [0, 0, 100, 100]),
    object(2, 1, [200, 200, 20, 20]),
    object(2, 2, [300, 0, 90, 90], 1),
  ],
};
const find = (category: string, [x, y, width, height]: readonly [number, number, number, number], score: number) =>
  ({ category, box: { x, y, width, height }, score }) satisfies FoundObject;
const answers: ObjectAnswers = new Map([
  [
    "1",
    [
      find("cat", [0, 0, 40, 40], 0.9),
      find("cat", [0, 0, 40, 36], 0.85), // IoU 0.9: the same cat again
      find("cat", [110, 0, 80, 80], 0.7), // 70 / 90
      find("cat", [200, 0, 40, 40], 0.6), // on a dog
      find("cow", [350, 250, 20, 20], 0.55),
    ],
  ],
  [
    "2",
    [
      find("cat", [60, 0, 100, 100], 0.8), // 40 / 160 = 0.25: box off
      find("dog", [310, 0, 40, 40], 0.75), // in the crowd: neither way
      find("cat", [200, 200, 20, 20], 0.2),
    ],
  ],
]);
const read = async () =>
  (await coco.read(filesInMemory({ "annotations/instances_val.json": JSON.stringify(truth) }))) as ObjectsTest;

const sectionOf = <Kind extends ReportSection["kind"]>(
  sections: readonly ReportSection[],
  kind: Kind,
  title?: string,
) =>
  sections.find(
    (section) => section.kind === kind && (title === undefined || ("title" in section && section.title === title)),
  ) as Extract<ReportSection, { kind: Kind }>;

test("curves, thresholds, classes, missed objects and why finds are false", async () => {
  const from = await read();
  const scored = { test: from, answers, options, scores: from.score(answers, options) };
  const sections = objectsSections(scored, limits);
  // all finds: 0.9 hit, 0.85, 0.8 false, 0.7 hit, 0.6, 0.55 false, 0.2 hit, of 4 cats and a dog.
  // F1 of 2 hits and 2 falses: 4 / 9; of 3 hits and 4 falses: 6 / 12, which is larger
  const { series } = sectionOf(sections, "thresholds");
  assert.deepEqual(series[0]!.thresholds[series[0]!.start], 0.2);
  assert.deepEqual(
    [series[0]!.positives, series[0]!.hits[series[0]!.start], series[0]!.falses[series[0]!.start]],
    [5, 3, 4],
  );
  assert.deepEqual(
    series.map(({ name }) => name),
    ["all classes", "cat", "dog"],
  );
  const table = sectionOf(sections, "subgroups");
  assert.deepEqual(
    table.rows.map(({ name, count }) => [name, count]),
    [
      ["cat", 4],
      ["dog", 1],
    ],
  );
  const [ap50, ap] = table.columns;
  assert.ok(Math.abs(ap50!.overall - scored.scores.metrics.box_ap50!.value) < 1e-12);
  assert.ok(Math.abs(ap!.overall - scored.scores.metrics.box_ap!.value) < 1e-12);
  // cats of at least two objects alone: hits at precision 1, 2/4, 3/6 of 4
  const small = sectionOf(sections, "small-curves");
  assert.deepEqual(
    small.charts.map(({ name, points }) => [name, points]),
    [
      [
        "cat",
        [
          [0, 1],
          [0.25, 1],
          [0.25, 0.5],
          [0.5, 0.5],
          [0.5, 0.5],
          [0.75, 0.5],
          [0.75, 0],
        ],
      ],
    ],
  );
  const missed = sectionOf(sections, "mistakes", "Missed objects");
  assert.deepEqual(
    missed.pictures.map(({ sample, title, detail }) => [sample, title, ...detail]),
    [
      ["2", "cat", "100 x 100 px", "no find at any score"],
      ["1", "dog", "40 x 40 px", "no find at any score"],
    ],
  );
  const falses = sectionOf(sections, "mistakes", "False finds");
  assert.deepEqual(
    falses.pictures.map(({ title, detail }) => [title, ...detail]),
    [
      ["cat 0.850", "found twice"],
      ["cat 0.800", "box off, IoU 0.250"],
      ["cat 0.600", "labelled dog, IoU 1.00"],
      ["cow 0.550", "nothing labelled"],
    ],
  );
  // the box off shows the cat that it misses, and itself last
  assert.deepEqual(
    falses.pictures[1]!.marks?.map(({ role, subject = false }) => [role, subject]),
    [
      ["truth", false],
      ["answer", true],
    ],
  );
  const kinds = sectionOf(sections, "table").rows.map(({ cells }) => cells[0]!.text);
  assert.deepEqual(kinds, ["1", "1", "1", "1"]);
  const curves = sections.filter(({ kind }) => kind === "curve");
  assert.deepEqual(
    curves.map((section) => (section.kind === "curve" ? [section.title, section.lines.map(({ name }) => name)] : [])),
    [
      ["Precision and recall", ["all sizes", "small", "medium", "large"]],
      ["How close the finds lie", ["boxes"]],
    ],
  );
});

test("the matching of the report is that of the score: COCO with crowds and ties, VOC with difficult objects", async () => {
  for (const id of ["coco", "voc"] as const) {
    const from = (await readCase(id)) as ObjectsTest;
    const { predictions } = protocolCases[id];
    const [ending, name] = id === "coco" ? ([".json", "p.json"] as const) : ([".csv", "p.csv"] as const);
    const found = from.formats[ending]!.read([{ name, text: predictions }]);
    const { missed, metrics } = from.score(found, options);
    const pictures = from.match(found);
    const lost = pictures.flatMap(({ objects }) =>
      objects.filter(({ ignored, score }) => !ignored && score === Number.NEGATIVE_INFINITY),
    );
    assert.equal(lost.length, missed, id);
    const [first, ...others] = from.byClass(found, options);
    const mean =
      [first!, ...others].reduce((sum, { values }) => sum + Object.values(values)[0]!.value, 0) / (1 + others.length);
    const expected = (metrics.box_ap50 ?? metrics.map_area)!.value;
    assert.ok(Math.abs(mean - expected) < 1e-12, `${id}: ${mean}, ${expected}`);
    const { precision, byIou } = from.curves(found);
    assert.ok(Math.abs(precision[0]!.area - expected) < 1e-12);
    if (byIou) assert.ok(Math.abs(byIou[0]!.area - metrics.box_ap!.value) < 1e-12);
  }
});

test("no object to find: no section but the metrics; no find: nothing breaks", async () => {
  const bare = (await coco.read(
    filesInMemory({ "annotations/instances_val.json": JSON.stringify({ ...truth, annotations: [] }) }),
  )) as ObjectsTest;
  const empty = { test: bare, answers, options, scores: bare.score(answers, options) };
  assert.deepEqual(objectsSections(empty, limits), []);
  const from = await read();
  const silent = { test: from, answers: new Map(), options, scores: from.score(new Map(), options) };
  const sections = objectsSections(silent, limits);
  assert.equal(sectionOf(sections, "mistakes", "Missed objects").total, 5);
  assert.equal(sectionOf(sections, "mistakes", "False finds").total, 0);
});

test("the threshold of the best F1 never leaves out the find that it is of; envelopes fall from left to right", () => {
  assert.equal(bestThreshold({ positives: 1, hits: [0.350_496], falses: [] }), 0.3504);
  assert.equal(bestThreshold({ positives: 2, hits: [-1.234_56, -3], falses: [-2, -2.5, -2.6] }), -1.235);
  assert.equal(bestThreshold({ positives: 2, hits: [], falses: [] }), 0);
  assert.deepEqual(envelopePoints({ positives: 2, hits: [], falses: [1] }), []);
});
