// Expected sources by hand, from the made samples and the recipe's fields.
import assert from "node:assert/strict";
import { test } from "node:test";
import { labelSources } from "./label-sources.ts";
import { madeSet } from "./made-sets.test.support.ts";
import { recipeSchema } from "./recipe.ts";
import { tinyRecipe } from "./tiny-run.test.support.ts";

const shape = { kind: "class", index: 0 } as const;
const points = { kind: "points", points: [[1, 2]] } as const;
const shapes = madeSet("shapes", { train: 2, valid: 1 }, { labelsOf: () => ({ shape }) });
const faces = madeSet("faces", { train: 2 }, { labelsOf: (place) => (place === 0 ? { five: points } : {}) });
const terms = (name: string) => ({ name, licence: `terms of ${name}`, source: `source of ${name}` });

const recipe = recipeSchema.parse({
  ...tinyRecipe,
  teachers: [
    { ...terms("asked"), model: { file: "asked.onnx", sha256: "0".repeat(64) } },
    { ...terms("before"), source: "made the labels of shapes" },
  ],
  data: {
    kind: "samples",
    sets: [
      { reader: "memory", folder: "shapes", taught: { mood: { teacher: "asked", at_least: 0.8 } } },
      {
        reader: "memory",
        folder: "faces",
        labels: { landmarks: "five" },
        taught: { shape: { teacher: "asked", share: 0.5 }, mood: { teacher: "asked" } },
      },
    ],
    augmentation: {},
  },
  model: {
    ...tinyRecipe.model,
    tasks: [
      ...tinyRecipe.model.tasks,
      { kind: "classification", name: "mood", labels: ["calm", "glad"] },
      { kind: "landmarks", name: "landmarks", scheme: "five" },
    ],
  },
});

test("a data set has the tasks that its own samples are labelled for, a teacher what it labelled in which set", () => {
  assert.deepEqual(labelSources(recipe, [shapes, faces]), [
    { ...terms("shapes"), labels: ["shape"] },
    { ...terms("faces"), labels: ["landmarks"] },
    {
      ...terms("asked"),
      taught: [
        { task: "mood", set: "shapes", at_least: 0.8 },
        { task: "shape", set: "faces", share: 0.5 },
        { task: "mood", set: "faces" },
      ],
    },
    { ...terms("before"), source: "made the labels of shapes" },
  ]);
});

test("a set without labels of the tasks names none", () => {
  const bare = madeSet("bare", { train: 1 }, { labelsOf: () => ({}) });
  const [, source] = labelSources({ ...recipe, teachers: [] }, [shapes, bare]);
  assert.deepEqual(source, terms("bare"));
});
