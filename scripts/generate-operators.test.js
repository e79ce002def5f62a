import assert from "node:assert/strict";
import { test } from "node:test";
import { documents, operatorRows } from "./generate-operators.js";
import { compareDocument } from "./generated-section.js";

test("docs/operators.md tells what the tables of packages/graph tell", async () => {
  const { present, wanted } = await compareDocument(documents[0]);
  assert.equal(present, wanted, "docs/operators.md is out of date: run node scripts/generate-operators.js");
});

test("every operator with a gradient was tried on WebGPU", () => {
  for (const { published, own } of [operatorRows()])
    for (const [name, , gradient, , webgpu, cases] of [...published, ...own])
      assert.equal(gradient === "yes", webgpu !== "" && cases !== "", name);
});

test("an operator is listed wherever it stands in a table", () => {
  const rules = {
    inferenceRules: { Add: 1, "own.Add": 1 },
    gradientRules: { Add: 1 },
    gradientStops: new Set(["Sign"]),
    layoutRules: { Mul: 1 },
    onWebgpu: { Add: "all" },
    gradientCases: { Add: () => [{ inputs: [{ shape: [] }, { shape: [2, 3] }] }, { inputs: [{ shape: [4] }] }] },
  };
  assert.deepEqual(operatorRows(rules), {
    published: [
      ["`Add`", "yes", "yes", "no", "all", "2 cases, 0 to 2 axes"],
      ["`Mul`", "no", "no", "yes", "", ""],
      ["`Sign`", "no", "stops", "no", "", ""],
    ],
    own: [["`own.Add`", "yes", "no", "no", "", ""]],
  });
});
