// Expected values by hand.
import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { filesInMemory } from "./release-files.ts";
import { protocols } from "./table.ts";
import { thresholdForRate } from "./threshold.ts";

const choose = (hits: readonly number[], falses: readonly number[], trials: number, target: number) =>
  thresholdForRate({ scores: [...hits, ...falses], falses, trials, target });

test("the least score of an answer that keeps the rate; equal scores are in or out together", () => {
  const [hits, falses] = [
    [0.9, 0.6, 0.4],
    [0.7, 0.5, 0.3],
  ];
  assert.deepEqual(choose(hits, falses, 10, 0.1), { value: 0.6, reached: 0.1 });
  assert.deepEqual(choose(hits, falses, 10, 0.2), { value: 0.4, reached: 0.2 });
  assert.deepEqual(choose(hits, falses, 10, 0), { value: 0.9, reached: 0 });
  // all may stay: the lowest answer
  assert.deepEqual(choose(hits, falses, 10, 0.3), { value: 0.3, reached: 0.3 });
  assert.deepEqual(choose([0.9], [0.5, 0.5], 10, 0.1), { value: 0.9, reached: 0 });
  // 0.1 * 30 is more than 3 by rounding, and 0.3 * 10 less
  assert.equal(choose([], [1, 2, 3, 4], 30, 0.1).reached, 3 / 30);
});

test("no answer surer than the falses: just above them", () => {
  for (const score of [0.5, -0.5, 0, 1e300]) {
    const { value, reached } = choose([], [score], 4, 0);
    assert.ok(value > score && value - score <= Math.abs(score) * 2 ** -52 + Number.MIN_VALUE, `${value} ${score}`);
    assert.equal(reached, 0);
  }
});

test("the rate is never above the target, and one answer lower it would be", () => {
  const scores = fc.array(fc.integer({ min: 0, max: 9 }), { minLength: 1, maxLength: 20 });
  fc.assert(
    fc.property(scores, scores, fc.double({ min: 0, max: 1, noNaN: true }), (hits, falses, target) => {
      const trials = falses.length;
      const { value, reached } = choose(hits, falses, trials, target);
      const rateFrom = (least: number) => falses.filter((score) => score >= least).length / trials;
      assert.equal(reached, rateFrom(value));
      assert.ok(reached <= target * (1 + 1e-12));
      const lower = [...hits, ...falses].filter((score) => score < value);
      if (lower.length > 0) assert.ok(rateFrom(Math.max(...lower)) > target);
    }),
  );
});

test("nothing to choose from and no rate are refused", () => {
  assert.throws(() => choose([1], [], 0, 0.1), { code: "evaluation/no-trials" });
  assert.throws(() => choose([], [], 5, 0.1), { code: "evaluation/no-trials" });
  for (const target of [-1, Number.NaN])
    assert.throws(() => choose([1], [1], 1, target), { code: "evaluation/bad-option" });
});

test("faces: false finds a picture, those on hard boxes count neither way", async () => {
  const from = await protocols.faces.read(
    filesInMemory({
      "images.csv": "file,labels\na.jpg,human\nb.jpg,negative\n",
      "faces.csv": "file,x,y,width,height,kind\na.jpg,0,0,10,10,face\na.jpg,50,0,10,10,hard\n",
    }),
  );
  assert.ok(from.kind === "detection" && from.thresholdFor);
  const found = (x: number, score: number) => ({ box: { x, y: 0, width: 10, height: 10 }, score });
  const answers = new Map([
    ["a.jpg", [found(0, 0.5), found(50, 0.8), found(90, 0.4)]],
    ["b.jpg", [found(0, 0.7), found(30, 0.3)]],
  ]);
  assert.deepEqual(from.thresholdFor(answers, { target: 0 }), { value: 0.8, reached: 0 });
  assert.deepEqual(from.thresholdFor(answers, { target: 0.5 }), { value: 0.5, reached: 0.5 });
});

test("faces: parts by a column of the label file, test before valid", async () => {
  const files = filesInMemory({
    "images.csv": "file,labels,split\na.jpg,human,valid\nb.jpg,negative,test\n",
    "faces.csv": "file,x,y,width,height,kind\na.jpg,0,0,10,10,face\n",
  });
  const [usual, valid] = [await protocols.faces.read(files), await protocols.faces.read(files, { part: "valid" })];
  assert.deepEqual([usual.split.name, usual.samples.map(({ id }) => id)], ["test", ["b.jpg"]]);
  assert.deepEqual([valid.split.name, [...valid.others]], ["valid", ["b.jpg"]]);
});
