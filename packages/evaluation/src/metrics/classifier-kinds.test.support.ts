import fc from "fast-check";
import { type Classified, predictedClass } from "./classified.ts";
import { type Kind, labelsMissing, labelsRefused } from "./kind.test.support.ts";
import type { Multilabelled } from "./multilabel-f1.ts";
import type { Scored } from "./scored.ts";

/** A classifier of three classes. */
export const classified: Kind<Classified, fc.Arbitrary<Classified>> = {
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
  swap: ({ logits, targets }) => ({
    logits: Array.from(targets, (target) => [0, 1, 2].map((c) => (c === target ? 1 : 0))),
    targets: logits.map((row, i) => predictedClass(row, targets[i]!)),
  }),
  mishaps: {
    ...labelsRefused((target) => ({ logits: [[1, 0, 0]], targets: [target] }), "bad-target"),
    // what reads probabilities refuses it; where the largest is named, none is
    "prediction NaN": { refusedOrWrong: { logits: [[1, Number.NaN, 0]], targets: [0] }, code: "bad-logits" },
  },
  planted: [3, 0.5].map((target) => ({ batch: { logits: [[1, 0, 0]], targets: [target] }, code: "bad-target" })),
};
/** A binary scorer. */
export const scored: Kind<Scored, fc.Arbitrary<Scored>> = {
  sample: fc.record({ scores: fc.tuple(fc.integer({ min: 0, max: 4 })), targets: fc.tuple(fc.nat(1)) }),
  join: (batches) => ({
    scores: batches.flatMap(({ scores }) => Array.from(scores)),
    targets: batches.flatMap(({ targets }) => Array.from(targets)),
  }),
  perfect: { scores: [3, 2, 1], targets: [1, 1, 0] },
  mishaps: {
    ...labelsRefused((target) => ({ scores: [1], targets: [target] }), "bad-target"),
    "prediction NaN": { refused: { scores: [Number.NaN], targets: [1] }, code: "bad-score" },
  },
  planted: [
    { batch: { scores: [1], targets: [2] }, code: "bad-target" },
    { batch: { scores: [Number.POSITIVE_INFINITY], targets: [1] }, code: "bad-score" },
  ],
};
/** Three labels at once. */
export const multilabelled: Kind<Multilabelled, fc.Arbitrary<Multilabelled>> = {
  sample: fc
    .array(fc.record({ probability: fc.constantFrom(0.2, 0.5, 0.9), target: fc.constantFrom(0, 1, 1, -1) }), {
      minLength: 3,
      maxLength: 3,
    })
    .map((row) => ({
      probabilities: [row.map(({ probability }) => probability)],
      targets: [row.map(({ target }) => target)],
    })),
  join: (batches) => ({
    probabilities: batches.flatMap(({ probabilities }) => probabilities),
    targets: batches.flatMap(({ targets }) => targets),
  }),
  perfect: {
    probabilities: [
      [0.9, 0.5, 0.1],
      [0.1, 0.7, 0.2],
    ],
    targets: [
      [1, 1, 0],
      [0, 1, 0],
    ],
  },
  missing: {
    probabilities: [
      [0.9, 0.9, 0.1],
      [0.1, 0.2, 0.3],
    ],
    targets: [
      [-5, -1, 999],
      [Number.NaN, 0.5, 2],
    ],
  },
  mishaps: {
    ...labelsMissing((target) => ({ probabilities: [[0.9, 0.1, 0.6]], targets: [[target, target, target]] })),
    "prediction NaN": {
      refused: { probabilities: [[0.1, Number.NaN, 0.2]], targets: [[0, 1, 0]] },
      code: "bad-value",
    },
  },
  planted: [
    { batch: { probabilities: [[0.1, 0.1, 0.2]], targets: [[0, 1]] }, code: "label-count" },
    { batch: { probabilities: [[0.1, 0.1, 0.2]], targets: [] }, code: "row-count" },
  ],
};
