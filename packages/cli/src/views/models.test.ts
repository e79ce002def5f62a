import assert from "node:assert/strict";
import { test } from "node:test";
import { createStyle } from "../output/style.ts";
import { showModelView } from "./models.ts";

const view = showModelView({ style: createStyle({ isColored: false }) });
const model = {
  name: "face-reader",
  path: "models/face-reader.onnx",
  origin: "shipped" as const,
  size_bytes: 3_234_179,
  sha256: "0123456789abcdef",
  tasks: ["smile"],
  licence: "Apache-2.0",
  results: [],
  labels: {},
};

test("a source is told with its terms and with the labels that came from it", () => {
  const taught = [
    { task: "smile", set: "fer2013", share: 0.5, at_least: 0.8 },
    { task: "glasses", set: "face_mask" },
  ];
  const sources = [
    { name: "mtfl", licence: "research", labels: ["landmarks", "smile"] },
    { name: "first", licence: "own", taught },
    { name: "fer2013", licence: "none" },
  ];
  const lines = view
    .item({ ...model, sources })
    .split("\n")
    .filter((line) => line.startsWith("source"))
    .map((line) => line.replace(/^source\s+/, ""));
  assert.deepEqual(lines, [
    "mtfl: research; labels of landmarks, smile",
    "first: own; taught smile of fer2013 (a share of 0.5, at least 0.8), glasses of face_mask",
    "fer2013: none",
  ]);
});
