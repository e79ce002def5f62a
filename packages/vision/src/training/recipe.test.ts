import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { fileURLToPath } from "node:url";
import { createModel } from "../model/network.ts";
import { groupsOf, rateName } from "./parameter-groups.ts";
import { readRecipe, recipeSchema } from "./recipe.ts";
import { networkOf } from "./stepper.ts";
import { makePlace, type Place, tinyRecipe, withTraining } from "./tiny-run.test.support.ts";

let place: Place;
before(async () => {
  place = await makePlace();
});
after(() => place.remove());

const shipped = fileURLToPath(new URL("../../../../recipes", import.meta.url));

test("every shipped recipe is sound, and its network has an optimizer for every weight", async () => {
  const names = await readdir(shipped);
  assert.ok(names.includes("expression") && names.includes("face-detector"));
  for (const name of names) {
    const path = join(shipped, name, "recipe.yaml");
    const { recipe, text, sha256 } = await readRecipe(path);
    assert.equal(recipe.name, name);
    assert.equal(text, await readFile(path, "utf8"));
    assert.equal(sha256, createHash("sha256").update(text).digest("hex"));
    const { parameters } = createModel(networkOf(recipe), recipe.preprocessing);
    const owned = groupsOf(recipe, parameters).flatMap((group) => group.parameters);
    assert.deepEqual([...owned].sort(), parameters.map((parameter) => parameter.name).sort());
  }
});

test("what a recipe leaves out has its default", () => {
  const { data, training, model } = recipeSchema.parse(tinyRecipe);
  assert.deepEqual(data.kind === "samples" && data.augmentation, { flip: 0.5, rotation: 0, scale: 1, shift: 0.05 });
  assert.deepEqual(training.schedule, { name: "cosine", warmup: 0.1, start: 0.02, end: 0.001 });
  assert.equal(training.validate_every, 1);
  assert.deepEqual(model.tasks[0], { ...tinyRecipe.model.tasks[0], temperature: 1 });
});

test("no file, or a file that is no YAML, is told by its path", async () => {
  await assert.rejects(readRecipe(join(place.folder, "none.yaml")), {
    code: "vision/recipe-missing",
    kind: "missing",
    message: /none\.yaml/,
  });
  const path = join(place.folder, "broken.yaml");
  await writeFile(path, "a: [1,\nb: }");
  await assert.rejects(readRecipe(path), {
    code: "vision/recipe-invalid",
    kind: "input",
    message: /broken\.yaml.*line/s,
  });
  await writeFile(path, "");
  await assert.rejects(readRecipe(path), { code: "vision/recipe-invalid" });
});

const { data, model, preprocessing, training } = tinyRecipe;
const [muon, adamw] = training.groups;
const detectionTask = { kind: "detection", name: "faces" };
const pyramid = { family: "pyramid", stem: [4, 4], widths: [4, 4, 4], blocks: [0, 0, 0], lateral: 4 };
const detector = {
  ...tinyRecipe,
  data: { kind: "scenes", photographs: { reader: "face_scenes", folder: "x" } },
  model: { backbone: pyramid, tasks: [detectionTask] },
  preprocessing: { ...preprocessing, fit: "limit", multiple: 32 },
  training: { ...training, sizes: [{ until: 1, size: 64 }] },
};

const wrong: Readonly<Record<string, object>> = {
  name: { ...tinyRecipe, name: "My Model" },
  colour: { ...tinyRecipe, colour: "red" },
  "training.batch": withTraining({ batch: 0 }),
  "training.epochs": withTraining({ epochs: -1 }),
  "training.schedule.name": withTraining({ schedule: { name: "step" } }),
  "training.schedule.warmup": withTraining({ schedule: { name: "cosine", warmup: 2 } }),
  "training.groups[0].optimizer": withTraining({ groups: [{ ...muon, optimizer: "lion" }, adamw] }),
  "training.groups[0].rate": withTraining({ groups: [{ ...muon, rate: 0 }, adamw] }),
  "training.groups[1].options": withTraining({ groups: [muon, { ...adamw, options: { beta3: 0.9 } }] }),
  "training.groups[1].options.beta2": withTraining({ groups: [muon, { ...adamw, options: { beta2: 1 } }] }),
  "training.sizes[1].until": withTraining({
    sizes: [
      { until: 0.5, size: 12 },
      { until: 0.4, size: 16 },
    ],
  }),
  "preprocessing.mean": { ...tinyRecipe, preprocessing: { ...preprocessing, mean: [0, 0, 0] } },
  "preprocessing.fit": { ...tinyRecipe, preprocessing: { ...preprocessing, fit: "letterbox" } },
  "data.sets[0].reader": { ...tinyRecipe, data: { ...data, sets: [{ folder: "x" }] } },
  "data.augmentation.flip": { ...tinyRecipe, data: { ...data, augmentation: { flip: 2 } } },
  "model.backbone.family": { ...tinyRecipe, model: { ...model, backbone: { family: "transformer" } } },
  "model.backbone.blocks": { ...tinyRecipe, model: { ...model, backbone: { ...model.backbone, blocks: [1] } } },
  "model.tasks[0].labels": { ...tinyRecipe, model: { ...model, tasks: [{ ...model.tasks[0], labels: ["one"] }] } },
  "model.tasks[1].name": { ...tinyRecipe, model: { ...model, tasks: [model.tasks[0], model.tasks[0]] } },
  "model.tasks[0].kind": {
    ...tinyRecipe,
    model: { backbone: pyramid, tasks: [detectionTask] },
    training: { ...training, sizes: [{ until: 1, size: 32 }] },
  },
  "model.tasks[0].strides": {
    ...detector,
    model: { ...detector.model, tasks: [{ ...detectionTask, strides: [4, 8, 16] }] },
  },
  "preprocessing.multiple": { ...detector, preprocessing: { ...detector.preprocessing, multiple: 16 } },
  "preprocessing.height": { ...detector, preprocessing: { ...detector.preprocessing, height: 8 } },
  "training.sizes[0].size": { ...detector, training: { ...training, sizes: [{ until: 1, size: 100 }] } },
};

test("the two recipes that the wrong ones are made of are right", () => {
  for (const recipe of [tinyRecipe, detector])
    assert.deepEqual(recipeSchema.safeParse(recipe).error?.issues, undefined);
});

for (const [field, recipe] of Object.entries(wrong)) {
  test(`a mistake in ${field} is told with its field and the file`, async () => {
    const path = await place.write("wrong", recipe);
    await assert.rejects(readRecipe(path), (error: Error & { code?: string }) => {
      assert.equal(error.code, "vision/recipe-invalid");
      assert.ok(error.message.startsWith(path) && error.message.includes(field), error.message);
      return true;
    });
  });
}

test("groups take the weights of their roles, with their rate's name; each weight belongs to one", () => {
  const recipe = recipeSchema.parse(tinyRecipe);
  const parameters = [
    { name: "kernel", role: "hidden" },
    { name: "first", role: "edge" },
    { name: "bias", role: "vector" },
  ] as const;
  const [hidden, rest] = groupsOf(recipe, parameters);
  assert.deepEqual([hidden!.parameters, hidden!.weightDecay, hidden!.rate], [["kernel"], 0.01, rateName(0)]);
  assert.deepEqual([rest!.parameters, rest!.weightDecay, rest!.rate], [["first", "bias"], 0, rateName(1)]);
  assert.deepEqual(hidden!.optimizer.slotNames, ["momentum"]);
  assert.deepEqual(rest!.optimizer.slotNames, ["first_moment", "second_moment"]);
  // a group without weights is no group, and the others keep the name of their rate
  assert.deepEqual(
    groupsOf(recipe, parameters.slice(1)).map(({ rate }) => rate),
    [rateName(1)],
  );
  for (const groups of [[muon], [muon, adamw, adamw]]) {
    assert.throws(() => groupsOf(recipeSchema.parse(withTraining({ groups })), parameters), {
      code: "vision/recipe-invalid",
      message: /"edge" \(such as first\)/,
    });
  }
});
