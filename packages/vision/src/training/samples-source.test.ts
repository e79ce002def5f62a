import assert from "node:assert/strict";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { encodePng } from "../image/encode.ts";
import { preprocess } from "../image/preprocess.ts";
import { noisePicture } from "../model/tiny.test.support.ts";
import { shownPart } from "../model/view.ts";
import { createLoader } from "./loader.ts";
import { planOf } from "./plan.ts";
import { type Recipe, recipeSchema } from "./recipe.ts";
import { openSource } from "./sources.ts";
import { drawShapes, makePlace, type Place, tinyRecipe } from "./tiny-run.test.support.ts";

let place: Place;
before(async () => {
  place = await makePlace();
  await drawShapes(place.folder, { train: 5, valid: 1 });
});
after(() => place.remove());

const still = { augmentation: {} };
const recipeOf = (data: object = {}, rest: object = {}): Recipe =>
  recipeSchema.parse({ ...tinyRecipe, data: { ...tinyRecipe.data, ...data }, ...rest });
const open = (recipe: Recipe) => openSource(recipe, [place.folder]);

test("a picture that is not moved is exactly what the model will be shown", async () => {
  const recipe = recipeOf(still);
  const { draw, datasets, samplesPerEpoch } = await open(recipe);
  const expected = new Map<string, number>();
  for (const sample of datasets[0]!.samples.filter(({ split }) => split === "train")) {
    const { data } = preprocess(await datasets[0]!.load(sample), recipe.preprocessing);
    const label = sample.labels.shape;
    expected.set(data.join(), label?.kind === "class" ? label.index : -1);
  }
  assert.equal(samplesPerEpoch, 10);
  for (let position = 0; position < 10; position++) {
    const [picture, target, weight] = await draw(position, { width: 16, height: 16 });
    assert.equal(target![expected.get(picture!.join())!], 1);
    assert.deepEqual([...weight!], [1]);
  }
});

test("an epoch shows every training picture once, each in an order of its own, validation pictures never", async () => {
  const { draw } = await open(recipeOf(still));
  const epochs = [];
  for (const epoch of [0, 1]) {
    const seen: string[] = [];
    for (let index = 0; index < 10; index++)
      seen.push((await draw(10 * epoch + index, { width: 16, height: 16 }))[0]!.join());
    epochs.push(seen);
  }
  assert.equal(new Set(epochs[0]).size, 10);
  assert.deepEqual([...epochs[1]!].sort(), [...epochs[0]!].sort());
  assert.notDeepEqual(epochs[1], epochs[0]);
});

test("what is drawn depends on seed and position alone, and augmentation moves it", async () => {
  const size = { width: 12, height: 12 };
  const [one, two, other, plain] = await Promise.all(
    [recipeOf(), recipeOf(), recipeOf({}, { seed: 8 }), recipeOf(still)].map(open),
  );
  for (const position of [17, 3]) assert.deepEqual(await one!.draw(position, size), await two!.draw(position, size));
  await two!.draw(25, size);
  assert.deepEqual(await one!.draw(3, size), await two!.draw(3, size));
  assert.notDeepEqual((await one!.draw(3, size))[0], (await other!.draw(3, size))[0]);
  assert.notDeepEqual((await one!.draw(3, size))[0], (await plain!.draw(3, size))[0]);
});

test("pictures of low resolution and covered ones come as often as the recipe says, and the others stay", async () => {
  const size = { width: 16, height: 16 };
  const plain = await open(recipeOf(still));
  const changedBy = async (augmentation: object) => {
    const { draw } = await open(recipeOf({ augmentation }));
    const pictures = await Promise.all(
      Array.from({ length: 200 }, async (_, at) => [(await draw(at, size))[0]!, (await plain.draw(at, size))[0]!]),
    );
    return pictures.map(([one, other]) => one!.filter((value, at) => value !== other![at]).length);
  };
  const coarse = await changedBy({ low_resolution: { chance: 0.5 } });
  const covered = await changedBy({ erase: { chance: 0.5, area: 0.25 } });
  for (const changed of [coarse, covered]) {
    // 100 of 200 at 0.5, standard deviation 7; drawn factors near 1 change nothing
    const count = changed.filter((values) => values > 0).length;
    assert.ok(count > 65 && count < 130, `${count}`);
  }
  const channels = 3;
  assert.ok(Math.max(...covered) <= 0.27 * 16 * 16 * channels, "a quarter of the area at most, but for rounding");
});

test("mixed samples lie between two of their batch, in picture and label", async () => {
  const size = { width: 16, height: 16 };
  const [plain, mixing] = await Promise.all([
    open(recipeOf(still)),
    open(recipeOf({ augmentation: { mixup: { chance: 1, alpha: 1 } } })),
  ]);
  const batch = recipeOf().training.batch;
  const own = await Promise.all(Array.from({ length: batch }, (_, at) => plain.draw(at, size)));
  for (let at = 0; at < batch; at++) {
    const [picture, label] = await mixing.draw(at, size);
    const isBetween = own.some(([other, otherLabel]) => {
      const [mine, myLabel] = own[at]!;
      // the share follows from one pixel that differs, and must hold for all
      const pixel = mine!.findIndex((value, index) => Math.abs(value - other![index]!) > 0.1);
      const share = pixel < 0 ? 1 : (picture![pixel]! - other![pixel]!) / (mine![pixel]! - other![pixel]!);
      const fits = (value: number, a: number, b: number) => Math.abs(value - share * a - (1 - share) * b) < 1e-3;
      return (
        picture!.every((value, index) => fits(value, mine![index]!, other![index]!)) &&
        label!.every((value, index) => fits(value, myLabel![index]!, otherLabel![index]!))
      );
    });
    assert.ok(isBetween, `${at}`);
  }
});

// The middle of a wide picture, as preprocess tells where its input lies; whole pixels, so that it rounds nothing.
test("the part that is shown is that of the preprocessing, at any size of training", () => {
  const { preprocessing } = recipeOf();
  for (const spec of [
    preprocessing,
    { ...preprocessing, fit: "cover" as const },
    { ...preprocessing, width: 24, height: 24, fit: "cover" as const, crop: { width: 16, height: 12 } },
    { ...preprocessing, width: 24, height: 24, crop: { width: 16, height: 12 } },
  ]) {
    const image = noisePicture(96, 48);
    const { toImage, shape } = preprocess(image, spec);
    const size = { width: shape[2], height: shape[1] };
    shownPart(image, spec, size).forEach((value, index) => {
      assert.ok(Math.abs(value - toImage[index]!) < 1e-9, `${spec.fit}: ${value}, expected ${toImage[index]}`);
    });
    const half = shownPart(image, spec, { width: size.width / 2, height: size.height / 2 });
    assert.deepEqual([half[0], half[4]], [2 * toImage[0], 2 * toImage[4]]);
  }
});

test("classes in another order than the data's, a task without labels and data without training pictures are refused", async () => {
  const [task] = tinyRecipe.model.tasks;
  const withTask = (other: object) => recipeOf({}, { model: { ...tinyRecipe.model, tasks: [{ ...task, ...other }] } });
  await assert.rejects(open(withTask({ labels: ["discs", "bars"] })), {
    code: "vision/recipe-invalid",
    message: /model\.tasks\[0\]\.labels: expected bars, discs/,
  });
  await assert.rejects(open(withTask({ name: "form" })), {
    code: "vision/recipe-invalid",
    message: /model\.tasks\[0\]\.name: .*shape/,
  });
  const empty = join(place.folder, "empty", "valid", "bars");
  await mkdir(empty, { recursive: true });
  await writeFile(join(empty, "0.png"), await encodePng(noisePicture(4, 4)));
  const sets = [{ reader: "folder", folder: "empty", options: { task: "shape" } }];
  await assert.rejects(open(recipeOf({ sets })), { code: "vision/data-empty" });
  await assert.rejects(openSource(recipeOf(), ["nowhere", "else"]), {
    code: "vision/recipe-data",
    message: /"shapes".*nowhere, else/,
  });
});

test("the loader's batches are the source's samples with the batch innermost, from any step on", async () => {
  const recipe = recipeOf({}, { training: { ...tinyRecipe.training, batch: 4 } });
  const source = await open(recipe);
  const plan = planOf(recipe, source.samplesPerEpoch);
  const loader = createLoader(recipe, plan, { dataFolders: [place.folder], first: 3 });
  try {
    for (let step = 3; step < 9; step++) {
      const tensors = await loader.batch(step);
      const size = plan.sizeAt(step);
      for (let index = 0; index < 4; index++) {
        const sample = await source.draw(4 * step + index, size);
        assert.deepEqual(
          tensors.map((tensor) => tensor.filter((_, at) => at % 4 === index)),
          sample,
          `step ${step}, sample ${index}`,
        );
      }
    }
  } finally {
    await loader.dispose();
  }
});

test("a loader whose thread has ended says so instead of waiting", { timeout: 20_000 }, async () => {
  const recipe = recipeOf();
  const loader = createLoader(recipe, planOf(recipe, 96), { dataFolders: [place.folder], first: 0 });
  await loader.batch(0);
  await loader.dispose();
  // ordered ahead: whether it was made in time or not, it must settle; what is ordered now must fail
  await loader.batch(1).catch(() => undefined);
  await assert.rejects(loader.batch(10), { code: "vision/loader-ended" });
});
