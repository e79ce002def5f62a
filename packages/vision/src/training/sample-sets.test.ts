import assert from "node:assert/strict";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { needs, sharedData } from "../data/shared.test.support.ts";
import { fiveOf, pointsOf } from "../tasks/landmarks.ts";
import { type Recipe, recipeSchema } from "./recipe.ts";
import { openSampleSets, samplesOfPart } from "./sample-sets.ts";
import { openSource } from "./sources.ts";
import { drawShapes, makePlace, type Place, tinyRecipe } from "./tiny-run.test.support.ts";

let place: Place;
before(async () => {
  place = await makePlace();
  await drawShapes(place.folder, { train: 5, valid: 1 });
});
after(() => place.remove());

const shapes = tinyRecipe.data.sets[0]!;
const recipeOf = (sets: readonly object[], rest: object = {}): Recipe =>
  recipeSchema.parse({ ...tinyRecipe, data: { kind: "samples", sets, augmentation: {} }, ...rest });
const withBatch = (batch: number) => ({ training: { ...tinyRecipe.training, batch } });

test("a held-out share leaves the training part whole groups at a time, the same ones every time", async () => {
  const opened = async (hold_out: number, seed = 0) => {
    const recipe = recipeOf([{ ...shapes, hold_out }], { seed });
    const sets = await openSampleSets(recipe, recipe.data as never, [place.folder]);
    return (["train", "valid"] as const).map((part) => samplesOfPart(sets, part).map(({ sample }) => sample.id));
  };
  const [train, valid] = await opened(0);
  assert.deepEqual([train!.length, valid!.length], [10, 2]);
  const [less, more] = await opened(0.3);
  assert.deepEqual([less!.length, more!.length], [7, 5]);
  assert.deepEqual([...less!, ...more!].sort(), [...train!, ...valid!].sort());
  assert.deepEqual(await opened(0.3), [less, more]);
  assert.notDeepEqual((await opened(0.3, 1))[1], more);
});

test("sets with places of their own in every batch are passed over each at its own pace", async () => {
  const recipe = recipeOf(
    [
      { ...shapes, per_batch: 4 },
      { ...shapes, hold_out: 0.5, per_batch: 1 },
    ],
    withBatch(5),
  );
  const { draw, samplesPerEpoch } = await openSource(recipe, [place.folder]);
  assert.equal(samplesPerEpoch, 10); // two whole batches are a pass over the ten of the first set
  const size = { width: 16, height: 16 };
  const pictures = async (slots: readonly number[], batches: number) => {
    const seen = [];
    for (let batch = 0; batch < batches; batch++)
      for (const slot of slots) seen.push((await draw(5 * batch + slot, size))[0]!.join());
    return seen;
  };
  const first = await pictures([0, 1, 2, 3], 5);
  assert.equal(new Set(first.slice(0, 10)).size, 10);
  assert.equal(new Set(first.slice(10)).size, 10);
  const second = await pictures([4], 5);
  assert.equal(new Set(second).size, 5);
});

test("per_batch must be told for all sets and sum to the batch; faces are cut out only as the card says", () => {
  const fails = (sets: readonly object[], pattern: RegExp) =>
    assert.throws(() => recipeOf(sets, withBatch(5)), pattern);
  fails([{ ...shapes, per_batch: 4 }, shapes], /the sum of per_batch.*\(4\), received 5/);
  fails([{ ...shapes, per_batch: 4 }], /received 5/);
  fails([{ ...shapes, aligned_by: "points" }], /card\.alignment/);
});

const faces = {
  card: { ...tinyRecipe.card, alignment: { width: 2, above: 0.09, roll: "level" } },
  model: {
    ...tinyRecipe.model,
    backbone: { family: "residual", stem: 4, widths: [4, 4], blocks: [1, 1] },
    tasks: [{ kind: "landmarks", name: "landmarks", scheme: "ibug68", features: 4 }],
  },
};

test(
  "a face is cut out by its own points: eyes level and in place, landmarks along with it",
  needs("landmarks68"),
  async () => {
    const set = {
      reader: "landmarks68",
      folder: "landmarks68",
      labels: { landmarks: "landmarks68" },
      aligned_by: "landmarks5",
    };
    const { draw } = await openSource(recipeOf([set], faces), [join(sharedData("landmarks68"), "..")]);
    const [, target] = await draw(0, { width: 48, height: 48 });
    const points = pointsOf(target!.subarray(0, 136), { width: 2, height: 2 }); // in sizes of the face
    const [left, right, , mouthLeft, mouthRight] = fiveOf(points, "ibug68");
    const eyes = [(left![0] + right![0]) / 2, (left![1] + right![1]) / 2] as const;
    const mouth = [(mouthLeft![0] + mouthRight![0]) / 2, (mouthLeft![1] + mouthRight![1]) / 2] as const;
    // s is hypot(eye distance, distance from eyes to mouth); the point midway lies 0.09 s below the middle of the crop
    const across = Math.hypot(right![0] - left![0], right![1] - left![1]);
    assert.ok(Math.abs(Math.hypot(across, mouth[0] - eyes[0], mouth[1] - eyes[1]) - 1) < 1e-4);
    assert.ok(Math.abs((eyes[0] + mouth[0]) / 2 - 1) < 1e-4 && Math.abs((eyes[1] + mouth[1]) / 2 - 1.09) < 1e-4);
  },
);
