// Expected values by hand: pairs of one person at 0.9, 0.6, 0.2, of two people at 0.7, 0.3, 0.1, and one missed.
import assert from "node:assert/strict";
import { test } from "node:test";
import type { VerificationTest } from "../../protocols/protocol.ts";
import { usualLimits } from "./source.ts";
import { verificationSections } from "./verification.ts";

const similarities = [0.9, 0.6, 0.2, 0.7, 0.3, 0.1, null];
const pairs = similarities.map((_, i) => ({ id: `a${i} b${i}`, first: `a${i}`, second: `b${i}`, isSame: i < 3 }));
const answers = new Map(pairs.map(({ id }, i) => [id, similarities[i]!]));
const scores = { missed: 1, metrics: { roc_auc: { value: 7 / 9, interval: [0, 1] as const } } };
const own = { kind: "verification", pairs } as unknown as VerificationTest;
const sectionsAt = (options: { seed: number; threshold?: number }) =>
  verificationSections({ test: own, answers, options, scores }, usualLimits);

test("ROC, thresholds over the pairs that were told, and mistakes as pairs of pictures at the threshold", () => {
  const [roc, thresholds, accepted, refused] = sectionsAt({ seed: 1, threshold: 0.5 });
  assert.ok(roc?.kind === "curve" && thresholds?.kind === "thresholds");
  assert.ok(accepted?.kind === "mistakes" && refused?.kind === "mistakes");
  const third = (count: number) => count / 3;
  const steps = [
    [0, 0],
    [0, 1],
    [1, 1],
    [1, 2],
    [2, 2],
    [2, 3],
    [3, 3],
  ];
  assert.deepEqual(
    roc.lines[0]!.points,
    steps.map((step) => step.map(third)),
  );
  assert.deepEqual(
    roc.points.map(({ x, y }) => [x, y]),
    [[1 / 3, 2 / 3]],
  );
  assert.equal(roc.readings[0]?.value, "77.8\u00a0%");
  const { start, hits, falses, positives, negatives } = thresholds.series[0]!;
  assert.deepEqual([hits[start], falses[start], positives, negatives], [2, 1, 3, 3]);
  const told = (section: typeof accepted) =>
    section.pictures.map(({ sample, beside, title }) => [sample, beside?.sample, title]);
  assert.deepEqual(told(accepted), [["a3", "b3", "similarity 0.700"]]);
  assert.deepEqual(told(refused), [["a2", "b2", "similarity 0.200"]]);
});

test("without a threshold it starts where the shares accepted differ most", () => {
  const [, thresholds] = sectionsAt({ seed: 1 });
  assert.ok(thresholds?.kind === "thresholds");
  const { start, thresholds: grid } = thresholds.series[0]!;
  // 0.9 accepts 1/3 more, as 0.6 and 0.2 do: the strictest
  assert.equal(grid[start], 0.9);
});
