import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { fileOf, tinyClassifier } from "../model/tiny.test.support.ts";
import { taskSchema } from "../tasks/table.ts";
import { parseRecipe } from "./recipe.ts";
import { withFilesBeside } from "./recipe-files.ts";
import { drawShapes, makePlace, tinyRecipe } from "./tiny-run.test.support.ts";
import { train } from "./train.ts";

let root = "";
before(async () => {
  root = await mkdtemp(join(tmpdir(), "fovea-beside-"));
  await mkdir(join(root, "recipes", "shapes"), { recursive: true });
  await mkdir(join(root, "models"));
  await writeFile(join(root, "models", "teacher.onnx"), "");
  await writeFile(join(root, "recipes", "shapes", "first.onnx"), "");
});
after(() => rm(root, { recursive: true }));

test("teachers and the start are found beside the recipe and in its repository; the text and its hash stay", () => {
  const teacher = (name: string, file: string) => ({
    name,
    licence: "none",
    source: "a test",
    model: { file, sha256: "0".repeat(64) },
  });
  const text = JSON.stringify({
    ...tinyRecipe,
    teachers: [
      teacher("repository", "models/teacher.onnx"),
      teacher("nowhere", "models/none.onnx"),
      { name: "bare", licence: "none", source: "a test" },
    ],
    model: { ...tinyRecipe.model, from: { file: "first.onnx" } },
  });
  const path = join(root, "recipes", "shapes", "recipe.yaml");
  const loaded = parseRecipe(text, path);
  const { recipe, ...kept } = withFilesBeside(loaded, path);
  assert.equal(recipe.model.from?.file, join(root, "recipes", "shapes", "first.onnx"));
  assert.deepEqual(
    recipe.teachers.map(({ model }) => model?.file),
    [join(root, "models", "teacher.onnx"), "models/none.onnx", undefined],
  );
  assert.deepEqual(kept, { text: loaded.text, sha256: loaded.sha256 });
  assert.equal(loaded.recipe.model.from?.file, "first.onnx");
});

test("a training asks the teacher that stands in the recipe's repository, whatever the working directory and the data folder", async () => {
  const data = await makePlace();
  await drawShapes(join(data.folder, "sets"), { train: 8, valid: 2 });
  const mood = taskSchema.parse({ kind: "classification", name: "mood", labels: ["calm", "glad"] });
  const bytes = await fileOf({ ...tinyClassifier, spec: { ...tinyClassifier.spec, tasks: [mood] } });
  await writeFile(join(root, "models", "mood.onnx"), bytes);
  const sha256 = createHash("sha256").update(bytes).digest("hex");
  const path = join(root, "recipes", "shapes", "asking.yaml");
  const [set] = tinyRecipe.data.sets;
  const recipe = {
    ...tinyRecipe,
    teachers: [{ name: "tiny", licence: "none", source: "a test", model: { file: "models/mood.onnx", sha256 } }],
    data: { ...tinyRecipe.data, sets: [{ ...set, taught: { mood: { teacher: "tiny" } } }] },
    model: { ...tinyRecipe.model, tasks: [...tinyRecipe.model.tasks, mood] },
    training: { ...tinyRecipe.training, epochs: 1 },
  };
  await writeFile(path, JSON.stringify(recipe));
  const options = data.options(path, "run", { dataFolders: [join(data.folder, "sets")] });
  for await (const event of train(options)) {
    assert.equal(event.type, "start");
    break;
  }
  await data.remove();
});

test("a file that is where the work is stays as it is named, and so does a list of false finds that is nowhere", () => {
  const here = "package.json";
  const scenes = { kind: "scenes", photographs: { reader: "face_scenes", folder: "x" } };
  const text = JSON.stringify({
    ...tinyRecipe,
    data: { ...scenes, false_finds: { file: "none.json", share: 0.1 } },
    preprocessing: { ...tinyRecipe.preprocessing, width: 64, height: 64, fit: "limit", multiple: 32 },
    model: {
      ...tinyRecipe.model,
      backbone: { family: "pyramid", stem: [4, 4], widths: [4, 4, 4], blocks: [1, 0, 0], lateral: 4 },
      tasks: [{ kind: "detection", name: "faces" }],
      from: { file: here },
    },
    training: { ...tinyRecipe.training, sizes: [{ until: 1, size: 64 }] },
  });
  const { recipe } = withFilesBeside(parseRecipe(text, "r.yaml"), join(root, "recipes", "shapes", "recipe.yaml"));
  assert.equal(recipe.model.from?.file, here);
  assert.equal(recipe.data.kind === "scenes" && recipe.data.false_finds?.file, "none.json");
});
