import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { findRate, steepestDescent } from "./find-rate.ts";
import { drawShapes, makePlace, type Place, tinyRecipe } from "./tiny-run.test.support.ts";

/** A curve over factors that double. */
const curve = (losses: readonly number[]) =>
  losses.map((smoothed, index) => ({ factor: 2 ** index, rate: 3 * 2 ** index, smoothed }));

test("the suggestion lies where the loss falls fastest, by hand", () => {
  // falls over each three: 0.9 about index 3 (2.9 to 2.0), 1.2 about 4 (2.7 to 1.5), 1.0 about 5 (2.0 to 1.0)
  const points = curve([3, 3, 2.9, 2.7, 2.0, 1.5, 1.0, 0.9, 0.95, 4]);
  assert.deepEqual(steepestDescent(points), { factor: 2 ** 4, rate: 3 * 2 ** 4 });
});

test("a loss that only rises, stands still or has no points suggests nothing", () => {
  for (const losses of [[1, 2, 3, 4, 5, 6], [1, 1, 1, 1, 1, 1], []]) assert.equal(steepestDescent(curve(losses)), null);
});

let place: Place;
before(async () => {
  place = await makePlace();
  await drawShapes(place.folder);
});
after(() => place.remove());

test("the ramp trains the recipe's own network from small to large rates, the same every time, and finds where it learns", async () => {
  const recipe = await place.write("ramp", { ...tinyRecipe, training: { ...tinyRecipe.training, epochs: 1 } });
  const options = { recipe, threads: 1, signal: new AbortController().signal, dataFolders: [place.folder] };
  const { points, suggestion, ended } = await findRate({ ...options, steps: 60 });
  assert.ok(points.length > 20);
  assert.equal(points.length === 60, ended === "ramp");
  assert.equal(points[0]!.factor, 1e-4);
  const ratio = (index: number) => points[index + 1]!.factor / points[index]!.factor;
  assert.ok(Math.abs(ratio(0) - 1e6 ** (1 / 59)) < 1e-9 && Math.abs(ratio(9) - ratio(0)) < 1e-9);
  // the first group of the recipe
  assert.ok(points.every(({ factor, rate }) => Math.abs(rate - 0.05 * factor) < 1e-12));
  assert.equal(points[0]!.smoothed, points[0]!.loss);
  // two classes, fresh weights: near ln 2 at first
  assert.ok(Math.abs(points[0]!.loss - Math.LN2) < 0.4);
  assert.ok(suggestion && suggestion.factor > 1e-4 && suggestion.factor < 100);
  const again = await findRate({ ...options, steps: 60 });
  assert.deepEqual(again.points, points);
});
