import assert from "node:assert/strict";
import { test } from "node:test";
import { changeMark, measureText } from "../output/measures.ts";
import { createStyle } from "../output/style.ts";
import { runsView } from "./runs.ts";
import { trainView } from "./train.ts";
import type { ResultOf } from "./view.ts";

const style = createStyle({ isColored: false });

type Epoch = Extract<ResultOf<"train">, { type: "epoch" }>;

const epoch = (number: number, metrics: Record<string, number>): Epoch => ({
  type: "epoch",
  step: 10 * number,
  steps: 240,
  epoch: number,
  epochs: 24,
  loss: 1.5,
  losses: { expression: 0.7, faces: 0.25 },
  metrics,
  images_per_second: 1234,
  seconds: 60,
  seconds_left: 3600,
});

test("an epoch is a block: a row a task, its first metrics aligned, arrows against the epoch before", () => {
  const view = trainView({ style });
  assert.equal(
    view.item(
      epoch(1, {
        "expression/nll": 0.5,
        "expression/ece": 0.1,
        "expression/accuracy": 0.8,
        "expression/macro_f1": 0.6,
      }),
    ),
    [
      "epoch  1/24  loss 1.5000  1,234 images/s  1 min 0 s elapsed  1 h 0 min left",
      "  expression  loss  0.7000  accuracy  80.0 %    macro F1  60.0 %    NLL  0.500",
      "  faces       loss  0.2500",
      "",
    ].join("\n"),
  );
  assert.equal(
    view.item(
      epoch(2, {
        "expression/nll": 0.6,
        "expression/accuracy": 0.8001,
        "expression/macro_f1": 0.7,
        "faces/map50": 0.125,
      }),
    ),
    [
      "epoch  2/24  loss 1.5000  1,234 images/s  2 min 0 s elapsed  1 h 0 min left",
      "  expression  loss  0.7000  accuracy  80.0 % =  macro F1  70.0 % ▲  NLL  0.600 ▼",
      "  faces       loss  0.2500  mAP50     12.5 %",
      "",
    ].join("\n"),
  );
});

test("an arrow is of better and worse, not of more and less", () => {
  assert.deepEqual(
    [
      changeMark("nme", 0.05, 0.06, style),
      changeMark("ccc_valence", 0.5, 0.6, style),
      changeMark("accuracy", 0.5, undefined, style),
      changeMark("my_own", 0.5, 0.6, style),
    ],
    ["▲", "▼", " ", " "],
  );
  assert.deepEqual(
    [measureText("mae_turn", 0.0123), measureText("nme", 0.0567), measureText("my_own", 12)],
    ["0.0123", "5.7 %", "12.000"],
  );
});

test("the end: calibrated values in the place of the others, and the report", () => {
  const view = trainView({ style });
  assert.equal(view.item({ type: "report", path: "runs/x/report.html" }), "report runs/x/report.html\n");
  assert.equal(view.item({ type: "report", path: "runs/x/report.html" }), "");
  assert.equal(view.item({ type: "report", reason: "no\u001broom" }), "no report: no?room\n");
  const metrics = { "a/accuracy": 0.9, "a/nll": 0.4, "a/calibrated_accuracy": 0.9, "a/calibrated_nll": 0.3 };
  const done = view.item({ type: "done", step: 240, seconds: 90, model: "x.onnx", sha256: "abc", metrics });
  assert.equal(done, "done in 1 min 30 s: x.onnx\n  a  accuracy  90.0 %    NLL, calibrated  0.300\nsha256 abc\n");
  assert.equal(view.item({ type: "report", path: "runs/x/report.html" }), "report runs/x/report.html\n");
  const moment = { epoch: 3, seconds: 200, heads: { a: { own: 0.5, refitted: 0.4, epoch: 2 } } };
  assert.match(
    view.item({ type: "done", step: 240, seconds: 90, model: "x.onnx", sha256: "abc", metrics, moment }),
    /\nThe weights of epoch 3; 1 of 1 heads that were fitted anew were better; choosing and fitting took 3 min\.\nsha256/,
  );
});

test("a list of runs; an empty one says so", () => {
  const view = runsView({ style });
  const run = {
    folder: "runs/a",
    recipe: "made",
    state: "stopped",
    step: 1200,
    steps: 6000,
    epoch: 2,
    epochs: 9,
    seconds: 0,
    seconds_left: 30,
    metrics: { "a/accuracy": 0.5 },
    report: "runs/a/report.html",
  } as const;
  assert.equal(
    view.item(run),
    "runs/a  made  stopped  step 1,200/6,000  epoch 2/9  30.0 s left\n  a  accuracy  50.0 %\n  runs/a/report.html\n",
  );
  assert.match(
    view.item({ folder: "runs/b", error: { code: "c", message: "broken", help: "" } }),
    /^runs\/b {2}broken\n$/,
  );
  const now = { milliseconds: 1, device: undefined };
  assert.equal(view.end(now), "");
  assert.equal(runsView({ style }).end(now), "no runs\n");
});
