import assert from "node:assert/strict";
import { test } from "node:test";
import { createStyle } from "../output/style.ts";
import { reproduceView } from "./reproduce.ts";

const view = reproduceView({ style: createStyle({ isColored: false }) });
const result = {
  model: "expression",
  recipe: "r.yaml",
  threads: 2,
  steps: 40,
  expected_sha256: "fedcba9876543210",
  compared: [],
};

test("the verdict in words, with what was compared", () => {
  const loss = {
    name: "loss at step 20",
    recorded: 2,
    reproduced: 2.5,
    low: 1.998,
    high: 2.002,
    basis: "0.001 either way",
    within: false,
  };
  const text = view.item({ ...result, verdict: "different", compared: [loss], path: null, sha256: null });
  assert.deepEqual(
    text.split("\n").map((line) => line.trimEnd()),
    [
      "expression  different  40 steps of r.yaml, 2 threads",
      "                   recorded  reproduced",
      "  loss at step 20         2         2.5  outside of 0.001 either way",
      "",
    ],
  );
});

test("of a whole training the file and both hashes", () => {
  const text = view.item({
    ...result,
    verdict: "same_bytes",
    path: "runs/x/expression.onnx",
    sha256: "fedcba9876543210",
  });
  assert.match(text, /^expression {2}the same file, bit for bit/);
  assert.match(text, /runs\/x\/expression\.onnx fedcba987654, expected fedcba987654\n$/);
});
