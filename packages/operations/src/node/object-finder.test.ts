import assert from "node:assert/strict";
import { test } from "node:test";
import { float32 } from "@foveajs/graph";
import type { Model } from "@foveajs/vision";
import { objectFinderOf } from "./object-finder.ts";

const image = { width: 40, height: 20, order: "gray", data: new Uint8Array(800) } as const;

/** A model whose detector sees one cell of stride 10 at (5, 5): logits of score, place, size, and of two classes. */
const modelOf = (task: object, values: number[]) =>
  ({
    card: { tasks: [task] },
    run: async () => ({
      outputs: { objects_10: float32([1, values.length, 1, 1], values) },
      inputs: [{ toImage: [2, 0, 0, 0, 2, 0] }],
    }),
  }) as unknown as Pick<Model, "card" | "run">;

const task = {
  kind: "detection",
  name: "objects",
  points: 0,
  strides: [10],
  threshold: 0.3,
  nms_iou: 0.5,
  labels: ["cat", "dog"],
};
const find = (values: number[], threshold?: number) =>
  objectFinderOf(modelOf(task, values)).objectFinder!.find(image, {
    signal: new AbortController().signal,
    ...(threshold === undefined ? {} : { threshold }),
  });

// By hand: sigmoid(ln 4) = 0.8; softmax of (0, ln 3) is 0.75 for the second; a box of 10 x 10 at the origin, twice as large in the picture.
test("finds are told with the name of their class, in pixels of the picture, from the model's threshold", async () => {
  const [found, ...others] = await find([Math.log(4), 0, 0, 0, 0, 0, Math.log(3)]);
  assert.deepEqual(others, []);
  assert.equal(found!.category, "dog");
  assert.ok(Math.abs(found!.score - 0.6) < 1e-6);
  for (const [key, value] of Object.entries({ x: 0, y: 0, width: 20, height: 20 }))
    assert.ok(Math.abs(found!.box[key as "x"] - value) < 1e-5);
  assert.deepEqual(await find([-4, 0, 0, 0, 0, 0, 0]), []);
  assert.equal((await find([-4, 0, 0, 0, 0, 0, 0], 0.001)).length, 1);
});

test("a model without named boxes finds no objects", () => {
  assert.deepEqual(objectFinderOf(modelOf({ ...task, labels: undefined }, [])), {});
  assert.deepEqual(objectFinderOf(modelOf({ kind: "classification", name: "x", labels: ["a", "b"] }, [])), {});
});
