// Expected values by hand.
import assert from "node:assert/strict";
import { test } from "node:test";
import { halvesOf } from "./halves.ts";
import { bestMoment, chooseMoments, commonMoment, type MomentTask, medianOfThree } from "./moments.ts";
import { chooseThreshold, thresholdGrid } from "./threshold-choice.ts";

test("the median of three takes single peaks away; ends have two, NaN is left out", () => {
  assert.deepEqual(medianOfThree([1, 9, 2, 3]), [5, 2, 3, 2.5]);
  assert.deepEqual(medianOfThree([4]), [4]);
  assert.deepEqual(medianOfThree([1, Number.NaN, 3, 7]), [1, Number.NaN, 5, 5]);
});

test("the best moment is that of the smoothed curve, the first of equal ones, whichever way the metric goes", () => {
  // smoothed 0.5, 0.6, 0.6, 0.65: the peak 0.9 alone is not followed
  assert.equal(bestMoment({ values: [0.1, 0.9, 0.6, 0.6, 0.7], higherIsBetter: true }), 4);
  assert.equal(bestMoment({ values: [3, 1, 1, 1, 2], higherIsBetter: false }), 1);
  assert.equal(bestMoment({ values: [Number.NaN], higherIsBetter: true }), undefined);
});

const rising = { values: [1, 2, 3, 4, 5], higherIsBetter: true };
const falling = { values: [50, 40, 30, 20, 10], higherIsBetter: true };

test("the common moment has the best mean rank; the size of a metric does not matter", () => {
  assert.equal(commonMoment([rising, rising, falling]), 4);
  assert.equal(commonMoment([rising, { ...falling, higherIsBetter: false }]), 4);
  assert.equal(commonMoment([{ values: [Number.NaN, Number.NaN], higherIsBetter: true }]), undefined);
  assert.equal(commonMoment([]), undefined);
});

/** A task whose metric is the mean of [moments][samples], the first two of them one half. */
const task = (name: string, table: readonly (readonly number[])[], higherIsBetter = true): MomentTask => {
  const meanOf = (from: number, to: number) =>
    table.map((row) => row.slice(from, to).reduce((sum, value) => sum + value, 0) / (to - from));
  return { name, higherIsBetter, all: meanOf(0, 4), halves: [meanOf(0, 2), meanOf(2, 4)] };
};

test("naive gains are on the samples that chose, honest ones on the other half, both ways", () => {
  // "early" is best at moment 0 (all 8), "late" at moment 2 (all 9); ranks 1 + 3, 2 + 2, 3 + 1: the first of equal ones
  const early = task(
    "early",
    [8, 4, 0].map((value) => [value, value, value, value]),
  );
  const late = task(
    "late",
    [1, 5, 9].map((value) => [value, value, value, value]),
  );
  const { common, tasks } = chooseMoments([early, late]);
  assert.equal(common, 0);
  assert.deepEqual(
    tasks.map(({ moment, naive, honest }) => ({ moment, naive, honest })),
    [
      { moment: 0, naive: { own: 8, common: 8, gain: 0 }, honest: { own: 8, common: 8, gain: 0 } },
      { moment: 2, naive: { own: 9, common: 1, gain: 8 }, honest: { own: 9, common: 1, gain: 8 } },
    ],
  );
});

test("a moment that is best by luck of one half gains nothing on the other", () => {
  // smoothed over a, b: 5, 5, 0 (first); over c, d: 0, 5, 5 (second): each half chooses what is worst for the other
  const lucky = task("lucky", [
    [9, 9, 0, 0],
    [1, 1, 1, 1],
    [0, 0, 9, 9],
  ]);
  // smoothed 1, 1, 1: the common moment is led by the other task, best at 1
  const steady = task(
    "steady",
    [9, 3, 3].map((value) => [value, value, value, value]),
    false,
  );
  const { tasks } = chooseMoments([lucky]);
  // first half 9, 1, 0 smooth 5, 1, 0.5: moment 0, which is 0 on c, d; second half 0, 1, 9: moment 2, 0 on a, b
  assert.deepEqual(
    tasks[0]!.halves.map(({ own }) => own),
    [0, 0],
  );
  // all: 4.5, 1, 4.5 smooth 2.75, 4.5, 2.75: moment 1
  assert.equal(tasks[0]!.naive.own, 1);
  const both = chooseMoments([steady]);
  // smoothed 6, 3, 3, lower is better
  assert.equal(both.tasks[0]!.moment, 1);
});

test("an empty half has no number", () => {
  const one = { name: "one", higherIsBetter: true, all: [1], halves: [[1], [Number.NaN]] } as const;
  const { tasks } = chooseMoments([one]);
  assert.ok(Number.isNaN(tasks[0]!.honest.gain));
  assert.equal(tasks[0]!.naive.gain, 0);
});

test("halves are even, do not depend on order, and tear nothing apart by sequence", () => {
  const names = Array.from({ length: 1001 }, (_, i) => `set/${i}.jpg`);
  const isFirst = halvesOf(names);
  const turned = halvesOf([...names].reverse());
  assert.equal(names.filter(isFirst).length, 501);
  assert.ok(names.every((name) => isFirst(name) === turned(name)));
  const runs = names.filter((name, i) => i > 0 && isFirst(name) !== isFirst(names[i - 1]!)).length;
  assert.ok(runs > 400 && runs < 600, `${runs} changes of half`);
});

test("a threshold is chosen by F1; halves decide for each other", () => {
  assert.deepEqual([thresholdGrid.length, thresholdGrid[0], thresholdGrid.at(-1)], [19, 0.05, 0.95]);
  const scores = [0.3, 0.1, 0.9, 0.7];
  const positives = [true, false, true, false];
  // at 0.5: one hit, one false, one missed: 2 / 4; on all, from 0.15 to 0.3: two hits, one false: 4 / 5
  const chosen = chooseThreshold({ scores, positives }, { isFirstHalf: (i) => i < 2 });
  assert.equal(chosen.threshold, 0.3);
  // first half (0.3 right, 0.1 wrong): 0.3; second (0.9 right, 0.7 wrong): 0.75
  assert.deepEqual(chosen.halves, [0.3, 0.75]);
  assert.equal(chosen.usual, 0.5);
  assert.equal(chosen.naive, 0.8);
  // first half by 0.75: nothing told, one missed; second by 0.3: one hit, one false
  assert.equal(chosen.honest, 0.5);
});

test("without positives there is no F1", () => {
  const chosen = chooseThreshold({ scores: [0.1], positives: [false] }, { isFirstHalf: () => true });
  assert.ok(Number.isNaN(chosen.naive) && chosen.threshold === 0.5);
});
