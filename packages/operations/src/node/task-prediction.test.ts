// Expected values by hand: softmax of (0, ln 3) is 1/4 and 3/4.
import assert from "node:assert/strict";
import { test } from "node:test";
import type { ModelInput } from "@foveajs/vision";
import { taskPrediction } from "./task-prediction.ts";

test("of two classes the second is told from the task's threshold up, and the scores stay as they are", () => {
  const outputs = { glasses: { dtype: "float32", shape: [1, 2], data: Float32Array.of(0, Math.log(3)) } } as const;
  const task = { kind: "classification", name: "glasses", labels: ["without", "with"], temperature: 1 } as const;
  const told = (threshold?: number) =>
    taskPrediction({ ...task, labels: [...task.labels], ...(threshold === undefined ? {} : { threshold }) }, outputs, {
      row: 0,
      input: {} as ModelInput,
    });
  for (const [threshold, label] of [
    [undefined, "with"],
    [0.74, "with"],
    [0.76, "without"],
  ] as const) {
    const { scores, ...rest } = told(threshold) as { scores: Record<string, number>; label: string; kind: string };
    assert.deepEqual(rest, { kind: "classification", label });
    assert.ok(Math.abs(scores.with! - 0.75) < 1e-6 && Math.abs(scores.without! - 0.25) < 1e-6);
  }
});
