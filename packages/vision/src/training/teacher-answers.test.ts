import assert from "node:assert/strict";
import { test } from "node:test";
import type { Label } from "../data/types.ts";
import { taskSchema } from "../tasks/table.ts";
import { recipeSchema } from "./recipe.ts";
import type { SetSample } from "./sample-sets.ts";
import { answerOf, confident, misfitOf, mixedWith } from "./teacher-answers.ts";
import { tinyRecipe } from "./tiny-run.test.support.ts";

const specs = {
  units: taskSchema.parse({ kind: "multilabel", name: "units", labels: ["a", "b", "c"] }),
  pain: taskSchema.parse({ kind: "ordinal", name: "pain", labels: ["none", "some", "much"] }),
  mood: taskSchema.parse({ kind: "classification", name: "mood", labels: ["calm", "glad", "cross"] }),
  age: taskSchema.parse({ kind: "regression", name: "age", values: ["years"] }),
  marks: taskSchema.parse({ kind: "landmarks", name: "marks", scheme: "five" }),
};
const sample = { sample: { labels: {} }, set: { viewing: {} } } as unknown as SetSample;
const sure = (at_least: number) => ({ at_least, agreement: 0.08 });
const at = { toPicture: [1, 0, 0, 0, 1, 0], size: { width: 8, height: 8 } } as const;
const logit = (p: number) => Math.log(p / (1 - p));
const rounded = (label: Label | undefined) => {
  assert.ok(label?.kind === "values" || label?.kind === "distribution");
  return label.values.map((value) => Math.round(value * 1e6) / 1e6);
};

// By hand: max(p, 1 - p) of 0.9, 0.3 and 0.05 is 0.9, 0.7 and 0.95.
test("of several things each that the teacher doubts is unknown; of none known there is no label", () => {
  const { units } = specs;
  const told = answerOf(units, Float32Array.from([0.9, 0.3, 0.05], logit), at);
  const kept = (at_least: number) => confident(told, sample, units, sure(at_least));
  assert.deepEqual(rounded(kept(0)), [0.9, 0.3, 0.05]);
  assert.deepEqual(rounded(kept(0.69)), [0.9, 0.3, 0.05]);
  assert.deepEqual(rounded(kept(0.8)), [0.9, Number.NaN, 0.05]);
  assert.deepEqual(rounded(kept(0.92)), [Number.NaN, Number.NaN, 0.05]);
  assert.equal(kept(0.97), undefined);
  const years: Label = { kind: "values", values: [0.5] };
  assert.equal(confident(years, sample, specs.age, sure(0.9)), years);
});

test("what the teacher does not know stays as people said", () => {
  const told: Label = { kind: "values", values: [0.9, Number.NaN, Number.NaN] };
  const own: Label = { kind: "values", values: [0, 1, Number.NaN] };
  assert.deepEqual(mixedWith(own, told, 1), { kind: "values", values: [0.9, 1, Number.NaN] });
  assert.deepEqual(mixedWith(undefined, told, 1), told);
});

// By hand: above "none" 0.9 and above "some" 0.2 give 0.1, 0.7, 0.2; borders that cross, 0.4 and 0.6, give 0.6, 0, 0.4.
test("grades of a teacher are shares of grades, and are left out where none is likely enough", () => {
  const { pain } = specs;
  const told = answerOf(pain, Float32Array.from([0.9, 0.2], logit), at);
  assert.deepEqual(rounded(told), [0.1, 0.7, 0.2]);
  assert.deepEqual(rounded(answerOf(pain, Float32Array.from([0.4, 0.6], logit), at)), [0.6, 0, 0.4]);
  assert.equal(confident(told, sample, pain, sure(0.69)), told);
  assert.equal(confident(told, sample, pain, sure(0.71)), undefined);
});

test("a teacher's answers must be of a kind and a number that the task can learn from", () => {
  const { units, pain, mood, age, marks } = specs;
  for (const [own, theirs] of [
    [units, units],
    [pain, mood],
    [mood, pain],
    [age, age],
    [marks, taskSchema.parse({ kind: "landmarks", name: "points", scheme: "ibug68" })],
  ] as const)
    assert.equal(misfitOf(own, theirs), undefined);
  assert.deepEqual(misfitOf(mood, units), {
    expected: "classification or ordinal for mood",
    received: "multilabel",
  });
  const more = taskSchema.parse({ kind: "classification", name: "mood", labels: ["a", "b", "c", "d"] });
  assert.deepEqual(misfitOf(mood, more), { expected: "3 answers for mood", received: "4" });
});

test("a recipe that asks what the kind of a task cannot heed is refused at the field", () => {
  const pathsOf = (task: keyof typeof specs, fields: object) => {
    const parsed = recipeSchema.safeParse({
      ...tinyRecipe,
      teachers: [{ name: "t", licence: "none", source: "a test" }],
      data: {
        ...tinyRecipe.data,
        sets: [{ ...tinyRecipe.data.sets[0], taught: { [task]: { teacher: "t", ...fields } } }],
      },
      model: { ...tinyRecipe.model, tasks: [...tinyRecipe.model.tasks, specs[task]] },
    });
    return parsed.error?.issues.map(({ path }) => path.at(-1)) ?? [];
  };
  const all = { at_least: 0.6, mirror: true, share: 0.5, agreement: 0.05 };
  assert.deepEqual(pathsOf("mood", all), ["agreement"]);
  assert.deepEqual(pathsOf("units", all), ["mirror", "share", "agreement"]);
  assert.deepEqual(pathsOf("pain", all), ["mirror", "share", "agreement"]);
  assert.deepEqual(pathsOf("age", all), ["at_least", "mirror", "share", "agreement"]);
  assert.deepEqual(pathsOf("marks", all), ["at_least", "mirror", "share"]);
  for (const task of Object.keys(specs) as (keyof typeof specs)[]) assert.deepEqual(pathsOf(task, {}), []);
});
