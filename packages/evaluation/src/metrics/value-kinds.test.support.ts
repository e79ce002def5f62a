import fc from "fast-check";
import { type Kind, labelsTold } from "./kind.test.support.ts";
import type { LandmarkedFace } from "./landmark-errors.ts";
import type { PairedValues } from "./paired-values.ts";
import type { RankedQuery } from "./retrieval.ts";

const value = fc.constantFrom(-0.5, -0.1, 0, 0.1, 0.5, 0.7);

/** A measured quantity. */
export const pairs: Kind<PairedValues, fc.Arbitrary<PairedValues>> = {
  sample: fc.record({ predictions: fc.tuple(value), targets: fc.tuple(value) }),
  join: (batches) => ({
    predictions: batches.flatMap(({ predictions }) => Array.from(predictions)),
    targets: batches.flatMap(({ targets }) => Array.from(targets)),
  }),
  perfect: { predictions: [0.1, -0.4, 0.9], targets: [0.1, -0.4, 0.9] },
  swap: ({ predictions, targets }) => ({ predictions: targets, targets: predictions }),
  missing: { predictions: [0.3, -0.9], targets: [Number.NaN, Number.NaN] },
  mishaps: {
    ...labelsTold("a number like any other, but for targetRange (agreement.test.ts)"),
    "label NaN": { missing: { predictions: [0.3], targets: [Number.NaN] } },
    "prediction NaN": { refused: { predictions: [Number.NaN], targets: [0] }, code: "bad-value" },
  },
  planted: [
    { batch: { predictions: [Number.POSITIVE_INFINITY], targets: [0] }, code: "bad-value" },
    ...[Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY].map((target) => ({
      batch: { predictions: [0], targets: [target] },
      code: "bad-value",
    })),
    { batch: { predictions: [0, 1], targets: [0] }, code: "row-count" },
  ],
};

const coordinate = fc.integer({ min: 0, max: 3 });
const square = [0, 0, 10, 0, 10, 10, 0, 10];

/** Faces of four points near the corners of a square; some points are missing, some faces missed. */
export const faces: Kind<readonly LandmarkedFace[], fc.Arbitrary<readonly LandmarkedFace[]>> = {
  sample: fc
    .record({
      shifts: fc.array(coordinate, { minLength: 8, maxLength: 8 }),
      missing: fc.constantFrom(undefined, 1),
      isMissed: fc.constantFrom(false, false, false, true),
    })
    .map(({ shifts, missing, isMissed }) => [
      {
        truth: square.map((at, i) => (missing === i ? Number.NaN : at)),
        predicted: isMissed ? null : square.map((at, i) => at + shifts[i]! / 2),
      },
    ]),
  join: (batches) => batches.flat(),
  perfect: [{ truth: square, predicted: square }],
  missing: [{ truth: square.map(() => Number.NaN), predicted: square }],
  mishaps: {
    ...labelsTold("a coordinate like any other"),
    "label NaN": { missing: [{ truth: square.map(() => Number.NaN), predicted: square }] },
    "prediction NaN": {
      refused: [{ truth: square, predicted: [Number.NaN, ...square.slice(1)] }],
      code: "bad-landmarks",
    },
  },
  planted: [
    { batch: [{ truth: square, predicted: square.slice(2) }], code: "bad-landmarks" },
    { batch: [{ truth: [Number.POSITIVE_INFINITY, ...square.slice(1)], predicted: square }], code: "bad-landmarks" },
    { batch: [{ truth: [5, 5], predicted: [5, 5] }], code: "bad-landmarks" }, // nothing to divide by
    { batch: [{ truth: [], predicted: [] }], code: "bad-landmarks" },
  ],
};

const id = fc.nat(9);

/** Searches among ten things; an id may come twice. */
export const queries: Kind<readonly RankedQuery[], fc.Arbitrary<readonly RankedQuery[]>> = {
  sample: fc
    .record({
      ranking: fc.array(id, { maxLength: 9 }),
      relevant: fc.uniqueArray(id, { maxLength: 9 }),
      junk: fc.constantFrom([], [3]),
    })
    .map((query) => [query]),
  join: (batches) => batches.flat(),
  perfect: [
    { ranking: [4, 2, 7], relevant: [2, 4] },
    { ranking: ["a"], relevant: ["a"] },
  ],
  missing: [{ ranking: [1, 2], relevant: [] }],
  mishaps: { ...labelsTold("an id like any other"), "prediction NaN": { told: "an id like any other" } },
  planted: [],
};
