import assert from "node:assert/strict";
import { test } from "node:test";
import { createStyle } from "../output/style.ts";
import { ratesText } from "./rates.ts";
import { sweepView } from "./sweep.ts";

const style = createStyle({ isColored: false });
const view = sweepView({ style });
const job = { type: "job", id: "batch-8", values: {}, seed: 0, run: "runs/x", number: 2, jobs: 6 } as const;

test("a line for each job that ends, none for one that starts", () => {
  assert.equal(view.item({ ...job, state: "started" }), "");
  assert.equal(view.item({ ...job, state: "done", metrics: { "a/b": 0.5 } }), "job 2/6  done  batch-8  a/b 0.5000\n");
  const error = { code: "vision/training-diverged", message: "", help: "" };
  assert.equal(view.item({ ...job, state: "failed", error }), "job 2/6  failed  batch-8  vision/training-diverged\n");
});

test("the table: a point once, its metrics below each other, an interval where there is one, points that wait", () => {
  const text = view.item({
    type: "summary",
    name: "shapes",
    folder: "runs/shapes",
    jobs: 4,
    done: 3,
    rows: [
      {
        values: { "training.batch": 8 },
        seeds: [0, 1],
        metrics: {
          accuracy: { count: 2, mean: 0.5, deviation: 0.1, interval: [0.25, 0.75] },
          nll: { count: 1, mean: 1.25, deviation: null, interval: null },
        },
      },
      { values: { "training.batch": 16 }, seeds: [], metrics: {} },
    ],
    note: "wide",
    json: "j",
    csv: "c",
  });
  assert.deepEqual(
    text.split("\n").map((line) => line.trimEnd()),
    [
      "shapes: 3 of 4 jobs done",
      "training.batch  seeds  metric      mean  95 % interval",
      "8                   2  accuracy  0.5000  0.2500 to 0.7500",
      "                       nll       1.2500  none",
      "16                  0  not done",
      "wide; j, c",
      "",
    ],
  );
});

test("the learning rate's chart with its suggestion and source, or that there is none", () => {
  const points = [1, 0.5, 0.25].map((smoothed, index) => ({
    step: index + 1,
    factor: 10 ** index,
    rate: 10 ** (index - 3),
    loss: smoothed,
    smoothed,
  }));
  const rates = {
    type: "rates",
    points,
    suggestion: { factor: 10, rate: 0.01 },
    ended: "ramp",
    source: "Smith 2017",
  } as const;
  const text = ratesText({ ...rates, points: [...points] }, style);
  assert.match(text, /rate 0\.010 of the first group, 10 times the recipe's rates/);
  assert.match(text, /\^\n/);
  assert.match(text, /Smith 2017\n$/);
  assert.match(ratesText({ ...rates, points: [...points], suggestion: null }, style), /no rate: the loss never fell/);
  assert.match(ratesText({ ...rates, points: [] }, style), /not finite/);
});
