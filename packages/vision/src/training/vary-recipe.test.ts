import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { stringify } from "yaml";
import { tinyRecipe } from "./tiny-run.test.support.ts";
import { parseAxis, pointName, pointsOf, readGrid, varyRecipe } from "./vary-recipe.ts";

const text = `# what it is for\n${stringify(tinyRecipe)}`;

test("values of an axis are written as in YAML", () => {
  assert.deepEqual(parseAxis("training.batch=64,128"), { path: "training.batch", values: [64, 128] });
  assert.deepEqual(parseAxis("model.backbone.widths=[8, 16],[4,4]").values, [
    [8, 16],
    [4, 4],
  ]);
  assert.deepEqual(parseAxis("x=1e-3,true,cosine").values, [0.001, true, "cosine"]);
  for (const wrong of ["x", "x=", "x=[1"])
    assert.throws(() => parseAxis(wrong), { code: "vision/grid-invalid" }, wrong);
});

test("points are all combinations, the last axis fastest, always in this order", () => {
  const axes = [parseAxis("a=1,2"), parseAxis("b=x,y,z")];
  assert.deepEqual(
    pointsOf(axes).map(({ a, b }) => `${a}${b}`),
    ["1x", "1y", "1z", "2x", "2y", "2z"],
  );
  assert.deepEqual(pointsOf([]), [{}]);
  assert.throws(() => pointsOf([parseAxis("a=1"), parseAxis("a=2")]), { code: "vision/grid-invalid" });
});

test("a recipe takes the values, keeps its comments, and has another hash for another value only", () => {
  const point = { "training.groups.0.rate": 0.125, seed: 3 };
  const varied = varyRecipe(text, point, "tiny");
  assert.equal(varied.recipe.training.groups[0]!.rate, 0.125);
  assert.equal(varied.recipe.seed, 3);
  assert.deepEqual(varied.recipe.model, varyRecipe(text, {}, "tiny").recipe.model);
  assert.match(varied.text, /^# what it is for\n/);
  assert.equal(varyRecipe(text, point, "tiny").sha256, varied.sha256);
  assert.notEqual(varyRecipe(text, { ...point, seed: 4 }, "tiny").sha256, varied.sha256);
});

test("a field that no recipe has, a wrong value and a path through a number are refused with the point", () => {
  for (const point of [
    { "training.bach": 3 },
    { "training.batch": 0 },
    { "seed.x": 1 },
    { "training.groups.7.rate": 1 },
  ]) {
    assert.throws(
      () => varyRecipe(text, point, "tiny"),
      { code: "vision/recipe-invalid", message: /tiny with / },
      JSON.stringify(point),
    );
  }
});

test("names of points are readable, fit any file system and differ with the hash", () => {
  const sha256 = "0123456789abcdef".repeat(4);
  assert.equal(pointName({ "training.batch": 64, seed: 1 }, sha256), "batch-64_seed-1_01234567");
  assert.match(pointName({ "a.b": [1, "../x"], c: "é".repeat(200) }, sha256), /^[\w.-]{1,89}$/);
  assert.equal(pointName({}, sha256), "01234567");
});

test("a grid file has a list under each path", async () => {
  const folder = await mkdtemp(join(tmpdir(), "fovea-grid-"));
  const file = join(folder, "grid.yaml");
  await writeFile(file, "training.batch: [8, 16]\nseed: [0]\n");
  assert.deepEqual(await readGrid(file), [
    { path: "training.batch", values: [8, 16] },
    { path: "seed", values: [0] },
  ]);
  await writeFile(file, "training.batch: 8\n");
  await assert.rejects(readGrid(file), { code: "vision/grid-invalid" });
  await rm(folder, { recursive: true });
});
