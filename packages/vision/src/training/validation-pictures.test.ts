import assert from "node:assert/strict";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { readRecipe } from "./recipe.ts";
import { drawShapes, makePlace, type Place, tinyRecipe } from "./tiny-run.test.support.ts";
import { validationPictures } from "./validation-pictures.ts";

let place: Place;
before(async () => {
  place = await makePlace();
  await drawShapes(place.folder, { train: 1, valid: 2 });
});
after(() => place.remove());

test("validation samples by their names, as the network is shown them; no others", async () => {
  const { recipe } = await readRecipe(await place.write("shapes", tinyRecipe));
  const load = await validationPictures(recipe, { dataFolders: [place.folder], side: 8 });
  const shown = await load("shapes/valid/discs/1.png");
  assert.deepEqual(shown && [shown.width, shown.height], [8, 8]);
  assert.equal(await load("shapes/train/discs/0.png"), undefined);
  assert.equal(await load("other/valid/discs/1.png"), undefined);
});

test("without its data set it fails, and says what was looked for", async () => {
  const { recipe } = await readRecipe(await place.write("shapes", tinyRecipe));
  const nowhere = join(place.folder, "nowhere");
  await assert.rejects(validationPictures(recipe, { dataFolders: [nowhere], side: 8 }), { code: "vision/recipe-data" });
});
