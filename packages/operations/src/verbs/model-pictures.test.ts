// Expected lists from the pictures' files, read again; the rest by hand.
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { fileURLToPath } from "node:url";
import { readOnnx, replaceMetadata, withoutMetadata } from "@foveajs/graph";
import {
  CARD_KEY,
  isTrainedOn,
  pictureHash,
  readImage,
  readModelCard,
  readTrainingPictures,
  TRAINING_PICTURES_KEY,
  trainingPictures,
  writeTrainingPictures,
} from "@foveajs/vision";
import { runOperation } from "../operation.ts";
import { fakeContext } from "./fake-context.test.support.ts";
import { writeModelPictures } from "./model-pictures.ts";
import { makeTinyTraining, type TinyTraining } from "./tiny-training.test.support.ts";

const shipped = fileURLToPath(new URL("../../../../models/expression.onnx", import.meta.url));
const needsModel = { skip: !existsSync(shipped) && `not here: ${shipped}` };
const sha256 = (data: Uint8Array) => createHash("sha256").update(data).digest("hex");

let place: TinyTraining;
before(async () => {
  place = await makeTinyTraining();
});
after(() => place.remove());

/** A model whose card names the recipe of the drawings, or another one, and whose file lists what is told. */
async function makeModel(
  name: string,
  { recipe, list }: { recipe: { name: string; sha256: string; seed: number }; list?: readonly number[] },
) {
  const path = join(place.folder, `${name}.onnx`);
  const bytes = await readFile(shipped);
  const changed = replaceMetadata(bytes, {
    [CARD_KEY]: JSON.stringify({ ...readModelCard(bytes, name), recipe }),
    [TRAINING_PICTURES_KEY]: list && writeTrainingPictures(trainingPictures(list)),
  });
  await writeFile(path, changed);
  return { path, bytes: changed };
}

const ofDrawings = async () => ({ name: "shapes", sha256: sha256(await readFile(place.recipe)), seed: 7 });

async function write(input: Record<string, unknown>) {
  const asked = { recipe: place.recipe, data: place.folder, ...input };
  for await (const result of runOperation(writeModelPictures, asked, fakeContext())) {
    return writeModelPictures.output.parse(result);
  }
  throw new Error("no result");
}

test("the training pictures are listed, no others; graph and card stay, SHA256SUMS follows", needsModel, async () => {
  const { path, bytes } = await makeModel("m", { recipe: await ofDrawings() });
  const sums = (hash: string) => `${"0".repeat(64)}  other.onnx\n${hash}  m.onnx\n`;
  await writeFile(join(place.folder, "SHA256SUMS"), sums(sha256(bytes)));
  const told = await write({ model: "m", models: place.folder });
  const written = await readFile(path);
  assert.deepEqual(told, {
    name: "m",
    path,
    recipe: place.recipe,
    sets: [{ name: "shapes", count: 64 }],
    pictures: 64,
    listed_before: null,
    sha256: sha256(written),
    graph_sha256: sha256(withoutMetadata(bytes)),
    checksums: join(place.folder, "SHA256SUMS"),
  });
  assert.equal(await readFile(join(place.folder, "SHA256SUMS"), "utf8"), sums(told.sha256));
  // without the new entry the file is what it was, to the last byte
  assert.deepEqual(Buffer.from(replaceMetadata(written, { [TRAINING_PICTURES_KEY]: undefined })), Buffer.from(bytes));
  const list = readTrainingPictures(readOnnx(written), "m")!;
  for (const part of ["train", "valid"]) {
    const drawings = join(place.folder, "shapes", part, "bars");
    for (const file of await readdir(drawings)) {
      const hash = pictureHash(await readImage(join(drawings, file)));
      assert.equal(isTrainedOn(list, hash), part === "train", `${part}/${file}`);
    }
  }
  // once more: the same bytes
  assert.equal((await write({ model: path })).listed_before, 64);
  assert.deepEqual(await readFile(path), written);
});

test("what the file lists already stays listed", needsModel, async () => {
  const { path } = await makeModel("n", { recipe: await ofDrawings(), list: [1, 2] });
  const told = await write({ model: path });
  assert.deepEqual([told.pictures, told.listed_before, told.checksums], [66, 2, null]);
  const list = readTrainingPictures(readOnnx(await readFile(path)), "n")!;
  assert.ok(isTrainedOn(list, 1) && isTrainedOn(list, 2));
});

test("another recipe than that of the card and data that are not there change nothing", needsModel, async () => {
  const other = { name: "shapes", sha256: "a".repeat(64), seed: 7 };
  const refused = async (name: string, recipe: typeof other, input: Record<string, unknown>, code: string) => {
    const { path, bytes } = await makeModel(name, { recipe });
    await assert.rejects(write({ model: path, ...input }), { code });
    assert.deepEqual(await readFile(path), Buffer.from(bytes), code);
  };
  const own = await ofDrawings();
  await refused("o", other, {}, "operations/other-recipe");
  await refused("q", own, { recipe: join(place.folder, "none.yaml") }, "operations/missing-file");
  await refused("r", own, { recipe: undefined, recipes: place.folder }, "operations/recipe-not-found");
  await refused("s", own, { data: join(place.folder, "none") }, "vision/recipe-data");
});
