import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { numbersOf, readOnnx } from "@foveajs/graph";
import { taskSchema } from "../../tasks/table.ts";
import type { TrainingEvent } from "../events.ts";
import { drawShapes, eventsOf, makePlace, type Place, tinyRecipe, withTraining } from "../tiny-run.test.support.ts";
import { validationLoss } from "../validation-loss.ts";

let place: Place;
let base: string;
before(async () => {
  place = await makePlace();
  await drawShapes(place.folder);
  base = await place.write("base", withTraining({ epochs: 4 }));
  await eventsOf(place.options(base, "base"));
});
after(() => place.remove());

const fromBase = (rest: object = {}) => ({
  ...tinyRecipe,
  name: "heads",
  model: { ...tinyRecipe.model, from: { file: join(place.folder, "base", "shapes.onnx") } },
  ...rest,
});
const doneOf = (events: readonly TrainingEvent[]) => {
  const done = events.at(-1);
  assert.ok(done?.type === "done");
  return done;
};

test("only the head's weights are new, the file tells the classes well, and a second time gives the same bytes", async () => {
  const recipe = await place.write("heads", fromBase());
  const done = doneOf(await eventsOf(place.options(recipe, "one", { heads: true })));
  assert.ok(done.metrics["shape/accuracy"]! >= 0.9, JSON.stringify(done.metrics));
  assert.ok(done.metrics["shape/heldout_accuracy"]! >= 0.85);
  const [own, old] = await Promise.all([readFile(done.model), readFile(join(place.folder, "base", "shapes.onnx"))]);
  const [heads, backbone] = [own, old].map((bytes) => readOnnx(bytes).initializers);
  let kept = 0;
  for (const [name, tensor] of heads!) {
    const before = backbone!.get(name);
    if (!/^(backbone|heads)\./.test(name)) continue;
    assert.equal(before !== undefined, true, name);
    const isSame = numbersOf(before!).join() === numbersOf(tensor).join();
    assert.equal(isSame, name.startsWith("backbone."), name);
    kept += isSame ? 1 : 0;
  }
  assert.ok(kept > 5);
  const again = doneOf(await eventsOf(place.options(recipe, "two", { heads: true })));
  assert.equal(again.sha256, done.sha256);
});

test("heads that look at maps, and a recipe without a model to start from, are refused", async () => {
  const marks = { kind: "landmarks", name: "marks", scheme: "five" };
  const withMarks = await place.write("marks", fromBase({ model: { ...fromBase().model, tasks: [marks] } }));
  const options = { heads: true };
  await assert.rejects(eventsOf(place.options(withMarks, "marks", options)), {
    code: "vision/recipe-invalid",
    message: /landmarks \(marks\)/,
  });
  await assert.rejects(eventsOf(place.options(base, "none", options)), {
    code: "vision/recipe-invalid",
    message: /model\.from/,
  });
});

// By hand: ln 2 for even logits of two classes and for an even label; (0.5^2 + 0) / 2; a weight of 0 does not count.
test("the loss by which epochs are compared", async () => {
  const specs = [
    { kind: "classification", name: "t", labels: ["a", "b"] },
    { kind: "regression", name: "t", values: ["a", "b"] },
    { kind: "multilabel", name: "t", labels: ["a", "b"] },
    { kind: "ordinal", name: "t", labels: ["a", "b", "c"] },
  ].map((spec) => taskSchema.parse(spec));
  const cases = [
    [
      [
        [3, 3],
        [9, 9],
      ],
      [
        [[1, 0], [1]],
        [[0, 0], [0]],
      ],
      Math.LN2,
    ],
    [
      [[1.5, 7]],
      [
        [
          [1, 7],
          [1, 1],
        ],
      ],
      0.125,
    ],
    [
      [[0, 50]],
      [
        [
          [1, 0],
          [1, 0],
        ],
      ],
      Math.LN2,
    ],
    [[[0, 0]], [[[1, 0], [1]]], 2 * Math.LN2],
  ] as const;
  for (const [index, [rows, targets, expected]] of cases.entries()) {
    const received = await validationLoss(
      specs[index]!,
      {
        ids: rows.map(String),
        outputs: rows.map((row) => Float32Array.from(row)),
        targets: targets.map((tensors) => tensors.map((values) => Float32Array.from(values))),
      },
      { width: 8, height: 8 },
    );
    assert.ok(Math.abs(received - expected) < 1e-6, `${specs[index]!.kind}: ${received}, expected ${expected}`);
  }
});
