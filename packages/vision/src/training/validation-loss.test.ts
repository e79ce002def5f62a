// Expected values by hand from the formulas of the losses.
import assert from "node:assert/strict";
import { test } from "node:test";
import type { TaskSpec } from "../tasks/table.ts";
import { validationLoss } from "./validation-loss.ts";

const size = { width: 16, height: 16 };
const rows = (values: readonly (readonly number[])[]) => values.map((row) => Float32Array.from(row));

test("a classifier: cross-entropy with the shares of votes, over all samples", async () => {
  const task: TaskSpec = { kind: "classification", name: "kind", labels: ["a", "b"], temperature: 1 };
  const outputs = rows([
    [0, 0],
    [Math.log(3), 0],
  ]);
  const targets = [rows([[0.5, 0.5], [1]]), rows([[0, 1], [1]])];
  // ln 2 and ln 4
  const loss = await validationLoss(task, { ids: ["p", "q"], outputs, targets }, size);
  assert.ok(Math.abs(loss - (Math.log(2) + Math.log(4)) / 2) < 1e-6, String(loss));
});

test("numbers that are not known do not count", async () => {
  const task: TaskSpec = { kind: "regression", name: "numbers", values: ["x", "y"], loss: "l2" };
  const outputs = rows([
    [1, 9],
    [2, 4],
  ]);
  const targets = [
    rows([
      [0, 0],
      [1, 0],
    ]),
    rows([
      [2, 1],
      [1, 1],
    ]),
  ];
  // 1, 0 and 9 over three known numbers
  const loss = await validationLoss(task, { ids: ["p", "q"], outputs, targets }, size);
  assert.ok(Math.abs(loss - 10 / 3) < 1e-5, String(loss));
});

test("points: smooth L1 of the distance in halves of the input", async () => {
  const task: TaskSpec = { kind: "landmarks", name: "points", scheme: "five", features: 8, loss: "smooth_l1" };
  const told = Array.from({ length: 10 }, (_, i) => (i % 2 === 0 ? 0.55 : 0.5));
  // the labels of the scheme's points, then of the five: unknown here
  const targets = [rows([Array(20).fill(0.5), [...Array(10).fill(0.1), ...Array(10).fill(0)]])];
  // x is off by 0.05, 0.1 in halves: 0.1 - 0.02 / 2; y is right
  const loss = await validationLoss(task, { ids: ["p"], outputs: rows([told]), targets }, size);
  assert.ok(Math.abs(loss - 0.045) < 1e-6, String(loss));
});

test("no samples have no loss", async () => {
  const task: TaskSpec = { kind: "classification", name: "kind", labels: ["a", "b"], temperature: 1 };
  assert.ok(Number.isNaN(await validationLoss(task, { ids: [], outputs: [], targets: [] }, size)));
});
