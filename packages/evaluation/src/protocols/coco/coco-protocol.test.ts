// Expected scores from fixtures/coco/reference.py (pycocotools 2.0.11); the others by hand.
import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { maskPixels } from "../../metrics/coco/mask-format.ts";
import { fixtureNumbers, fixtureRelease, fixtureTexts } from "../fixture.test.support.ts";
import type { ObjectsTest } from "../protocol.ts";
import { filesInMemory } from "../release-files.ts";
import { coco } from "./coco.ts";
import { maskOf } from "./regions.ts";

interface Row {
  readonly image_id: number;
  readonly category_id: number;
  readonly bbox?: readonly number[];
  readonly segmentation?: unknown;
  readonly score: number;
}

const texts = fixtureTexts("coco");
const rows = JSON.parse(texts["results.json"]!) as readonly Row[];
const file = "annotations/instances_val.json";
const truth = JSON.parse(texts[file]!);
const options = { seed: 1, resamples: 60 };

const read = async (changed: object = {}) =>
  (await coco.read(fixtureRelease("coco", { [file]: JSON.stringify({ ...truth, ...changed }) }))) as ObjectsTest;
const fromText = (from: ObjectsTest, text: string) =>
  from.score(from.formats[".json"]!.read([{ name: "p.json", text }]), options);
const score = (from: ObjectsTest, results: readonly unknown[]) => fromText(from, JSON.stringify(results));
const valuesOf = ({ metrics }: ReturnType<typeof score>, region = "") =>
  Object.fromEntries(
    Object.entries(metrics)
      .filter(([name]) => name.startsWith(region))
      .map(([name, { value }]) => [name, value]),
  );

test("the twelve numbers of boxes and of masks as of pycocotools, within 1e-12", async () => {
  const from = await read();
  assert.deepEqual([from.split.name, from.split.count, from.classes.length], ["val", 6, 4]);
  const scores = score(from, rows);
  const expected = fixtureNumbers("coco");
  assert.deepEqual(Object.keys(scores.metrics), Object.keys(expected));
  for (const [name, { value, interval }] of Object.entries(scores.metrics)) {
    assert.ok(Math.abs(value - expected[name]!) < 1e-12, `${name}: ${value}, expected ${expected[name]}`);
    assert.ok(interval[0] <= value && value <= interval[1], `${name}: ${value} in ${interval}`);
  }
});

test("boxes alone leave masks undefined, by results or by a table; masks alone have the boxes around them", async () => {
  const from = await read();
  const whole = score(from, rows);
  const boxes = score(
    from,
    rows.map(({ segmentation, ...row }) => row),
  );
  const table = from.score(from.formats[".csv"]!.read([{ name: "p.csv", text: texts["finds.csv"]! }]), options);
  for (const scores of [boxes, table]) {
    assert.deepEqual(valuesOf(scores, "box"), valuesOf(whole, "box"));
    assert.match(scores.metrics.mask_ap!.reason!, /without masks/);
  }
  const masks = score(
    from,
    rows.map(({ bbox, ...row }) => row),
  );
  assert.deepEqual(valuesOf(masks), valuesOf(whole));
});

test("the order of pictures changes nothing, nor that of annotations and finds where no two are equal", async () => {
  const { images, annotations } = truth;
  const distinct = rows.map((row, i) => ({ ...row, score: row.score + i / 1e6 }));
  const once = await read();
  const turned = await read({ images: [...images].reverse(), annotations: [...annotations].reverse() });
  assert.deepEqual(turned.split, once.split);
  assert.equal(JSON.stringify(score(turned, [...distinct].reverse())), JSON.stringify(score(once, distinct)));
});

test("no finds miss every object but crowds; the annotations as finds miss none and score full marks", async () => {
  const from = await read();
  const silent = score(from, []);
  const real = truth.annotations.filter(({ iscrowd }: { iscrowd: number }) => iscrowd === 0);
  assert.ok(real.length < truth.annotations.length);
  assert.deepEqual([silent.missed, silent.metrics.box_ap!.value, silent.metrics.mask_ap!.value], [real.length, 0, 0]);
  const perfect = score(
    from,
    real.map((row: Row, i: number) => ({ ...row, score: 1 - i / 1000 })),
  );
  assert.equal(perfect.missed, 0);
  for (const name of ["box_ap", "mask_ap", "box_ar100", "mask_ar_small"]) {
    assert.ok(Math.abs(perfect.metrics[name]!.value - 1) < 1e-12, name);
  }
  const bare = await read({ annotations: [] });
  assert.equal(score(bare, rows).metrics.box_ap!.reason, "no objects to find");
});

test("planted results are refused by file and row", async () => {
  const from = await read();
  const [first = {}, second = {}] = rows as readonly object[];
  const refused = (row: object, code: string, message: RegExp) =>
    assert.throws(() => score(from, [first, { ...second, ...row }]), { code: `evaluation/${code}`, message });
  refused({ image_id: 7 }, "unknown-image", /^p.json, row 1: .*"7"/);
  refused({ image_id: "139" }, "json-format", /row 1, image_id: .*received "139"/);
  refused({ category_id: 2 }, "json-format", /row 1, category_id/);
  refused({ score: "high" }, "json-format", /row 1, score/);
  refused({ score: null }, "json-format", /row 1, score/);
  refused({ bbox: [1, 2, -3, 4] }, "json-format", /row 1, bbox: .*at least 0, received -3/);
  refused({ bbox: [1, 2, 3] }, "json-format", /four numbers/);
  refused({ segmentation: null }, "json-format", /row 1: expected bbox and segmentation/);
  refused({ segmentation: { size: [3, 3], counts: "1" } }, "json-format", /\[200, 240\], that of the picture/);
  refused({ segmentation: { size: [200, 240], counts: [5, 5] } }, "bad-mask", /row 1, segmentation/);
  refused({ segmentation: { size: [200, 240], counts: "\n" } }, "bad-mask", /row 1, segmentation, counts, character 0/);
  refused({ segmentation: [[1, 2, 3, 4]] }, "json-format", /polygon 0/);
  const text = JSON.stringify([first]);
  for (const number of ["NaN", "Infinity"]) {
    assert.throws(() => fromText(from, text.replace(/"score":[^}]+/, `"score":${number}`)), {
      code: "evaluation/json-format",
    });
  }
  assert.throws(() => fromText(from, text.replace(/"score":[^}]+/, `"score":1e999`)), /row 0, score: .*Infinity/);
  assert.throws(() => fromText(from, "{}"), { code: "evaluation/json-format", message: /a list, received \{\}/ });
});

test("a part of another size, strange parts and planted labels are refused", async () => {
  const official = filesInMemory({ "annotations/instances_val2017.json": texts[file]! });
  await assert.rejects(async () => coco.read(official), {
    code: "evaluation/split-mismatch",
    message: /coco, part val2017: expected the 5000 samples .* received 6/,
  });
  await assert.rejects(async () => coco.read(fixtureRelease("coco"), { part: "test" }), {
    code: "evaluation/unknown-part",
    message: /only those of val\./,
  });
  const [annotation] = truth.annotations;
  const planted = (change: object) => read({ annotations: [{ ...annotation, ...change }] });
  await assert.rejects(planted({ image_id: 7 }), { code: "evaluation/unknown-image" });
  await assert.rejects(planted({ category_id: 7 }), /annotation 0: expected a category_id/);
  await assert.rejects(planted({ area: -1 }), /area: expected a finite number of at least 0/);
  await assert.rejects(planted({ iscrowd: 2 }), /iscrowd 0 or 1/);
  await assert.rejects(read({ images: [...truth.images, truth.images[0]] }), { code: "evaluation/repeated-image" });
  await assert.rejects(read({ categories: [...truth.categories, truth.categories[0]] }), /each category once/);
  // two annotations that change places are one split, a moved box is another
  assert.notEqual((await planted({ area: annotation.area + 1 })).split.sha256, (await planted({})).split.sha256);
});

test("one mask in its three forms: polygons, counts, and counts as text", () => {
  const size = { height: 4, width: 5 };
  // columns 1 and 2 of rows 1 and 2; text by pycocotools 2.0.11
  const forms = [
    [[1, 1, 3, 1, 3, 3, 1, 3]],
    { size: [4, 5], counts: [5, 2, 2, 2, 9] },
    { size: [4, 5], counts: "52207" },
  ];
  const pixels = forms.map((form) => [...maskPixels(maskOf(form, size, "mask"))].join(""));
  assert.deepEqual(pixels, Array(3).fill("00000011000110000000"));
});

const shared = process.env.FOVEA_SHARED ?? fileURLToPath(new URL("../../../../../../shared", import.meta.url));
const mini = join(shared, "data", "coco_mini");

test("the packed part of COCO: its annotations as finds", {
  skip: !existsSync(mini) && `not here: ${mini}`,
}, async () => {
  const names = readdirSync(mini, { recursive: true, encoding: "utf8" });
  const files = {
    name: mini,
    names: async () => names,
    text: async (name: string) => readFileSync(join(mini, name), "utf8"),
  };
  const from = (await coco.read(files)) as ObjectsTest;
  assert.deepEqual([from.split.name, from.split.count, from.classes.length], ["train", 130, 80]);
  assert.ok(from.samples.every(({ picture }) => "file" in picture && names.includes(picture.file)));
  const { annotations } = JSON.parse(readFileSync(join(mini, "annotations/instances_train.json"), "utf8"));
  const finds = annotations
    .filter(({ iscrowd }: { iscrowd: number }) => iscrowd === 0)
    .map((row: object, i: number) => ({ ...row, score: 1 - i / 1e5 }));
  const text = JSON.stringify(finds);
  const scores = from.score(from.formats[".json"]!.read([{ name: "p.json", text }]), { seed: 0, resamples: 1 });
  assert.equal(scores.missed, 0);
  assert.ok(Math.abs(scores.metrics.box_ap!.value - 1) < 1e-9 && Math.abs(scores.metrics.mask_ap!.value - 1) < 1e-9);
});
