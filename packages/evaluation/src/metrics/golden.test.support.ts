import { readFileSync } from "node:fs";
import type { Classified } from "./classified.ts";
import { fixture, fixtureImages } from "./coco/fixture.test.support.ts";
import type { Scene } from "./detection-matching.ts";
import type { RankedQuery } from "./retrieval.ts";
import { inclusiveBox, type VocImage } from "./voc-mean-average-precision.ts";

/** Batches of fixtures/golden.py, with their values. */
export const { classifier, ranking, verification, regression, multilabel, landmarks, voc } = JSON.parse(
  readFileSync(new URL("../../fixtures/golden.json", import.meta.url), "utf8"),
);

/** A classifier of five classes. */
export const classifierBatch: Classified = { logits: classifier.logits, targets: classifier.targets };

// Confidences and hits: 0.9 hit, 0.9 miss, 0.62 hit, 0.55 miss.
// Width 1/15: bins 13, 13, 9, 8: 2/4 |1/2 - 0.9| + 1/4 |1 - 0.62| + 1/4 |0 - 0.55| = 0.2 + 0.095 + 0.1375 = 0.4325.
// Two bins of equal mass: {0.55, 0.62} 2/4 |1/2 - 0.585| = 0.0425 and {0.9, 0.9} 2/4 |1/2 - 0.9| = 0.2: 0.2425.
// Fifteen bins of equal mass: one sample each; the equal 0.9s have accuracy 1/2 each: again 0.4325.
/** Four samples whose calibration error is known by hand. */
export const calibrated: Classified = {
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
/** Three pictures whose precision and recall are known by hand. */
export const pictures: readonly Scene[] = [
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

/** Positives above negatives. */
export const separated = { scores: [3, 2, 1], targets: [1, 1, 0] };
/** Values, some without a label. */
export const regressionBatch = {
  predictions: regression.predictions,
  targets: regression.targets.map((target: number | null) => target ?? Number.NaN),
};
/** Faces of six points. */
export const landmarkFaces = landmarks.truth.map((truth: number[], i: number) => ({
  truth,
  predicted: landmarks.predicted[i],
}));

// By hand. First query: right at 1 and 3, wrong at 2 and 4 (the same id again), junk skipped, of five right ids:
// (1 + 2/3) / D: D = 2: 5/6, D = min(5, 4): 5/12, D = 5: 1/3. Second: right at 5: 1/5. Third: nothing is right, left out.
/** Three searches whose precision is known by hand. */
export const searches: readonly RankedQuery[] = [
  { ranking: ["a", "x", "junk", "b", "a", "y"], relevant: ["a", "b", "c", "d", "e"], junk: ["junk"] },
  { ranking: [1, 2, 3, 4, 5], relevant: [5] },
  { ranking: [1, 2], relevant: [] },
];

interface VocRow {
  readonly truth: [number, number, number, number][];
  readonly difficult: boolean[];
  readonly detections: [number, number, number, number][];
  readonly scores: number[];
}
/** Pictures of one category, inclusive corners. */
export const vocBatch: VocImage[] = voc.pictures.map(({ truth, difficult, detections, scores }: VocRow) => ({
  truth: truth.map((corners, i) => ({ category: 0, box: inclusiveBox(...corners), difficult: difficult[i]! })),
  detections: detections.map((corners, i) => ({ category: 0, box: inclusiveBox(...corners), score: scores[i]! })),
}));
/** Pictures of fixtures/coco.py, with the twelve numbers. */
export const coco = {
  boxes: fixtureImages(({ box }) => box),
  masks: fixtureImages(({ mask }) => mask),
  box: fixture.expected.box.stats,
  mask: fixture.expected.mask.stats,
};
