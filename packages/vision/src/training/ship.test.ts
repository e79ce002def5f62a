// Expected lists by hand: from the pictures' files, read again.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { readOnnx } from "@foveajs/graph";
import { readModelCard } from "../model/load.ts";
import { createModel } from "../model/network.ts";
import { isTrainedOn, pictureHash, readTrainingPictures, trainingPictures } from "../model/training-pictures.ts";
import { readRecipe } from "./recipe.ts";
import { recipePictures } from "./recipe-pictures.ts";
import { openSampleSets } from "./sample-sets.ts";
import { ship } from "./ship.ts";
import { networkOf } from "./stepper.ts";
import { drawShapes, makePlace, measurers, type Place, tinyRecipe } from "./tiny-run.test.support.ts";

let place: Place;
before(async () => {
  place = await makePlace();
  await drawShapes(place.folder, { train: 6, valid: 2 });
});
after(() => place.remove());

/** Ships the untrained net of a recipe on these drawings: its list, and the data set as the run had it. */
async function shipped(set: object, from?: Parameters<typeof ship>[4]["from"]) {
  const sets = [{ ...tinyRecipe.data.sets[0], ...set }];
  const path = await place.write("changed", { ...tinyRecipe, data: { ...tinyRecipe.data, sets } });
  const loaded = await readRecipe(path);
  const { recipe } = loaded;
  assert.ok(recipe.data.kind === "samples");
  const [opened] = await openSampleSets(recipe, recipe.data, [place.folder]);
  const { dataset } = opened!;
  const { graph } = createModel(networkOf(recipe), recipe.preprocessing);
  const validation = { metrics: {}, predicted: new Map() };
  const { bytes } = await ship(graph, loaded, [dataset], validation, { measurers, threads: 1, from });
  return {
    list: readTrainingPictures(readOnnx(bytes), "shapes.onnx")!,
    dataset,
    recipe,
    card: readModelCard(bytes, "shapes.onnx"),
  };
}

test("the file lists the training pictures; those of validation, held out or skipped are not in it", async () => {
  const skip = ["train/bars/0.png", "train/discs/3.png"];
  for (const [set, count] of [
    [{}, 12],
    [{ skip }, 10],
    [{ hold_out: 0.25, skip }, undefined],
  ] as const) {
    const { list, dataset } = await shipped(set);
    const whole = (await shipped({})).dataset;
    const used = new Set(dataset.samples.filter(({ split }) => split === "train").map(({ id }) => id));
    assert.ok(count === undefined ? used.size < 10 : used.size === count, `${used.size}`);
    assert.equal(list.hashes.length, used.size);
    assert.equal(whole.samples.length, 16);
    for (const sample of whole.samples) {
      assert.equal(isTrainedOn(list, pictureHash(await whole.load(sample))), used.has(sample.id), sample.id);
    }
  }
});

test("the card says of each data set for which tasks it has labels", async () => {
  const { card, dataset } = await shipped({});
  const { licence, source } = dataset.terms;
  assert.deepEqual(card.sources, [{ name: "shapes", licence, source, labels: ["shape"] }]);
});

test("what the file of the start lists was learnt too", async () => {
  const { list } = await shipped({}, { weights: new Map(), pictures: trainingPictures([1, 2]) });
  assert.equal(list.hashes.length, 14);
  assert.ok(isTrainedOn(list, 1) && isTrainedOn(list, 2) && !isTrainedOn(list, 3));
  assert.equal((await shipped({}, { weights: new Map() })).list.hashes.length, 12);
});

test("what a training would list is told without it, by the recipe and its data alone", async () => {
  for (const set of [{}, { hold_out: 0.25, skip: ["train/bars/0.png"] }]) {
    const { list, dataset, recipe } = await shipped(set);
    const { pictures, sets } = await recipePictures(recipe, { dataFolders: [place.folder] });
    assert.deepEqual(pictures, list);
    const count = dataset.samples.filter(({ split }) => split === "train").length;
    assert.deepEqual(sets, [{ name: dataset.name, count }]);
  }
  const { recipe } = await shipped({});
  await assert.rejects(recipePictures(recipe, { dataFolders: ["/nowhere"] }), { code: "vision/recipe-data" });
});
