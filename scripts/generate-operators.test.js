import assert from "node:assert/strict";
import { test } from "node:test";
import { documents, operatorRows } from "./generate-operators.js";
import { compareDocument } from "./generated-section.js";

test("docs/operators.md tells what the tables of packages/graph tell", async () => {
  const { present, wanted } = await compareDocument(documents[0]);
  assert.equal(present, wanted, "docs/operators.md is out of date: run node scripts/generate-operators.js");
});

test("an operator is listed wherever it stands in a table", () => {
  const rules = {
    inferenceRules: { Add: 1, "own.Add": 1 },
    gradientRules: { Add: 1 },
    gradientStops: new Set(["Sign"]),
    layoutRules: { Mul: 1 },
  };
  assert.deepEqual(operatorRows(rules), {
    published: [
      ["`Add`", "yes", "yes", "no"],
      ["`Mul`", "no", "no", "yes"],
      ["`Sign`", "no", "stops", "no"],
    ],
    own: [["`own.Add`", "yes", "no", "no"]],
  });
});
