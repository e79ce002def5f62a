import assert from "node:assert/strict";
import { test } from "node:test";
import { createStyle } from "../output/style.ts";
import { predictView } from "./predict.ts";

test("each kind of task is told in a line of its own, and a file that failed in the place of its tasks", () => {
  const view = predictView({ style: createStyle({ isColored: false }) });
  const told = view.item({
    file: "a.jpg",
    width: 40,
    height: 30,
    tasks: {
      pet: { kind: "classification", label: "cat", scores: { cat: 0.75, dog: 0.25 } },
      seen: { kind: "multilabel", labels: ["sun"], scores: { sun: 0.9, rain: 0.1 } },
      ripe: { kind: "ordinal", label: "ripe", grade: 1.25 },
      weight: { kind: "regression", values: { grams: 12.5 } },
      mood: { kind: "regression", values: { valence: -0.25 }, derived_from: "votes" },
      marks: { kind: "landmarks", points: [[1, 2]] },
      boxes: {
        kind: "detection",
        objects: [{ box: { x: 1, y: 2, width: 3, height: 4 }, score: 0.5, label: "leaf", points: [] }],
      },
    },
  })!;
  const lines = told.split("\n").map((line) => line.trim().replace(/ {2,}/g, "  "));
  assert.deepEqual(lines, [
    "a.jpg  40 x 30",
    "pet  cat  ███████▌  75%",
    "seen  sun 90%",
    "ripe  ripe (1.25)",
    "weight  grams 12.500",
    "mood  valence -0.250 (derived)",
    "marks  1 point",
    "boxes  leaf 3 x 4 at 1, 2 (50%)",
    "",
  ]);
  const failed = view.item({ file: "b.jpg", error: { code: "x/y", message: "it is none.", help: "." } });
  assert.equal(failed, "b.jpg  failed  it is none.\n");
  assert.equal(view.end!({ milliseconds: 10, device: undefined } as never), "total: 2 images, 1 failed, 10 ms\n");
});
