import fc from "fast-check";
import type { Box } from "./boxes.ts";
import { maskFromPixels } from "./coco/mask-format.ts";
import type { CocoImage } from "./coco/matching.ts";
import type { Mask } from "./coco/run-length.ts";
import type { Scene } from "./detection-matching.ts";
import { type Kind, labelsRefused } from "./kind.test.support.ts";
import type { VocImage } from "./voc-mean-average-precision.ts";

interface Detected {
  readonly box: Box;
  readonly score: number;
  readonly category: number;
}
const sound: Detected = { box: { x: 0, y: 0, width: 2, height: 2 }, score: 0.5, category: 1 };
const badBoxes = [
  { ...sound, box: { ...sound.box, x: Number.NaN } },
  { ...sound, box: { ...sound.box, width: -1 } },
];
const badScores = [Number.NaN, Number.POSITIVE_INFINITY].map((score) => ({ ...sound, score }));
const badCategories = [-5, -1, 0.5, Number.NaN].map((category) => ({ ...sound, category }));

const planted = <Batch>(batch: (detected: Detected) => Batch) => [
  ...badBoxes.map((detected) => ({ batch: batch(detected), code: "bad-box" })),
  ...badScores.map((detected) => ({ batch: batch(detected), code: "bad-score" })),
];
const plantedCategories = <Batch>(batch: (detected: Detected) => Batch) =>
  badCategories.map((detected) => ({ batch: batch(detected), code: "bad-category" }));

const side = fc.integer({ min: 6, max: 10 });
const place = fc.integer({ min: 0, max: 12 });
const box = fc.record({ x: place, y: place, width: side, height: side });
/** Pictures of one class, with ignored boxes. */
export const scenes: Kind<readonly Scene[], fc.Arbitrary<readonly Scene[]>> = {
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
  mishaps: {
    ...labelsRefused(
      (width) => [{ truth: [{ box: { ...sound.box, width }, ignored: false }], detections: [] }],
      "bad-box",
    ),
    "label 999": { told: "a width like any other" },
    "prediction NaN": {
      refused: [{ truth: [], detections: [{ box: sound.box, score: Number.NaN }] }],
      code: "bad-score",
    },
  },
  planted: planted(({ box, score }) => [{ truth: [], detections: [{ box, score }] }]),
};

const category = fc.nat(2);
const score = fc.constantFrom(0.2, 0.5, 0.7);

/** Pictures of several categories, with difficult boxes. */
export const vocImages: Kind<readonly VocImage[], fc.Arbitrary<readonly VocImage[]>> = {
  sample: fc
    .record({
      truth: fc.array(fc.record({ category, box, difficult: fc.boolean() }), { maxLength: 4 }),
      detections: fc.array(fc.record({ category, box, score }), { maxLength: 5 }),
    })
    .map((image) => [image]),
  join: (batches) => batches.flat(),
  perfect: [{ truth: [sound], detections: [sound] }],
  mishaps: {
    ...labelsRefused((label) => [{ truth: [{ ...sound, category: label }], detections: [] }], "bad-category"),
    "label 999": { told: "a category of its own, but for a given number of them (voc-mean-average-precision.test.ts)" },
    "prediction NaN": { refused: [{ truth: [], detections: [{ ...sound, score: Number.NaN }] }], code: "bad-score" },
  },
  planted: [
    ...planted((detected) => [{ truth: [], detections: [detected] }]),
    ...plantedCategories((detected) => [{ truth: [], detections: [detected] }]),
    ...plantedCategories((detected) => [{ truth: [detected], detections: [] }]),
  ],
};

/** Pictures with boxes, with crowds; those of one number are copies of one picture. */
export const cocoBoxes: Kind<readonly CocoImage<Box>[], fc.Arbitrary<readonly CocoImage<Box>[]>> = {
  ...cocoImages(box, ({ box: region }) => region),
  planted: [
    ...planted(({ box: region, ...rest }) => [{ image: 1, truth: [], detections: [{ ...rest, region }] }]),
    ...plantedCategories(({ box: region, ...rest }) => [{ image: 1, truth: [{ ...rest, region }], detections: [] }]),
  ],
};

const rectangle = ({ x, y, width, height }: Box): Mask =>
  maskFromPixels(
    Array.from({ length: 400 }, (_, i) => {
      const [column, row] = [i % 20, Math.floor(i / 20)];
      return column >= x && column < x + width && row >= y && row < y + height ? 1 : 0;
    }),
    { height: 20, width: 20 },
  );

/** Pictures of 20 * 20 pixels with masks. */
export const cocoMasks: Kind<readonly CocoImage<Mask>[], fc.Arbitrary<readonly CocoImage<Mask>[]>> = {
  ...cocoImages(box.map(rectangle), ({ box: region }) => rectangle(region)),
  planted: [
    {
      batch: [{ image: 1, truth: [], detections: [{ ...sound, region: { height: 9, width: 9, runs: [9] } }] }],
      code: "bad-mask",
    },
    ...badScores.map((detected) => ({
      batch: [{ image: 1, truth: [], detections: [{ ...detected, region: rectangle(detected.box) }] }],
      code: "bad-score",
    })),
  ],
};

function cocoImages<Region>(region: fc.Arbitrary<Region>, regionOf: (detected: Detected) => Region) {
  const object = fc.record({ category, region, crowd: fc.integer({ min: 0, max: 4 }).map((n) => n === 0) });
  return {
    sample: fc
      .record({
        // never the same number for two pictures, whose equal scores would have no order
        image: fc.noBias(fc.nat()),
        truth: fc.array(object, { maxLength: 4 }),
        detections: fc.array(fc.record({ category, region, score }), { maxLength: 5 }),
      })
      .map((image) => [image]),
    join: (batches: readonly (readonly CocoImage<Region>[])[]) => batches.flat(),
    mishaps: {
      ...labelsRefused<readonly CocoImage<Region>[]>(
        (label) => [{ image: 1, truth: [{ category: label, region: regionOf(sound) }], detections: [] }],
        "bad-category",
      ),
      "label 999": { told: "a category of its own" },
      "prediction NaN": {
        refused: [{ image: 1, truth: [], detections: [{ category: 1, region: regionOf(sound), score: Number.NaN }] }],
        code: "bad-score",
      },
    } as const,
    perfect: [
      {
        image: 1,
        truth: [{ category: 1, region: regionOf(sound) }],
        detections: [{ category: 1, region: regionOf(sound), score: 0.5 }],
      },
    ],
  };
}
