import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { numbersOf, readOnnx } from "@foveajs/graph";
import { decode } from "../../image/decode.ts";
import { loadModel } from "../../model/load.ts";
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

test("a task that only a teacher labels is fitted on what it says, with a hidden layer, and not measured", async () => {
  // of ten epochs, so that it tells both classes well
  const { model: file } = doneOf(await eventsOf(place.options(await place.write("able", tinyRecipe), "able")));
  const sha256 = createHash("sha256")
    .update(await readFile(file))
    .digest("hex");
  const copy = { ...tinyRecipe.model.tasks[0], name: "copy", hidden: 64 };
  const recipe = await place.write("taught", {
    ...fromBase({ name: "taught" }),
    teachers: [{ name: "base", licence: "none", source: "a test", model: { file, sha256 } }],
    data: {
      ...tinyRecipe.data,
      sets: [{ ...tinyRecipe.data.sets[0], taught: { copy: { teacher: "base", output: "shape", at_least: 0.6 } } }],
    },
    model: { ...tinyRecipe.model, from: { file }, tasks: [copy] },
  });
  const done = doneOf(await eventsOf(place.options(recipe, "taught", { heads: true })));
  assert.deepEqual(done.metrics, {});
  const [student, teacher] = await Promise.all(
    [done.model, file].map(async (path) => loadModel(await readFile(path), { name: path, threads: 1 })),
  );
  const [told] = student!.card.tasks;
  assert.ok(told?.kind === "classification" && told.hidden === 64);
  assert.deepEqual(
    student!.card.sources.map(({ name }) => name),
    ["shapes", "base"],
  );
  assert.deepEqual(readOnnx(await readFile(done.model)).initializers.get("heads.copy.hidden.weight")!.shape, [64, 16]);
  const pictures = await Promise.all(
    ["bars", "discs"].flatMap((kind) =>
      Array.from({ length: 20 }, async (_, index) => {
        const path = join(place.folder, "shapes", "valid", kind, `${index}.png`);
        return decode(await readFile(path), { colors: "gray", name: path });
      }),
    ),
  );
  const answers = async (model: NonNullable<typeof student>, task: string) => {
    const { outputs } = await model.run(pictures);
    const values = outputs[task]!.data as Float32Array;
    return pictures.map((_, index) => Number(values[2 * index]! < values[2 * index + 1]!));
  };
  const [one, other] = [await answers(student!, "copy"), await answers(teacher!, "shape")];
  const agreed = one.filter((answer, index) => answer === other[index]).length;
  assert.ok(agreed >= 36 && new Set(one).size === 2, `${agreed} of 40`);
  await Promise.all([student!.dispose(), teacher!.dispose()]);
});

test("a head with a hidden layer is chosen and measured as others, alone and in a whole training", async () => {
  const model = { ...fromBase().model, tasks: [{ ...tinyRecipe.model.tasks[0], hidden: 8 }] };
  const fitted = doneOf(
    await eventsOf(place.options(await place.write("hidden", fromBase({ model })), "hidden", { heads: true })),
  );
  assert.ok(fitted.metrics["shape/accuracy"]! >= 0.9, JSON.stringify(fitted.metrics));
  const { from: _, ...whole } = model;
  const recipe = await place.write("whole", { ...withTraining({ epochs: 1 }), model: whole });
  const { initializers, outputs } = readOnnx(
    await readFile(doneOf(await eventsOf(place.options(recipe, "whole"))).model),
  );
  assert.deepEqual(initializers.get("heads.shape.hidden.weight")!.shape, [8, 16]);
  assert.ok(numbersOf(initializers.get("heads.shape.weight")!).some((value) => value !== 0));
  assert.deepEqual(
    outputs.map(({ name }) => name),
    ["shape"],
  );
});

test("heads that look at maps or shall go on, and a recipe without a model to start from, are refused", async () => {
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
  const { model } = fromBase();
  const goesOn = { ...model, from: { ...model.from, heads: [model.tasks[0]!.name] } };
  const kept = await place.write("kept", fromBase({ model: goesOn }));
  await assert.rejects(eventsOf(place.options(kept, "kept", options)), {
    code: "vision/recipe-invalid",
    message: /model\.from\.heads: expected none where all heads are fitted anew/,
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
