import assert from "node:assert/strict";
import { test } from "node:test";
import { operations } from "@foveajs/operations";
import { verbHelp } from "./help.ts";
import { parseCommandLine } from "./parse.ts";

const inputOf = (...args: string[]) => parseCommandLine(args, operations).input;

test("a flag with a short name takes its value by either, and help shows both", () => {
  const expected = { model: "expression", to: "int8", output: "small.onnx" };
  assert.deepEqual(inputOf("export", "expression", "--to", "int8", "-o", "small.onnx"), expected);
  assert.deepEqual(inputOf("export", "-osmall.onnx", "--to=int8", "expression"), expected);
  assert.deepEqual(inputOf("export", "expression", "--to", "int8", "--output", "small.onnx"), expected);
  assert.throws(() => inputOf("export", "expression", "-o"), { code: "cli/missing-value" });
  assert.throws(() => inputOf("models", "-o", "x"), { code: "cli/unknown-flag" });
  assert.match(verbHelp(operations.find(({ name }) => name === "export")!), / -o, --output FILE {2}/);
});

test("a flag that may be given again keeps all values, with whatever signs they have", () => {
  assert.deepEqual(inputOf("sweep", "r.yaml", "--set", "a.0.b=1,2", "--set", "c=[1, 2],[3]"), {
    recipe: "r.yaml",
    set: ["a.0.b=1,2", "c=[1, 2],[3]"],
  });
});
