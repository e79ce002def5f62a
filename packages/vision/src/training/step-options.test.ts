import assert from "node:assert/strict";
import { test } from "node:test";
import { createRandom } from "../augment/random.ts";
import { createLossGraph, createModel } from "../model/network.ts";
import { groupsOf } from "./parameter-groups.ts";
import { parseRecipe, type Recipe, recipeSchema } from "./recipe.ts";
import { createStepper, networkOf } from "./stepper.ts";
import { drawShapes, makePlace, type tinyRecipe, withTraining } from "./tiny-run.test.support.ts";
import { train } from "./train.ts";

const size = { width: 12, height: 12 };

/** The tiny recipe with more fields; learning starts at once, and no average hides the weights. */
function recipeWith({ training = {}, model = {} }: { training?: object; model?: object } = {}): Recipe {
  const plain = withTraining({ batch: 4, ...training }) as typeof tinyRecipe;
  return recipeSchema.parse({ ...plain, model: { ...plain.model, ...model } });
}

/** Noise with two classes in turn, the batch innermost; other noise for each number. */
function batchOf({ training: { batch } }: Recipe, number: number): Float32Array[] {
  const random = createRandom("step options", number);
  return [
    Float32Array.from({ length: 144 * batch }, () => random.normal()),
    Float32Array.from({ length: 2 * batch }, (_, index) => Number(Math.floor(index / batch) === index % 2)),
    new Float32Array(batch).fill(1),
  ];
}

type State = ReadonlyMap<string, Float32Array>;

/** States after each of some steps at the full rate. */
async function statesOf(recipe: Recipe, steps: number): Promise<State[]> {
  const stepper = await createStepper(recipe, { size, threads: 1 });
  const states: State[] = [];
  for (let step = 0; step < steps; step++) {
    await stepper.step(batchOf(recipe, step), 1);
    states.push(new Map(await stepper.state()));
  }
  await stepper.dispose();
  return states;
}

const weights = (state: State): State => new Map([...state].filter(([slot]) => slot.startsWith("parameter/")));

test("accumulated batches move the weights at the last of them only", async () => {
  const [first, second, third] = await statesOf(recipeWith({ training: { accumulate: 2 } }), 3);
  assert.deepEqual(
    [first, second, third].map((state) => state!.get("step")![0]),
    [0, 1, 1],
  );
  assert.notDeepEqual(weights(first!), weights(second!));
  assert.deepEqual(weights(second!), weights(third!));
});

test("computing again changes no weight, a sharp gradient does", async () => {
  const [plain] = await statesOf(recipeWith(), 1);
  const [again] = await statesOf(recipeWith({ training: { recompute: 3 } }), 1);
  for (const [slot, value] of weights(plain!)) {
    const gaps = value.map((element, index) => Math.abs(element - again!.get(slot)![index]!));
    assert.ok(Math.max(...gaps) < 1e-5, slot);
  }
  const [sharp] = await statesOf(recipeWith({ training: { sharpness: 0.5 } }), 1);
  assert.notDeepEqual(weights(sharp!), weights(plain!));
});

test("a loss scale is part of the state only where it adapts", async () => {
  const [dynamic] = await statesOf(recipeWith({ training: { loss_scale: "dynamic" } }), 1);
  assert.equal(dynamic!.get("loss_scale")![0], 65_536);
  const stepper = await createStepper(recipeWith({ training: { loss_scale: "dynamic" } }), { size, threads: 1 });
  assert.equal((await stepper.step(batchOf(recipeWith(), 0), 1)).lossScale, 65_536);
  await stepper.dispose();
  const [fixed] = await statesOf(recipeWith({ training: { loss_scale: 1024 } }), 1);
  assert.ok(!fixed!.has("loss_scale"));
});

for (const model of [{ dropout: 0.5 }, { drop_path: 0.5 }]) {
  const [name] = Object.keys(model);
  test(`${name} changes what is learned, by seed and step alone, and is not in the model for use`, async () => {
    const recipe = recipeWith({ model });
    const states = await statesOf(recipe, 4);
    assert.deepEqual(await statesOf(recipe, 4), states);
    assert.notDeepEqual(weights(states[3]!), weights((await statesOf(recipeWith(), 4))[3]!));
    // a run that goes on from the third step meets the masks of the fourth
    const stepper = await createStepper(recipe, { size, threads: 1, state: states[2] });
    await stepper.step(batchOf(recipe, 3), 1);
    assert.deepEqual(await stepper.state(), states[3]);
    await stepper.dispose();
    const { graph, parameters } = createModel(networkOf(recipe), recipe.preprocessing);
    const plain = recipeWith();
    assert.deepEqual(graph, createModel(networkOf(plain), plain.preprocessing).graph);
    const loss = createLossGraph(networkOf(recipe), recipe.preprocessing, size, 4);
    assert.ok(loss.graph.nodes.some(({ op }) => op === "Dropout"));
    assert.deepEqual(loss.parameters, parameters);
  });
}

test("a recipe that asks for nothing has no dropout, and its step is that of the options left out", () => {
  const recipe = recipeWith();
  const { graph } = createLossGraph(networkOf(recipe), recipe.preprocessing, size, 4);
  assert.ok(graph.nodes.every(({ op }) => op !== "Dropout"));
  assert.ok(!("drops" in networkOf(recipe)));
});

test("rates by layer: blocks towards the input learn more slowly, heads at the whole rate", () => {
  const recipe = recipeWith({ training: { layer_rates: { pattern: "stage(\\d+)\\.(\\d+)", decay: 0.5 } } });
  const { parameters } = createModel(networkOf(recipe), recipe.preprocessing);
  const groups = groupsOf(recipe, parameters);
  const factorOf = (name: string) => groups.find((group) => group.parameters.includes(name))?.rateFactor;
  assert.equal(groups.flatMap((group) => group.parameters).length, parameters.length);
  const blocks = [
    ...new Set(parameters.map(({ name }) => /stage\d+\.\d+/.exec(name)?.[0]).filter((name) => name !== undefined)),
  ];
  blocks.forEach((block, index) => {
    const name = parameters.find((parameter) => parameter.name.includes(`${block}.`))!.name;
    assert.equal(factorOf(name), 0.5 ** (blocks.length - 1 - index), name);
  });
  assert.equal(factorOf(parameters.find(({ name }) => name.startsWith("heads."))!.name), 1);
  assert.ok(groupsOf(recipeWith(), parameters).every((group) => group.rateFactor === undefined));
});

test("mixed precision on a CPU is float32, and the start says so", async () => {
  const place = await makePlace();
  await drawShapes(place.folder, { train: 4, valid: 2 });
  const devices: string[] = [];
  for (const precision of ["mixed", "float32"]) {
    const recipe = await place.write(precision, withTraining({ batch: 4, epochs: 1, precision }));
    for await (const event of train(place.options(recipe, precision))) {
      if (event.type === "start") devices.push(event.device);
      break; // nothing is trained
    }
  }
  await place.remove();
  assert.match(devices[0]!, /^cpu, 1 thread; float32, .*float16/);
  assert.equal(devices[1], "cpu, 1 thread");
});

test("options out of range are errors of the recipe", () => {
  for (const training of [
    { accumulate: 0 },
    { sharpness: 0 },
    { recompute: 0 },
    { precision: "half" },
    { loss_scale: -1 },
  ]) {
    const text = JSON.stringify(withTraining({ batch: 4, ...training }));
    assert.throws(() => parseRecipe(text, "recipe.yaml"), {
      code: "vision/recipe-invalid",
      message: new RegExp(Object.keys(training)[0]!),
    });
  }
});
