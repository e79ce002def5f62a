// Every metric of the table keeps its promises. Golden values: scikit-learn 1.2.1 and numpy (fixtures/golden.py), and,
// where marked, by hand. 1e-12: sums of some dozens of doubles.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import fc from "fast-check";
import type { Classified } from "./classified.ts";
import type { Scene } from "./detection-matching.ts";
import { type Metric, mergeStates } from "./metric.ts";
import type { Scored } from "./scored.ts";
import { metrics } from "./table.ts";

interface Kind<Batch> {
  /** A batch of one sample; equal values and ignored boxes occur. */
  readonly sample: fc.Arbitrary<Batch>;
  readonly join: (batches: readonly Batch[]) => Batch;
  readonly perfect: Batch;
}
interface Golden {
  readonly measured: () => number;
  readonly expected: number;
}

const { classifier, ranking } = JSON.parse(
  readFileSync(new URL("../../fixtures/golden.json", import.meta.url), "utf8"),
);

const classified: Kind<Classified> = {
  sample: fc
    .record({ row: fc.array(fc.integer({ min: -2, max: 2 }), { minLength: 3, maxLength: 3 }), target: fc.nat(2) })
    .map(({ row, target }) => ({ logits: [row], targets: [target] })),
  join: (batches) => ({
    logits: batches.flatMap(({ logits }) => logits),
    targets: batches.flatMap(({ targets }) => Array.from(targets)),
  }),
  perfect: {
    logits: [
      [80, 0, 0],
      [0, 80, 0],
    ],
    targets: [0, 1],
  },
};
const scored: Kind<Scored> = {
  sample: fc.record({ scores: fc.tuple(fc.integer({ min: 0, max: 4 })), targets: fc.tuple(fc.nat(1)) }),
  join: (batches) => ({
    scores: batches.flatMap(({ scores }) => Array.from(scores)),
    targets: batches.flatMap(({ targets }) => Array.from(targets)),
  }),
  perfect: { scores: [3, 2, 1], targets: [1, 1, 0] },
};
const side = fc.integer({ min: 6, max: 10 });
const place = fc.integer({ min: 0, max: 12 });
const box = fc.record({ x: place, y: place, width: side, height: side });
const scenes: Kind<readonly Scene[]> = {
  sample: fc
    .record({
      truth: fc.array(fc.record({ box, ignored: fc.boolean() }), { maxLength: 3 }),
      detections: fc.array(fc.record({ box, score: fc.constantFrom(0.2, 0.5, 0.7) }), { maxLength: 4 }),
    })
    .map((scene) => [scene]),
  join: (batches) => batches.flat(),
  perfect: [
    {
      truth: [{ box: { x: 1, y: 1, width: 5, height: 8 }, ignored: false }],
      detections: [{ box: { x: 1, y: 1, width: 5, height: 8 }, score: 0.9 }],
    },
    { truth: [], detections: [] },
  ],
};

const classifierBatch: Classified = { logits: classifier.logits, targets: classifier.targets };

// Confidences and hits: 0.9 hit, 0.9 miss, 0.62 hit, 0.55 miss.
// Width 1/15: bins 13, 13, 9, 8: 2/4 |1/2 - 0.9| + 1/4 |1 - 0.62| + 1/4 |0 - 0.55| = 0.2 + 0.095 + 0.1375 = 0.4325.
// Two bins of equal mass: {0.55, 0.62} 2/4 |1/2 - 0.585| = 0.0425 and {0.9, 0.9} 2/4 |1/2 - 0.9| = 0.2: 0.2425.
// Fifteen bins of equal mass: one sample each; the equal 0.9s have accuracy 1/2 each: again 0.4325.
const calibrated: Classified = {
  logits: [
    [Math.log(0.9), Math.log(0.1)],
    [Math.log(0.9), Math.log(0.1)],
    [Math.log(0.38), Math.log(0.62)],
    [Math.log(0.45), Math.log(0.55)],
  ],
  targets: [0, 1, 1, 0],
};

// Three pictures; IoU by hand. In the first: 0.9 on a box exactly; 0.8 on an ignored box, 9 of 11 columns: dropped; 0.7
// on the box that 0.9 has taken: false; 0.6 on the second box, 80/120: hit. The second is empty, 0.65 is false there.
// In the third: 0.55 at 180/220: hit; 0.5 at 100/300: false.
// In order: 0.9 hit, 0.7 false, 0.65 false, 0.6 hit, 0.55 hit, 0.5 false, of three boxes.
// Precision at the hits: 1, 2/4, 3/5; from the right non-increasing: 1, 3/5, 3/5.
// step: (1 + 0.5 + 0.6) / 3 = 0.7; envelope: (1 + 0.6 + 0.6) / 3 = 11/15;
// eleven-point: recall 1/3 serves 0 to 0.3 at 1, the other seven levels 0.6: (4 + 4.2) / 11.
const ten = (x: number, y = 0, height = 10) => ({ x, y, width: 10, height });
const pictures: readonly Scene[] = [
  {
    truth: [
      { box: ten(0), ignored: false },
      { box: ten(20), ignored: false },
      { box: ten(40), ignored: true },
    ],
    detections: [
      { box: ten(22), score: 0.6 },
      { box: ten(1), score: 0.7 },
      { box: ten(41), score: 0.8 },
      { box: ten(0), score: 0.9 },
    ],
  },
  { truth: [], detections: [{ box: ten(3), score: 0.65 }] },
  {
    truth: [{ box: ten(0, 0, 20), ignored: false }],
    detections: [
      { box: ten(0, 10, 20), score: 0.5 },
      { box: ten(0, 2, 20), score: 0.55 },
    ],
  },
];

const golden = <Batch, State>(
  { empty, update, compute }: Metric<Batch, State>,
  batch: Batch,
  expected: number,
): Golden => ({ measured: () => compute(update(empty(), batch)).value, expected });

// a metric without a line here does not compile
const contracts = {
  topKAccuracy: () =>
    check(metrics.topKAccuracy(), classified, [
      golden(metrics.topKAccuracy(), classifierBatch, classifier.accuracy),
      golden(metrics.topKAccuracy({ k: 3 }), classifierBatch, classifier.top3_accuracy),
    ]),
  macroF1: () =>
    check(metrics.macroF1(), classified, [golden(metrics.macroF1(), classifierBatch, classifier.macro_f1)]),
  negativeLogLikelihood: () =>
    check(metrics.negativeLogLikelihood(), classified, [
      golden(metrics.negativeLogLikelihood(), classifierBatch, classifier.negative_log_likelihood),
    ]),
  brierScore: () =>
    check(metrics.brierScore(), classified, [golden(metrics.brierScore(), classifierBatch, classifier.brier)]),
  expectedCalibrationError: () =>
    check(metrics.expectedCalibrationError(), classified, [
      golden(metrics.expectedCalibrationError(), classifierBatch, classifier.ece),
      golden(metrics.expectedCalibrationError(), calibrated, 0.4325),
    ]),
  equalMassCalibrationError: () =>
    check(metrics.equalMassCalibrationError(), classified, [
      golden(metrics.equalMassCalibrationError(), classifierBatch, classifier.ece_equal_mass),
      golden(metrics.equalMassCalibrationError(), calibrated, 0.4325),
      golden(metrics.equalMassCalibrationError({ bins: 2 }), calibrated, 0.2425),
    ]),
  averagePrecision: () =>
    check(metrics.averagePrecision(), scored, [
      golden(metrics.averagePrecision(), ranking, ranking.step),
      golden(metrics.averagePrecision({ interpolation: "envelope" }), ranking, ranking.envelope),
      golden(metrics.averagePrecision({ interpolation: "eleven-point" }), ranking, ranking.eleven_point),
    ]),
  detectionAveragePrecision: () =>
    check(metrics.detectionAveragePrecision(), scenes, [
      golden(metrics.detectionAveragePrecision(), pictures, 11 / 15),
      golden(metrics.detectionAveragePrecision({ interpolation: "step" }), pictures, 0.7),
      golden(metrics.detectionAveragePrecision({ interpolation: "eleven-point" }), pictures, 8.2 / 11),
      // at IoU 0.7 the hit of 80/120 is false: hits 0.9 and 0.55 of three: (1 + 2/5) / 3
      golden(metrics.detectionAveragePrecision({ iou: 0.7 }), pictures, 7 / 15),
    ]),
  detectionRecall: () =>
    check(metrics.detectionRecall(), scenes, [
      golden(metrics.detectionRecall(), pictures, 1),
      golden(metrics.detectionRecall({ threshold: 0.6 }), pictures, 2 / 3),
      // heights are 10, 10 and 20: `from` is inside, `below` is not
      golden(metrics.detectionRecall({ threshold: 0.61, heights: { from: 10, below: 20 } }), pictures, 1 / 2),
      golden(metrics.detectionRecall({ threshold: 0.6, heights: { from: 20, below: 30 } }), pictures, 0),
    ]),
  detectionPrecision: () =>
    check(metrics.detectionPrecision(), scenes, [
      golden(metrics.detectionPrecision(), pictures, 3 / 6),
      golden(metrics.detectionPrecision({ threshold: 0.66 }), pictures, 1 / 2),
    ]),
  falseDetectionsPerImage: () =>
    check(metrics.falseDetectionsPerImage(), scenes, [
      golden(metrics.falseDetectionsPerImage(), pictures, 1),
      golden(metrics.falseDetectionsPerImage({ threshold: 0.6 }), pictures, 2 / 3),
    ]),
  recallAtFalseDetections: () =>
    check(metrics.recallAtFalseDetections(), scenes, [
      golden(metrics.recallAtFalseDetections(), pictures, 1 / 3), // 0.3 false ones allowed: none
      golden(metrics.recallAtFalseDetections({ perImage: 0 }), pictures, 1 / 3),
      golden(metrics.recallAtFalseDetections({ perImage: 1 / 3 }), pictures, 1 / 3), // down to above 0.65
      golden(metrics.recallAtFalseDetections({ perImage: 2 / 3 }), pictures, 1), // down to above 0.5
    ]),
} satisfies Record<keyof typeof metrics, () => void>;

for (const contract of Object.values(contracts)) contract();

function check<Batch, State>(metric: Metric<Batch, State>, kind: Kind<Batch>, goldens: readonly Golden[]) {
  const { name, range, higherIsBetter, permutationInvariant } = metric;
  const stateOf = (batch: Batch) => metric.update(metric.empty(), batch);
  const valueFor = (batch: Batch) => metric.compute(stateOf(batch)).value;
  const samples = fc.array(kind.sample, { minLength: 1, maxLength: 12 });

  test(`${name}: parts merge to the whole`, () => {
    fc.assert(
      fc.property(samples, fc.nat(12), (batches, cut) => {
        const whole = valueFor(kind.join(batches));
        const parts = [batches.slice(0, cut), batches.slice(cut)].map((part) => stateOf(kind.join(part)));
        close(metric.compute(metric.merge(parts[0]!, parts[1]!)).value, whole, 1e-9);
        close(metric.compute(mergeStates(metric, batches.map(stateOf))).value, whole, 1e-9);
        close(metric.compute(batches.reduce(metric.update, metric.empty())).value, whole, 1e-9);
      }),
    );
  });

  test(`${name}: update and merge leave their arguments as they were`, () => {
    fc.assert(
      fc.property(kind.sample, kind.sample, (a, b) => {
        const [first, second] = [stateOf(a), stateOf(b)];
        const before = structuredClone([first, second]);
        metric.update(first, b);
        metric.merge(first, second);
        assert.deepEqual([first, second], before);
      }),
    );
  });

  test(`${name}: resampling counts a unit as often as it is drawn`, () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(kind.sample, fc.nat(3)), { minLength: 1, maxLength: 8 }), (drawn) => {
        const repeated = drawn.flatMap(([batch, times]) => Array.from({ length: times }, () => batch));
        const resample = metric.resampler(drawn.map(([batch]) => stateOf(batch)));
        close(resample(drawn.map(([, times]) => times)), valueFor(kind.join(repeated)), 1e-9);
      }),
    );
  });

  test(`${name}: declared order and range hold`, () => {
    fc.assert(
      fc.property(samples, fc.infiniteStream(fc.nat()), (batches, keys) => {
        const value = valueFor(kind.join(batches));
        assert.ok(Number.isNaN(value) || (value >= range[0] && value <= range[1]), `${value} outside ${range}`);
        const shuffled = batches
          .map((batch) => ({ batch, key: keys.next().value! }))
          .sort((a, b) => a.key - b.key)
          .map(({ batch }) => batch);
        if (permutationInvariant) close(valueFor(kind.join(shuffled)), value, 1e-9);
      }),
    );
  });

  test(`${name}: a perfect model reaches the better end`, () => {
    close(valueFor(kind.perfect), range[higherIsBetter ? 1 : 0], 1e-12);
  });

  test(`${name}: nothing to measure is NaN with a reason`, () => {
    for (const state of [metric.empty(), stateOf(kind.join([]))]) {
      const { value, reason } = metric.compute(state);
      assert.ok(Number.isNaN(value));
      assert.match(reason!, /^no /);
    }
  });

  test(`${name}: golden values`, () => {
    assert.ok(goldens.length > 0);
    for (const { measured, expected } of goldens) close(measured(), expected, 1e-12);
  });
}

function close(actual: number, expected: number, tolerance: number): void {
  if (Number.isNaN(expected) || !Number.isFinite(expected)) assert.equal(actual, expected);
  else assert.ok(Math.abs(actual - expected) <= tolerance, `expected ${expected}, received ${actual}`);
}
