// References: pycocotools 2.0.11 (fixtures/coco.py). Cells of precision and recall are compared by the SHA-256 of their
// bytes, so to the bit; 1e-12 where means of thousands of them are summed in another order.
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { test } from "node:test";
import fc from "fast-check";
import { cocoCurves, sortCategories } from "./accumulate.ts";
import {
  cocoBoxAveragePrecision,
  cocoBoxAverageRecall,
  cocoMaskAveragePrecision,
  cocoMaskAverageRecall,
  cocoSummary,
} from "./coco.ts";
import { fixture, fixtureImages, type Row } from "./fixture.test.support.ts";
import { areaNames, type CocoEntry } from "./matching.ts";

const box = { metric: cocoBoxAveragePrecision(), images: fixtureImages(({ box }: Row) => box) };
const mask = { metric: cocoMaskAveragePrecision(), images: fixtureImages(({ mask }: Row) => mask) };
const entries = {
  box: box.metric.update(box.metric.empty(), box.images),
  mask: mask.metric.update(mask.metric.empty(), mask.images),
};

for (const kind of ["box", "mask"] as const) {
  const expected = fixture.expected[kind];

  test(`${kind}: every cell of precision and recall is pycocotools', to the bit`, () => {
    const { precision, recall } = cells(entries[kind]);
    assert.equal(sha256(recall), expected.recall_sha256);
    assert.equal(sha256(precision), expected.precision_sha256);
  });

  test(`${kind}: the twelve numbers are pycocotools'`, () => {
    Object.values(cocoSummary(entries[kind])).forEach(({ value }, i) => {
      close(value, expected.stats[i]);
    });
  });
}

test("the AP of categories is pycocotools'; one without objects is undefined, with a reason", () => {
  const found = box.metric.perClass!(entries.box);
  assert.deepEqual(
    found.map((category) => category.class),
    fixture.categories,
  );
  found.forEach(({ value, reason }, i) => {
    const expected = fixture.expected.box.ap_by_category[i];
    if (expected >= 0) close(value, expected);
    else assert.match(reason!, /^no objects/);
  });
});

test("a metric reads the number that its options name", () => {
  const { stats } = fixture.expected.mask;
  const read = (metric: typeof mask.metric, at: number) => close(metric.compute(entries.mask).value, stats[at]);
  read(cocoMaskAveragePrecision({ iou: 0.75 }), 2);
  read(cocoMaskAveragePrecision({ area: "medium" }), 4);
  read(cocoMaskAverageRecall({ maxDetections: 10 }), 7);
  read(cocoMaskAverageRecall({ area: "small" }), 9);
  assert.equal(cocoMaskAverageRecall({ area: "small", maxDetections: 10 }).name, "coco_mask_ar_small_top10");
  assert.equal(cocoBoxAverageRecall().name, "coco_box_ar");
});

test("the order of pictures changes nothing, nor do categories that nobody annotated", () => {
  const shuffled = [...box.images].reverse();
  assert.deepEqual(cells(box.metric.update(box.metric.empty(), shuffled)), cells(entries.box));
  const strange = { category: 999, region: { x: 0, y: 0, width: 9, height: 9 }, score: 1 };
  const more = box.images.map((image) => ({ ...image, detections: [...image.detections, strange] }));
  const { value } = box.metric.compute(box.metric.update(box.metric.empty(), more));
  close(value, fixture.expected.box.stats[0]);
});

test("the order of detections changes nothing where scores differ", () => {
  const place = fc.record({ x: fc.nat(20), y: fc.nat(20), width: fc.constant(20), height: fc.constant(20) });
  const scores = fc.uniqueArray(fc.nat(100), { minLength: 8, maxLength: 8 });
  fc.assert(
    fc.property(
      fc.array(place, { maxLength: 4 }),
      fc.array(place, { maxLength: 8 }),
      scores,
      (real, guessed, order) => {
        const truth = real.map((region) => ({ category: 1, region }));
        const detections = guessed.map((region, i) => ({ category: 1, region, score: order[i]! }));
        const value = (list: typeof detections) =>
          box.metric.compute(box.metric.update(box.metric.empty(), [{ image: 1, truth, detections: list }])).value;
        assert.equal(value([...detections].reverse()), value(detections));
      },
    ),
  );
});

test("planted errors are refused, by place", () => {
  const region = { x: 0, y: 0, width: 9, height: 9 };
  const detect = (detection: object) => () =>
    box.metric.update(box.metric.empty(), [
      { image: 7, truth: [{ category: 1, region }], detections: [{ category: 1, region, score: 0.5, ...detection }] },
    ]);
  for (const category of [-5, -1, 0.5, Number.NaN]) {
    assert.throws(detect({ category }), { code: "evaluation/bad-category", message: /^image 7, detection 0: / });
  }
  for (const score of [Number.NaN, Number.POSITIVE_INFINITY]) {
    assert.throws(detect({ score }), { code: "evaluation/bad-score" });
  }
  assert.throws(detect({ region: { ...region, width: Number.NaN } }), { code: "evaluation/bad-box" });
  assert.throws(detect({ area: Number.NaN }), { code: "evaluation/bad-value" });
  assert.throws(() => box.metric.update([], [{ image: Number.NaN, truth: [], detections: [] }]), {
    code: "evaluation/bad-value",
  });
  for (const options of [{ iou: 0.52 }, { iou: Number.NaN }, { maxDetections: 0 }, { maxDetections: 101 }]) {
    assert.throws(() => cocoBoxAveragePrecision(options), { code: "evaluation/bad-option" });
  }
});

/** All cells, in the order of fixtures/coco.py; -1 where a category has nothing to find. */
function cells(list: readonly CocoEntry[]) {
  const sorted = sortCategories([list]);
  const precision: number[] = [];
  const recall: number[] = [];
  for (const category of fixture.categories) {
    for (const area of areaNames) {
      for (const maxDetections of [1, 10, 100]) {
        const curves = cocoCurves(sorted, { area, maxDetections }).get(category)?.([1]);
        const all = curves ?? Array.from({ length: 10 }, () => ({ precision: new Array(101).fill(-1), recall: -1 }));
        precision.push(...all.flatMap((curve) => [...curve.precision]));
        recall.push(...all.map((curve) => curve.recall));
      }
    }
  }
  return { precision, recall };
}

const sha256 = (values: readonly number[]) =>
  createHash("sha256")
    .update(Buffer.from(Float64Array.from(values).buffer))
    .digest("hex");

function close(actual: number, expected: number): void {
  assert.ok(Math.abs(actual - expected) <= 1e-12, `expected ${expected}, received ${actual}`);
}
