// Expected parts by hand, from the drawings that were made; those of a training from the training's own division.
import assert from "node:assert/strict";
import { rename } from "node:fs/promises";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { openDataset } from "../data/readers/table.ts";
import { madeSet } from "./made-sets.test.support.ts";
import { openModelSet, partsOf } from "./measure-model.ts";
import { holdOut } from "./propose/hold-out.ts";
import { recipeSchema } from "./recipe.ts";
import { openRecipeSet } from "./recipe-set.ts";
import { openSampleSets, samplesOfPart } from "./sample-sets.ts";
import { drawShapes, makePlace, type Place, tinyRecipe } from "./tiny-run.test.support.ts";

let place: Place;
let plain = "";
before(async () => {
  place = await makePlace();
  await drawShapes(place.folder, { train: 20, valid: 4 });
  // a folder a class, without parts
  plain = join(place.folder, "plain");
  await rename(join(place.folder, "shapes", "train"), plain);
  await drawShapes(place.folder, { train: 20, valid: 4 });
});
after(() => place.remove());

const { tasks } = recipeSchema.parse(tinyRecipe).model;
const { preprocessing } = recipeSchema.parse(tinyRecipe);
const model = { name: "tiny", tasks, preprocessing };
const options = { task: "shape" };
const idsOf = (entries: readonly { sample: { id: string } }[]) => entries.map(({ sample }) => sample.id).sort();

test("a data set with parts calibrates on one and is measured on the other", async () => {
  const set = await openModelSet(model, { folder: join(place.folder, "shapes"), reader: "folder", options });
  assert.deepEqual([set.calibration.length, set.measured.length, set.unmeasured], [40, 8, undefined]);
  assert.equal(partsOf(set.measured, set.part), "shapes valid (8)");
  assert.equal(partsOf(set.calibration, set.calibrationPart), "shapes train (40)");
});

test("plain folders of classes: what a training on them would hold out is measured, and calibrates nothing", async () => {
  const set = await openModelSet(model, { folder: plain, reader: "folder", options });
  const dataset = await openDataset("folder", plain, { options });
  const spec = { reader: "folder", folder: plain, options };
  const { valid, train } = holdOut(dataset, { spec, skip: [], groupBy: undefined });
  assert.ok(valid.length >= 7 && valid.length <= 9, `${valid.length}`); // a fifth of 40
  assert.deepEqual(idsOf(set.measured), valid.map(({ id }) => id).sort());
  assert.deepEqual(idsOf(set.calibration), train.map(({ id }) => id).sort());
  assert.equal(partsOf(set.measured, set.part), `plain held out (${valid.length})`);
});

test("why nothing is measured is told: labels of other names, and too few pictures", async () => {
  const other = await openModelSet(model, { folder: plain, reader: "folder", options: { task: "thing" } });
  assert.deepEqual([other.measured.length, other.calibration.length], [0, 40]);
  assert.match(other.unmeasured!, /labels named thing, none of the model's tasks \(shape\).*--recipe/);
  const few = await makePlace();
  await drawShapes(few.folder, { train: 3, valid: 0 });
  const small = await openModelSet(model, { folder: join(few.folder, "shapes"), reader: "folder", options });
  assert.deepEqual([small.measured.length, small.calibration.length], [0, 6]);
  assert.match(small.unmeasured!, /no validation part, and its 6 labelled pictures are too few/);
  await few.remove();
});

const shapeLabel = { kind: "class", index: 0 } as const;
const sets = [
  madeSet("first", { train: 20, valid: 2 }, { labelsOf: () => ({ shape: shapeLabel }) }),
  madeSet("second", { train: 40 }, { labelsOf: () => ({ form: shapeLabel }), classes: { form: ["bars", "discs"] } }),
  madeSet("bare", { train: 8, valid: 3 }, { labelsOf: () => ({}) }),
];
const ofSets = (second: object) =>
  recipeSchema.parse({
    ...tinyRecipe,
    data: {
      kind: "samples",
      sets: [
        { reader: "memory", folder: "first" },
        { reader: "memory", folder: "second", hold_out: 0.25, ...second },
        { reader: "memory", folder: "bare" },
      ],
      augmentation: {},
    },
  });

test("a recipe: its own training part calibrates, what its training holds out is measured, under its names of labels", async () => {
  const recipe = ofSets({ labels: { shape: "form" } });
  const set = await openRecipeSet(model, recipe, sets);
  assert.ok(recipe.data.kind === "samples");
  const trained = await openSampleSets(recipe, recipe.data, sets);
  assert.deepEqual(idsOf(set.calibration), idsOf(samplesOfPart(trained, "train")));
  assert.equal(set.calibration.length, 20 + 30 + 8);
  assert.equal(partsOf(set.measured, set.part, "shape"), "second valid (10), first valid (2)");
  assert.deepEqual(
    idsOf(set.measured.filter((entry) => entry.set.dataset.name === "second")),
    idsOf(samplesOfPart(trained.slice(1, 2), "valid")),
  );
  const unnamed = await openRecipeSet(model, ofSets({}), sets);
  assert.equal(partsOf(unnamed.measured, unnamed.part), "first valid (2)");
});

test("a recipe's classes must be the model's, also under another name", async () => {
  const wrong = [{ ...sets[1]!, classes: { form: ["cats", "dogs"] } }, sets[0]!, sets[2]!];
  await assert.rejects(openRecipeSet(model, ofSets({ labels: { shape: "form" } }), wrong), {
    code: "vision/classes-differ",
  });
});

test("a recipe without a validation part says so", async () => {
  const only = [madeSet("first", { train: 9 }, { labelsOf: () => ({ shape: shapeLabel }) })];
  const data = { kind: "samples", sets: [{ reader: "memory", folder: "first" }], augmentation: {} };
  const set = await openRecipeSet(model, recipeSchema.parse({ ...tinyRecipe, data }), only);
  assert.equal(set.measured.length, 0);
  assert.match(set.unmeasured!, /recipe shapes keeps no labelled pictures for validation/);
});
