import assert from "node:assert/strict";
import { test } from "node:test";
import { createStyle } from "../output/style.ts";
import { graphView } from "./graph.ts";

const style = createStyle({ isColored: false });

const report = {
  file: "m.onnx",
  size_bytes: 1234,
  name: "m",
  opsets: { "": 17 },
  inputs: [{ name: "image", dtype: "float32", shape: ["N", 3, "H", "W"] }],
  outputs: [{ name: "y", dtype: "float32", shape: ["N", 2] }],
  nodes: 3,
  operators: [
    { op: "Conv", nodes: 2, parameters: 1200, multiply_adds: 135_600_000 },
    { op: "Relu", nodes: 1, parameters: 0, multiply_adds: 0 },
  ],
  parameters: 1200,
  multiply_adds: 135_600_000,
  weights_bytes: 4800,
  peak_bytes: 3_276_800,
  all_bytes: 34_372_000,
  trainable_parameters: 1000,
  untrainable: null,
  frozen: [{ name: "w", elements: 200, role: "weight", reason: 'no gradient passes Round "r"' }],
  gaps: [{ node: "r", op: "Round", reason: "Round has no slope" }],
  unknown: [],
  open: [],
};

test("the file, its edges, costs, operators, and what cannot be trained", () => {
  const text = graphView({ style }).item({
    ...report,
    inputs: [{ name: "image", dtype: "float32", shape: [1, 3, 8, 8] }],
  });
  assert.deepEqual(text.split("\n"), [
    "m.onnx  1 kB, opset 17, 3 nodes",
    "  inputs         image: float32 1 × 3 × 8 × 8",
    "  outputs        y: float32 N × 2",
    "  parameters     1,200; the file holds 5 kB of tensors",
    "  multiply-adds  135.6 million",
    "  memory         3.3 MB of values at most while it runs, 34.4 MB where all are kept (training)",
    "  trainable      1,000 of 1,200 parameters",
    "",
    "operator  nodes  parameters  multiply-adds",
    "Conv          2       1,200  135.6 million",
    "Relu          1",
    "",
    "No gradient",
    "Round  r  Round has no slope",
    "",
    "Stays frozen in a training",
    'w  200  no gradient passes Round "r"',
    "",
  ]);
});

test("open extents: what is unknown, and a command that names them", () => {
  const open = { multiply_adds: null, peak_bytes: null, all_bytes: null, untrainable: "open", open: ["N", "H", "W"] };
  const text = graphView({ style }).item({ ...report, ...open, gaps: [], frozen: [] });
  assert.match(text, /multiply-adds {2}unknown while shapes are open/);
  assert.match(text, /Extents are open: "N", "H", "W"\. .*--shape image=1x3x320x320\./);
});

test("times: a run, shares by operator, the slowest nodes; a drawing", () => {
  const nodes = Array.from({ length: 14 }, (_, index) => ({
    node: `n${index}`,
    op: index < 7 ? "Conv" : "Relu",
    milliseconds: 14 - index,
  }));
  const text = graphView({ style }).item({
    ...report,
    profile: { runs: 10, threads: 1, milliseconds: 4.567, nodes },
    svg: "m.svg",
  });
  assert.match(text, /4\.57 ms a run: mean of 10 runs, 1 thread; Conv 73 %, Relu 27 %/);
  assert.match(text, /14\.000 ms {2}13\.3 % {2}Conv {2}n0/);
  assert.match(text, /and 2 more/);
  assert.match(text, /The drawing is in m\.svg\./);
});
