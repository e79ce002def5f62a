import assert from "node:assert/strict";
import { test } from "node:test";
import { backboneOf, backboneSchema } from "../../backbones/table.ts";
import type { Dataset, Label, Sample } from "../../data/types.ts";
import { recipeSchema } from "../recipe.ts";
import { assemble } from "./assemble.ts";
import { flipNote } from "./flip.ts";
import { holdOut } from "./hold-out.ts";
import { affordableSide, backboneFor, growingSizes, meanCost, sidesFor } from "./network.ts";
import { nameOf } from "./own-data.ts";
import { ownTasks } from "./own-tasks.ts";
import { commandOf, recipeText } from "./recipe-text.ts";

const sampleOf = (id: string, labels: Record<string, Label>, more: Partial<Sample> = {}): Sample => ({
  id,
  image: { file: id },
  labels,
  group: id,
  split: "train",
  ...more,
});
const dataset = (samples: Sample[], classes: Dataset["classes"]): Dataset => ({
  name: "own",
  samples,
  classes,
  terms: { licence: "unknown", publishable: false, commercial: false, source: "the user's own pictures" },
  load: () => Promise.reject(new Error("not read")),
});
const classed = (counts: readonly number[]) =>
  counts.flatMap((count, index) =>
    Array.from({ length: count }, (_, i) => sampleOf(`${index}/${i}`, { class: { kind: "class", index } })),
  );

test("mirror images: as asked; else not for signs, sides, numbers or gray pictures, and the reason is told", () => {
  const plain = { classes: ["cardboard", "glass"], isGray: false, hasNumbers: false };
  assert.equal(flipNote(undefined, plain).share, 0.5);
  for (const other of [
    { ...plain, classes: ["0", "1", "12"] },
    { ...plain, classes: ["A", "B"] },
    { ...plain, classes: ["turn left", "turn right"] },
    { ...plain, isGray: true },
    { ...plain, hasNumbers: true },
  ]) {
    const { share, why } = flipNote(undefined, other);
    assert.equal(share, 0);
    assert.match(why, /--flip/);
    assert.equal(flipNote(true, other).share, 0.5);
  }
  assert.deepEqual([flipNote(false, plain).share, flipNote(false, plain).why], [0, "--no-flip"]);
});

test("classes: unbalanced ones are weighed by the root of their rarity, even ones are not", () => {
  const even = ownTasks(dataset([], { class: ["a", "b"] }), classed([30, 40])).tasks;
  assert.deepEqual(even, [{ kind: "classification", name: "class", labels: ["a", "b"] }]);
  const { tasks, notes } = ownTasks(dataset([], { class: ["a", "b"] }), classed([10, 90]));
  // by hand: sqrt(50 / 10) and sqrt(50 / 90)
  assert.deepEqual(tasks[0]!.class_weights, [2.236, 0.745]);
  assert.ok(notes.some(({ why }) => why.includes("unbalanced")) && notes[0]!.why.includes('"a" there are few'));
});

test("one class only, a class without training pictures, no labels and no boxes are told in words", () => {
  const of = (classes: Dataset["classes"], samples: Sample[]) => () => ownTasks(dataset([], classes), samples);
  assert.throws(of({ class: ["cats"] }, classed([9])), {
    code: "vision/own-data",
    message: /two classes.*only "cats"/,
  });
  assert.throws(of({ class: ["a", "b", "c"] }, classed([9, 9])), { code: "vision/own-data", message: /none of "c"/ });
  assert.throws(of({}, [sampleOf("x", {})]), { code: "vision/own-data", message: /labels/ });
  assert.throws(of({ objects: ["a"] }, [sampleOf("x", { objects: { kind: "boxes", boxes: [] } })]), {
    code: "vision/own-data",
    message: /boxes of objects/,
  });
  assert.throws(
    of(
      {},
      [1, 2].map((i) => sampleOf(`${i}`, { age: { kind: "values", values: [4] } })),
    ),
    {
      code: "vision/own-data",
      message: /differ/,
    },
  );
});

test("numbers are centred and scaled by their own mean and deviation, unknown ones left out", () => {
  const samples = [2, 4, Number.NaN, 6].map((value, i) =>
    sampleOf(`${i}`, { age: { kind: "values", values: [value] } }),
  );
  const [task] = ownTasks(dataset([], {}), samples).tasks;
  // by hand: mean 4, deviation sqrt(8 / 3)
  assert.deepEqual([task!.values, task!.centres, task!.scales], [["age"], [4], [1.63299]]);
});

test("rare labels weigh more where they are there; one that never changes is refused", () => {
  const tagged = (values: number[][]) =>
    values.map((row, i) => sampleOf(`${i}`, { tags: { kind: "values", values: row } }));
  const rows = Array.from({ length: 10 }, (_, i) => [i % 2, i === 0 ? 1 : 0]);
  const [task] = ownTasks(dataset([], { tags: ["a", "b"] }), tagged(rows)).tasks;
  assert.deepEqual(task!.positive_weights, [1, 3]); // by hand: sqrt(0.9 / 0.1)
  assert.throws(() => ownTasks(dataset([], { tags: ["a", "b"] }), tagged(rows.map(([a]) => [a!, 0]))), {
    code: "vision/own-data",
    message: /"b"/,
  });
});

const spec = { reader: "folder", folder: "/own", options: {} };

test("validation: the data's own part where there is one, else whole groups with every class on both sides", () => {
  const own = [...classed([20, 20]), sampleOf("v", { class: { kind: "class", index: 0 } }, { split: "valid" })];
  const told = holdOut(dataset(own, {}), { spec, skip: ["0/3"], groupBy: undefined });
  assert.deepEqual([told.set.hold_out, told.train.length, told.valid.length, told.set.skip], [0, 39, 1, ["0/3"]]);
  const rare = holdOut(dataset(classed([40, 3]), {}), { spec, skip: [], groupBy: undefined });
  assert.equal(rare.set.hold_out, 0.2);
  for (const part of [rare.train, rare.valid])
    assert.deepEqual(new Set(part.map(({ labels }) => (labels.class as { index: number }).index)), new Set([0, 1]));
  const grouped = holdOut(dataset(classed([40, 40]), {}), { spec, skip: [], groupBy: { pattern: "(\\d)$" } });
  const seen = new Set(grouped.train.map(({ group }) => group));
  assert.ok(grouped.valid.length > 0 && grouped.valid.every(({ group }) => !seen.has(group)));
});

test("too few pictures or groups are refused with their number", () => {
  const of =
    (samples: Sample[], skip: string[] = [], pattern?: string) =>
    () =>
      holdOut(dataset(samples, {}), { spec, skip, groupBy: pattern === undefined ? undefined : { pattern } });
  assert.throws(of(classed([3, 2])), { code: "vision/own-data", message: /at least 8.*received 5/ });
  assert.throws(of(classed([8, 1]), ["0/1", "0/2"]), {
    code: "vision/own-data",
    message: /7 and 2 that cannot be read/,
  });
  assert.throws(of(classed([20, 20]), [], "(\\d)/"), { code: "vision/own-data", message: /at least 4.*received 2/ });
});

test("networks of every side are sound, and sides fit the strides", () => {
  for (const kind of ["samples", "boxes"] as const) {
    for (const side of sidesFor(kind, 4000)) {
      const backbone = backboneFor(kind, side);
      assert.deepEqual(backboneSchema.parse(backbone), backbone);
      const multiple = kind === "boxes" ? 32 : 4;
      for (const { size } of growingSizes(side, multiple)) assert.equal(size % backboneOf(backbone).multiple, 0);
    }
  }
  assert.deepEqual(sidesFor("boxes", 90), [64, 96].slice(-1));
  assert.equal(sidesFor("samples", 48).at(-1), 64);
  assert.deepEqual(sidesFor("samples", 8), [16]);
});

test("the side is the largest that the budget pays for, by area; the mean cost of growing sizes counts each", () => {
  const budget = { budget: 100, draws: 1000, known: 32, seconds: 0.02 };
  // by hand: 20 s at 32, 80 s at 64, 125 s at 80
  assert.equal(affordableSide([16, 32, 64, 80], budget), 64);
  assert.equal(affordableSide([64, 80], { ...budget, budget: 1 }), 64);
  assert.equal(
    meanCost([
      { until: 0.4, size: 50 },
      { until: 1, size: 100 },
    ]),
    0.4 * 0.25 + 0.6,
  );
});

test("models are named after the folder that says something", () => {
  const name = (path: string, layout: "images" | "coco" | "csv" = "images") => nameOf({ layout, path });
  assert.equal(name("/data/Sign_Digits/train"), "sign-digits");
  assert.equal(name("/data/coco_mini/annotations/instances_train.json", "coco"), "coco-mini");
  assert.equal(name("/data/cars/labels.csv", "csv"), "cars");
  assert.equal(nameOf({ layout: "images", path: "/data/x", name: "My Model!" }), "my-model");
});

test("the text of a recipe tells its command and its reasons, each on one line", () => {
  const text = recipeText(
    { name: "x" },
    { command: "--images a\nb", notes: [{ what: "size", value: "64", why: "so" }] },
  );
  assert.equal(text, "# fovea train --images a b\n# size: 64 (so)\n\nname: x\n");
  assert.equal(commandOf(text), "--images a b");
  assert.equal(commandOf("name: x\n"), undefined);
});

test("inputs for a backbone whose maps must fit have sides of its multiple, and grow only where they stay whole", () => {
  const seen = { width: 256, height: 192, isGray: false, mean: [0.5, 0.5, 0.5], std: [0.2, 0.2, 0.2], skipped: [] };
  const pyramid = { family: "pyramid", stem: [4, 6], widths: [8, 10, 12], blocks: [1, 0, 2], lateral: 6 } as const;
  const colours = { color: "rgb", scale: 1 / 255, mean: [0, 0, 0], std: [1, 1, 1] } as const;
  const note = { what: "start", value: "x", why: "y" };
  const divided = holdOut(dataset(classed([30, 30]), {}), { spec, skip: [], groupBy: undefined });
  const tasks = [{ kind: "classification", name: "class", labels: ["a", "b"] }];
  const of = (own: object, side: number) =>
    recipeSchema.parse(
      assemble(
        {
          name: "own",
          kind: "samples",
          seen: { ...seen, ...own },
          divided,
          tasks,
          start: {
            from: { file: "/x.onnx" },
            backbone: { ...pyramid, stem: [4, 6], widths: [8, 10, 12], blocks: [1, 0, 2] },
            colours: { ...colours, mean: [0, 0, 0], std: [1, 1, 1] },
            note,
          },
          flip: 0,
          batch: 16,
          data: "own",
        },
        { side, epochs: 2, validateEvery: 1 },
      ),
    );
  const wide = of({}, 128);
  assert.deepEqual([wide.preprocessing.width, wide.preprocessing.height], [128, 96]);
  assert.deepEqual(wide.training.sizes, [{ until: 1, size: 128 }]);
  const square = of({ height: 250 }, 128);
  assert.deepEqual([square.preprocessing.width, square.preprocessing.height], [128, 128]);
  assert.deepEqual(
    square.training.sizes.map(({ size }) => size),
    [96, 128],
  );
});
