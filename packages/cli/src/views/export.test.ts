import assert from "node:assert/strict";
import { test } from "node:test";
import { createStyle } from "../output/style.ts";
import { exportView } from "./export.ts";

const view = exportView({ style: createStyle({ isColored: false }) });
const result = {
  model: "expression",
  to: "int8" as const,
  path: "expression.int8.onnx",
  sha256: "0123456789abcdef",
  note: "Static quantization.",
  measured: { data: "fer2013 valid (600)", count: 600 },
  input: [1, 1, 44, 44],
  before: { size_bytes: 2_000_000, milliseconds: 2, metrics: { "expression/accuracy": 0.8733 } },
  after: { size_bytes: 500_000, milliseconds: 1, metrics: { "expression/accuracy": 0.8683 } },
  largest_difference: 0.101,
  tolerance: 0.101,
};

test("a table of size, time and metrics before and after", () => {
  assert.deepEqual(
    view
      .item(result)
      .split("\n")
      .map((line) => line.trimEnd()),
    [
      "expression.int8.onnx  from expression",
      "  Static quantization.",
      "                       before   after",
      "  size                 2.0 MB  500 kB   0.25 x",
      "  ms a picture           2.00    1.00   0.50 x",
      "  expression/accuracy  0.8733  0.8683  -0.0050",
      "  measured on fer2013 valid (600); time of an input 1 x 1 x 44 x 44",
      "  golden output off by 0.10, tolerance 0.10; sha256 0123456789ab",
      "",
    ],
  );
});

test("without data it says why nothing was measured", () => {
  const { measured: _, ...bare } = result;
  const text = view.item({ ...bare, not_measured: "its recipe is at hand: --recipe r.yaml" });
  assert.match(text, /not measured: its recipe is at hand: --recipe r\.yaml; time of/);
});

test("of a file without a card neither time nor tolerance is told where nothing ran", () => {
  const { measured: _, ...bare } = result;
  const side = { size_bytes: 1000, milliseconds: null, metrics: {} };
  const text = view.item({
    ...bare,
    input: [],
    before: side,
    after: side,
    largest_difference: null,
    tolerance: null,
    not_measured: "no card",
  });
  assert.doesNotMatch(text, /ms a picture|time of an input/);
  assert.match(text, /outputs not compared; sha256/);
  assert.match(view.item({ ...bare, tolerance: null }), /outputs of noise off by 0\.10; sha256/);
});
