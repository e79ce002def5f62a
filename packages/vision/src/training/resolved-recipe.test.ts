import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { createTrainingStep, numbersOf, optimizers, portableTarget, readOnnx } from "@foveajs/graph";
import { parse } from "yaml";
import { createLossGraph } from "../model/network.ts";
import type { TrainingEvent } from "./events.ts";
import { balanced } from "./loss-balance.ts";
import { groupsOf } from "./parameter-groups.ts";
import { parseRecipe, type Recipe, recipeSchema } from "./recipe.ts";
import { resolvedText } from "./resolved-recipe.ts";
import { networkOf } from "./stepper.ts";
import { drawShapes, eventsOf, makePlace, type Place, withTraining } from "./tiny-run.test.support.ts";

let place: Place;
before(async () => {
  place = await makePlace();
  await drawShapes(place.folder, { train: 16, valid: 6 });
});
after(() => place.remove());

const second = { kind: "regression", name: "size", values: ["width"] };
const recipeWith = (training: object): Recipe => {
  const plain = withTraining(training);
  return recipeSchema.parse({ ...plain, model: { ...plain.model, tasks: [...plain.model.tasks, second] } });
};
const [modelOf, weightsOf] = [
  (events: readonly TrainingEvent[]) => (events.at(-1) as Extract<TrainingEvent, { type: "done" }>).model,
  async (path: string) => [...readOnnx(await readFile(path)).initializers].map(([name, one]) => [name, numbersOf(one)]),
];

test("defaults of fields, optimizers and readers and the weights by count are written out, under one line of comment", () => {
  const recipe = recipeWith({ loss_balance: "count", loss_weights: { size: 0.5 } });
  const text = resolvedText(balanced(recipe, { labels: { shape: 300, size: 100 } }));
  const [comment, ...rest] = text.split("\n");
  assert.match(comment!, /^# .*recipe\.yaml/);
  assert.ok(rest.every((line) => !line.startsWith("#")));
  // read by nothing but a YAML parser
  const { seed, data, training, model } = parse(text) as Recipe;
  assert.deepEqual([seed, training.moment, training.schedule], [7, "last", recipe.training.schedule]);
  // 300 / 100 times the weight by hand
  assert.deepEqual([training.loss_balance, training.loss_weights], ["hand", { shape: 1, size: 1.5 }]);
  assert.deepEqual(
    training.groups.map(({ options }) => options),
    [
      { momentum: 0.95, iterations: 5 },
      { beta1: 0.9, beta2: 0.98, epsilon: 1e-8 },
    ],
  );
  const [, size] = model.tasks;
  assert.ok(data.kind === "samples" && size?.kind === "regression" && size.loss === "l2");
  assert.deepEqual([data.sets[0]!.hold_out, data.sets[0]!.options.task], [0, "shape"]);
  assert.equal(data.sets[0]!.options.licence, "unknown");
  const again = parseRecipe(text, "resolved.yaml").recipe;
  assert.equal(resolvedText(again), text);
});

test("without a weight anywhere every task has 1; a learned balance stays one", () => {
  assert.deepEqual((parse(resolvedText(recipeWith({}))) as Recipe).training.loss_weights, { shape: 1, size: 1 });
  const learned = parse(resolvedText(recipeWith({ loss_balance: "uncertainty" }))) as Recipe;
  assert.equal(learned.training.loss_balance, "uncertainty");
});

test("the defaults of optimizers in recipes are those of the graph package", () => {
  for (const optimizer of ["adamw", "muon", "sgd"] as const) {
    const rest = { optimizer: "sgd", rate: 0.1, roles: ["edge", "vector"] };
    const recipe = recipeSchema.parse(
      withTraining({ groups: [{ optimizer, rate: 0.1, roles: ["hidden"] }, rest], batch: 2 }),
    );
    const size = { width: 8, height: 8 };
    const { graph, parameters, inputs } = createLossGraph(networkOf(recipe), recipe.preprocessing, size, 2);
    const groups = groupsOf(recipe, parameters);
    const stepOf = (own: typeof groups) =>
      createTrainingStep(graph, {
        loss: "loss",
        groups: own,
        batchInputs: inputs.map(({ name }) => name),
        extents: {},
        target: portableTarget,
      }).graph;
    const plain = groups.map((one, index) => ({ ...one, optimizer: optimizers[index === 0 ? optimizer : "sgd"]({}) }));
    assert.deepEqual(stepOf(groups), stepOf(plain), optimizer);
  }
});

test("a run writes it, and a training by it gives the same weights; learned weights of losses are in the log", async () => {
  const training = { epochs: 1, sizes: [{ until: 1, size: 12 }], loss_balance: "uncertainty" };
  const recipe = await place.write("one", withTraining(training));
  const one = await eventsOf(place.options(recipe, "one"));
  const resolved = join(place.folder, "one", "resolved.yaml");
  assert.equal(parseRecipe(await readFile(resolved, "utf8"), resolved).recipe.training.batch, 16);
  const other = await eventsOf(place.options(resolved, "other"));
  assert.deepEqual(await weightsOf(modelOf(other)), await weightsOf(modelOf(one)));
  const log = await readFile(join(place.folder, "one", "events.jsonl"), "utf8");
  const epoch = log
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as TrainingEvent)
    .find(({ type }) => type === "epoch");
  assert.ok(epoch?.type === "epoch");
  const weight = epoch.loss_weights!.shape!;
  assert.ok(weight > 0.5 && weight < 2 && weight !== 1, `${weight}`);
});
