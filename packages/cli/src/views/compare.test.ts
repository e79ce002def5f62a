import assert from "node:assert/strict";
import { test } from "node:test";
import { createStyle } from "../output/style.ts";
import { compareView } from "./compare.ts";

const style = createStyle({ isColored: false });
const place = {
  protocol: "faces",
  mode: "end_to_end",
  split: { name: "all", sha256: "0123456789abcdef", count: 12 },
  first: { name: "old", sha256: "a" },
  second: { name: "new", sha256: "b" },
  seed: 4,
};

test("a line a metric: both values, the difference, the tests, and plain words for noise", () => {
  const text = compareView({ style }).item({
    ...place,
    basis: "paired",
    units: 10,
    metrics: {
      recall: {
        first: 0.5,
        second: 0.75,
        difference: 0.25,
        interval: [0.1, 0.4],
        p_value: 0.0004,
        mcnemar: { only_first: 1, only_second: 9, p_value: 0.0219 },
        verdict: "second",
      },
      ap: { first: 0.9, second: 0.89, difference: -0.01, interval: [-0.03, 0.01], p_value: 0.4, verdict: "noise" },
    },
  });
  assert.deepEqual(text.split("\n"), [
    "old and new  by faces, all  end_to_end  12 samples",
    "  recall  0.5000  0.7500  +0.2500  +0.1000 to +0.4000  p < 0.001, McNemar 1:9 p 0.022  new is better",
    "  ap      0.9000  0.8900  -0.0100  -0.0300 to +0.0100  p 0.400                         noise: no difference beyond chance",
    "  paired over 10 units: 95 % bootstrap and permutation test, seed 4; the more metrics, the more is significant by chance: name the one that decides beforehand",
    "",
  ]);
});

test("intervals alone: what cannot be told is said, with the reason", () => {
  const text = compareView({ style }).item({
    ...place,
    second: { name: "old", sha256: "c" },
    basis: "intervals",
    metrics: {
      recall: {
        first: null,
        second: 0.75,
        difference: null,
        interval: [null, null],
        p_value: null,
        verdict: "unknown",
        reason: "why",
      },
      ap: { first: 0.9, second: 0.1, difference: -0.8, interval: [null, null], p_value: null, verdict: "first" },
    },
  });
  assert.match(text, / {2}recall +undefined +0\.7500 +cannot be told {2}why\n/);
  assert.match(text, / {2}ap +0\.9000 +0\.1000 +-0\.8000 +the first is better\n/);
  assert.match(text, /only intervals are compared, and intervals that overlap say nothing\n$/);
});
