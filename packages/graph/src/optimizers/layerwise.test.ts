import assert from "node:assert/strict";
import { test } from "node:test";
import { layerwise } from "./layerwise.ts";

const names = ["stem.weight", "stage0.0.w", "stage0.1.w", "stage2.0.w", "stage10.0.w", "stage10.0.b", "head.w"];

const factorsOf = (groups: ReturnType<typeof layerwise>) =>
  Object.fromEntries(groups.flatMap(({ parameters, rateFactor }) => parameters.map((name) => [name, rateFactor])));

test("rates fall by the decay for each layer away from the last, by number and not by text", () => {
  const group = { parameters: names, weightDecay: 0.1 };
  const stages = layerwise(group, { pattern: "stage(\\d+)", decay: 0.5 });
  assert.deepEqual(factorsOf(stages), {
    "stem.weight": 1,
    "stage0.0.w": 0.25,
    "stage0.1.w": 0.25,
    "stage2.0.w": 0.5,
    "stage10.0.w": 1,
    "stage10.0.b": 1,
    "head.w": 1,
  });
  assert.ok(stages.every(({ weightDecay }) => weightDecay === 0.1));
  const blocks = factorsOf(layerwise(group, { pattern: "stage(\\d+)\\.(\\d+)", decay: 0.5 }));
  assert.deepEqual([blocks["stage0.0.w"], blocks["stage0.1.w"], blocks["stage2.0.w"]], [0.125, 0.25, 0.5]);
});

test("layers are counted among all weights, also those of other groups", () => {
  const group = { parameters: ["stage0.0.w"] };
  assert.deepEqual(layerwise(group, { pattern: "stage(\\d+)", decay: 0.5 }), [{ ...group, rateFactor: 1 }]);
  assert.deepEqual(layerwise(group, { pattern: "stage(\\d+)", decay: 0.5, among: names }), [
    { ...group, rateFactor: 0.25 },
  ]);
});

test("a decay of 1 leaves the group whole; a pattern that finds no depth is an error", () => {
  assert.deepEqual(layerwise({ parameters: names }, { pattern: "stage(\\d+)", decay: 1 }), [
    { parameters: names, rateFactor: 1 },
  ]);
  for (const pattern of ["block(\\d+)", "stage\\d+", "stage(\\D)", "("])
    assert.throws(() => layerwise({ parameters: names }, { pattern, decay: 0.5 }), { code: "graph/layer-pattern" });
});
