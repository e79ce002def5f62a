import assert from "node:assert/strict";
import { test } from "node:test";
import {
  createStatefulSession,
  elementsOf,
  type Plain,
  readFixture,
  relativeError,
  runGraph,
  targetsHere,
  tensorOf,
} from "../contract.test.support.ts";
import { writeOnnx } from "../format/write-onnx.ts";
import { attribute } from "../ir/attributes.ts";
import { sizeOf } from "../ir/shapes.ts";
import { float32 } from "../ir/tensors.ts";
import type { Graph, Tensor } from "../ir/types.ts";
import { portableTarget, type Target } from "../lowering/form.ts";
import { lower } from "../lowering/lower.ts";
import { type Build, createBuilder } from "../ops/build.ts";
import { adamW } from "../optimizers/adamw.ts";
import { muon } from "../optimizers/muon.ts";
import { sgd } from "../optimizers/sgd.ts";
import { upgradeOpset } from "../passes/upgrade-opset.ts";
import { createTrainingStep, type StepOptions, type TrainingStep, withWeights } from "./step.ts";

/** Three steps of a small net with PyTorch in double precision: fixtures/make_gradients.py. */
interface Training {
  readonly initial: Readonly<Record<string, Plain>>;
  readonly batches: readonly { readonly x: Plain; readonly t: Plain }[];
  readonly rates: readonly number[];
  readonly losses: readonly number[];
  readonly norms: readonly number[];
  readonly final: Readonly<Record<string, Plain>>;
  /** Of the first batch, by the trained net in its inference form. */
  readonly logits: Plain;
}

const fixture = readFixture("training.json") as Training;

/**
 * Single precision over three steps: PyTorch's own differs from its double precision by about 1e-6 here, and the fast normalisation
 * gradient (a difference of sums) loses up to one digit more.
 */
const TOLERANCE = 2e-5;

const isStatistic = (name: string): boolean => name.includes("running");

const trainable = Object.keys(fixture.initial).filter((name) => !isStatistic(name));

/** The net of the fixture: see make_gradients.py, class Net. Values are named so that made-up names might clash with them. */
function logitsOf(build: Build): ReturnType<Build["relu"]> {
  const weight = (name: string) => build.constant(tensorOf(fixture.initial[name]!), name);
  const normalized = (x: ReturnType<typeof weight>, name: string) =>
    build.batchNormalization(x, {
      scale: weight(`${name}.weight`),
      bias: weight(`${name}.bias`),
      mean: weight(`${name}.running_mean`),
      variance: weight(`${name}.running_var`),
    });
  const x = build.input("x", ["N", 1, 11, 14]);
  const stem = build.relu(
    normalized(build.conv(x, weight("stem.weight"), undefined, { strides: [2, 2], pads: [1, 1, 1, 1] }), "stem_norm"),
  );
  const pooled = build.maxPool(stem, { kernel: [2, 2], ceil: true });
  const deep = build.conv(pooled, weight("deep.weight"), undefined, { pads: [1, 1, 1, 1], group: 8 });
  const joined = build.add(pooled, build.relu(normalized(deep, "deep_norm")));
  const point = normalized(build.conv(joined, weight("point.weight"), weight("point.bias")), "point_norm");
  const wide = build.relu(
    build.add(point, build.conv(point, weight("wide.weight"), undefined, { pads: [1, 1, 1, 1] })),
  );
  return build.gemm(build.flatten(build.globalAveragePool(wide)), weight("head.weight"), weight("head.bias"), {
    transB: true,
  });
}

function modelGraph(): Graph {
  const build = createBuilder({ name: "small net" });
  build.output(logitsOf(build), "logits");
  return build.build();
}

function lossGraph(): Graph {
  const build = createBuilder({ from: modelGraph() });
  const t = build.input("t", ["N", 3]);
  const loss = build.neg(
    build.reduceMean(
      build.reduceSum(build.mul(t, build.logSoftmax(build.value("logits"), { axis: 1 })), { axes: [1] }),
      { keepDims: false },
    ),
  );
  build.output(loss, "loss");
  return build.build();
}

const batchSize = fixture.batches[0]!.x.shape[0]!;

const optionsOf = (target: Target, rest: Partial<StepOptions> = {}): StepOptions => ({
  loss: "loss",
  groups: [
    { parameters: trainable, optimizer: sgd({ momentum: 0.9, nesterov: true }), weightDecay: 0.01, rate: "rate" },
  ],
  batchInputs: ["x", "t"],
  extents: { N: batchSize },
  target,
  ...rest,
});

/** [N, ...] as [..., N]. */
function toBatchLast({ shape, data }: Tensor): Tensor {
  const [batch, rest] = [shape[0]!, sizeOf(shape.slice(1))];
  return float32(
    [...shape.slice(1), batch],
    Float32Array.from(
      { length: batch * rest },
      (_, index) => (data as Float32Array)[(index % batch) * rest + Math.floor(index / batch)]!,
    ),
  );
}

interface Trained {
  readonly losses: readonly number[];
  readonly norms: readonly number[];
  readonly state: ReadonlyMap<string, Float32Array>;
}

async function train(
  step: TrainingStep,
  layout: "onnx" | "batch-innermost",
  rates: Readonly<Record<string, (step: number) => number>> = { rate: (done) => fixture.rates[done]! },
): Promise<Trained> {
  const session = await createStatefulSession(step.graph, step.state, { threads: 1 });
  await session.write(step.initial);
  const losses: number[] = [];
  const norms: number[] = [];
  for (const [done, { x, t }] of fixture.batches.entries()) {
    const fed = (plain: Plain) => (layout === "onnx" ? tensorOf(plain) : toBatchLast(tensorOf(plain)));
    const given = Object.fromEntries(Object.entries(rates).map(([name, rate]) => [name, float32([1], [rate(done)])]));
    const results = await session.step({ x: fed(x), t: fed(t), ...given });
    losses.push(elementsOf(results.loss!)[0]!);
    norms.push(elementsOf(results.gradient_norm!)[0]!);
  }
  const state = await session.read();
  await session.dispose();
  return { losses, norms, state };
}

const targets = await targetsHere();
const layouts = ["onnx", "batch-innermost"] as const;

for (const [targetName, target] of Object.entries(targets)) {
  for (const layout of layouts) {
    test(`three steps equal PyTorch's: ${targetName} target, layout ${layout}`, async () => {
      const step = createTrainingStep(lossGraph(), optionsOf(target, { layout }));
      const { losses, norms, state } = await train(step, layout);
      assert.ok(relativeError(losses, fixture.losses) <= TOLERANCE, `losses ${losses}, expected ${fixture.losses}`);
      assert.ok(relativeError(norms, fixture.norms) <= TOLERANCE, `norms ${norms}, expected ${fixture.norms}`);
      for (const [slot, name] of step.modelSlots) {
        const error = relativeError(state.get(slot)!, fixture.final[name]!.data);
        assert.ok(error <= TOLERANCE, `${name} is off by ${error}`);
      }
      assert.deepEqual([...step.modelSlots.values()].sort(), Object.keys(fixture.initial).sort());
      assert.deepEqual([...state.get("step")!], [3]);
    });

    test(`the trained model infers as PyTorch's in eval mode: ${targetName} target, layout ${layout}`, async () => {
      const step = createTrainingStep(lossGraph(), optionsOf(target, { layout }));
      const { state } = await train(step, layout);
      const model = modelGraph();
      const trained = withWeights(model, state, step.modelSlots);
      assert.deepEqual(trained.nodes, model.nodes);
      const { logits } = await runGraph(trained, { x: tensorOf(fixture.batches[0]!.x) });
      const error = relativeError(elementsOf(logits!), fixture.logits.data);
      assert.ok(error <= TOLERANCE, `logits are off by ${error}`);
    });
  }
}

for (const layout of layouts) {
  test(`three steps equal PyTorch's where segments with normalisations are computed again: layout ${layout}`, async () => {
    const step = createTrainingStep(lossGraph(), optionsOf(targets.probed, { layout, recompute: 3 }));
    const plain = createTrainingStep(lossGraph(), optionsOf(targets.probed, { layout }));
    assert.ok(step.graph.nodes.length > plain.graph.nodes.length + 20);
    const { losses, norms, state } = await train(step, layout);
    assert.ok(relativeError(losses, fixture.losses) <= TOLERANCE, `losses ${losses}, expected ${fixture.losses}`);
    assert.ok(relativeError(norms, fixture.norms) <= TOLERANCE, `norms ${norms}, expected ${fixture.norms}`);
    for (const [slot, name] of step.modelSlots) {
      const error = relativeError(state.get(slot)!, fixture.final[name]!.data);
      assert.ok(error <= TOLERANCE, `${name} is off by ${error}`);
    }
  });
}

test("while batches are accumulated, each moves the running statistics as it does alone", async () => {
  const [plain, accumulated] = await Promise.all(
    [{}, { accumulate: 4 }].map((rest) =>
      train(createTrainingStep(lossGraph(), optionsOf(portableTarget, { ...rest })), "batch-innermost", {
        rate: () => 0,
      }),
    ),
  );
  const statistics = [...plain!.state.keys()].filter((slot) => slot.startsWith("statistic/"));
  assert.ok(statistics.length > 0);
  for (const slot of statistics) assert.deepEqual(accumulated!.state.get(slot), plain!.state.get(slot), slot);
  assert.deepEqual([...accumulated!.state.get("step")!], [0]);
});

test("two trainings give the same bits", async () => {
  const runs = await Promise.all(
    [0, 1].map(async () => {
      const step = createTrainingStep(lossGraph(), optionsOf(targets.probed));
      return { bytes: writeOnnx(step.graph), trained: await train(step, "batch-innermost") };
    }),
  );
  assert.deepEqual(runs[0]!.bytes, runs[1]!.bytes);
  assert.deepEqual(runs[0]!.trained, runs[1]!.trained);
});

test("the average is d average + (1 - d) value with d = min(decay, (1 + t) / (10 + t)), of weights and statistics", async () => {
  const step = createTrainingStep(lossGraph(), optionsOf(portableTarget, { averageDecay: 0.22 }));
  assert.deepEqual([...step.averageSlots.values()].sort(), [...step.modelSlots.values()].sort());
  const session = await createStatefulSession(step.graph, step.state, { threads: 1 });
  await session.write(step.initial);
  let expected = new Map([...step.modelSlots.keys()].map((slot) => [slot, step.initial.get(slot)!]));
  for (const [done, { x, t }] of fixture.batches.entries()) {
    await session.step({ x: toBatchLast(tensorOf(x)), t: toBatchLast(tensorOf(t)), rate: float32([1], [0.1]) });
    const state = await session.read();
    const d = Math.min(0.22, (2 + done) / (11 + done)); // t counts from 1: .18, .22 for .25, .22 for .31
    expected = new Map(
      [...expected].map(([slot, average]) => [
        slot,
        average.map((element, index) => d * element + (1 - d) * state.get(slot)![index]!),
      ]),
    );
    for (const [slot, average] of expected)
      assert.ok(relativeError(state.get(`average/${slot}`)!, average) < 1e-6, slot);
  }
  await session.dispose();
});

test("gradients are scaled down to the clipping norm, and the norm is told as it was", async () => {
  const limit = 0.01;
  const plain = optionsOf(portableTarget).groups[0]!;
  const groups = [{ ...plain, weightDecay: 0, optimizer: sgd({ momentum: 0, nesterov: false }) }];
  const step = createTrainingStep(lossGraph(), optionsOf(portableTarget, { clipNorm: limit, groups }));
  const session = await createStatefulSession(step.graph, step.state);
  await session.write(step.initial);
  const { x, t } = fixture.batches[0]!;
  const { gradient_norm: norm } = await session.step({
    x: toBatchLast(tensorOf(x)),
    t: toBatchLast(tensorOf(t)),
    rate: float32([1], [1]),
  });
  const state = await session.read();
  await session.dispose();
  assert.ok(relativeError(elementsOf(norm!), [fixture.norms[0]!]) < TOLERANCE);
  const squares = trainable.map((name) =>
    state
      .get(`parameter/${name}`)!
      .reduce((sum, element, index) => sum + (element - fixture.initial[name]!.data[index]!) ** 2, 0),
  );
  const moved = Math.sqrt(squares.reduce((sum, square) => sum + square));
  assert.ok(Math.abs(moved / limit - 1) < 1e-3, `moved by ${moved}`); // differences of float32 weights near 1 keep four digits of 0.01
});

test("groups have their own optimizer, decay and rate; what no group names stays", async () => {
  const matrices = ["point.weight", "wide.weight"];
  const vectors = ["head.weight", "head.bias"];
  const groups = [
    { parameters: matrices, optimizer: muon(), weightDecay: 0.02, rate: "matrix_rate" },
    { parameters: vectors, optimizer: adamW(), rate: "vector_rate" },
  ];
  const step = createTrainingStep(lossGraph(), optionsOf(portableTarget, { groups }));
  assert.deepEqual([...step.modelSlots.values()].sort(), [...matrices, ...vectors].sort());
  const { state } = await train(step, "batch-innermost", { matrix_rate: () => 0, vector_rate: () => 0.01 });
  const change = (name: string) =>
    relativeError(state.get(`parameter/${name}`)!, step.initial.get(`parameter/${name}`)!);
  for (const name of matrices) assert.equal(change(name), 0, name);
  for (const name of vectors) assert.ok(change(name) > 1e-3, name);
});

test("a normalisation whose scale is not trained keeps its statistics and lets gradients through, in both layouts", async () => {
  const parameters = ["stem.weight", "deep_norm.bias"];
  const groups = [{ parameters, optimizer: sgd(), rate: "rate" }];
  const results = await Promise.all(
    layouts.map((layout) => {
      const step = createTrainingStep(lossGraph(), optionsOf(portableTarget, { groups, layout }));
      assert.ok([...step.modelSlots.values()].every((name) => !isStatistic(name)));
      return train(step, layout);
    }),
  );
  assert.ok(relativeError(results[0]!.losses, results[1]!.losses) < TOLERANCE);
  for (const name of parameters) {
    const [first, second] = results.map(({ state }) => state.get(`parameter/${name}`)!);
    assert.ok(relativeError(first!, second!) < TOLERANCE, name);
    assert.ok(relativeError(first!, fixture.initial[name]!.data) > 1e-3, `${name} has not moved`);
  }
});

test("numbers that are not numbers come out as such, and the step ends", async () => {
  const step = createTrainingStep(lossGraph(), optionsOf(targets.probed, { clipNorm: 1, averageDecay: 0.99 }));
  const session = await createStatefulSession(step.graph, step.state);
  await session.write(step.initial);
  const x = toBatchLast(tensorOf(fixture.batches[0]!.x));
  const spoiled = { ...x, data: elementsOf(x).map((element, index) => (index === 5 ? Number.NaN : element)) };
  const { loss, gradient_norm: norm } = await session.step({
    x: spoiled,
    t: toBatchLast(tensorOf(fixture.batches[0]!.t)),
    rate: float32([1], [0.1]),
  });
  await session.dispose();
  assert.ok(Number.isNaN(elementsOf(loss!)[0]) && Number.isNaN(elementsOf(norm!)[0]));
});

test("names that the passes might make up do not clash with the model's own", async () => {
  // a trained weight first, so that constants are made before the model's own are copied
  const build = createBuilder();
  const w = build.constant(float32([2, 3, 1, 1], [1, 2, 3, 4, 5, 6]), "w");
  const x = build.input("x", ["N", 3, 2, 2]);
  const offset = build.constant(float32([2], [0.5, -0.5]), "Conv_0");
  const scale = build.constant(float32([1], [2]), "constant_0");
  const y = build.node("Conv", [x, w, offset], { outputs: ["Add_1"], name: "Reshape_2" });
  build.output(y, "Transpose_3");
  build.output(build.reduceMean(build.mul(build.mul(y, y), scale), { keepDims: false }), "Relu_4");
  const step = createTrainingStep(build.build(), {
    loss: "Relu_4",
    groups: [{ parameters: ["w"], optimizer: sgd({ momentum: 0, nesterov: false }), rate: "rate" }],
    batchInputs: ["x"],
    extents: { N: 1 },
    target: portableTarget,
  });
  const session = await createStatefulSession(step.graph, step.state);
  await session.write(step.initial);
  const results = await session.step({ x: float32([3, 2, 2, 1], new Array(12).fill(1)), rate: float32([1], [0.5]) });
  const state = await session.read();
  await session.dispose();
  // z = [6.5, 14.5] everywhere; loss = mean 2 z^2; dw[k] = 4 z[k] / 8 * 4 pixels for each of the ones
  assert.deepEqual([...elementsOf(results.Transpose_3!)], [...new Array(4).fill(6.5), ...new Array(4).fill(14.5)]);
  assert.ok(relativeError(elementsOf(results.Relu_4!), [6.5 ** 2 + 14.5 ** 2]) < 1e-6);
  const expected = [1, 2, 3]
    .map((element) => element - 0.5 * 2 * 6.5)
    .concat([4, 5, 6].map((element) => element - 0.5 * 2 * 14.5));
  assert.ok(relativeError(state.get("parameter/w")!, expected) < 1e-6);
});

test("a parameter on which the loss does not depend is an error that names it", () => {
  const build = createBuilder();
  const x = build.input("x", ["N", 2]);
  build.constant(float32([2], [1, 1]), "idle");
  build.output(build.reduceMean(x, { keepDims: false }), "loss");
  const options = {
    ...optionsOf(portableTarget),
    groups: [{ parameters: ["idle"], optimizer: sgd(), rate: "rate" }],
    batchInputs: ["x"],
  };
  assert.throws(() => createTrainingStep(build.build(), options), { code: "graph/no-path-to-loss", message: /idle/ });
});

test("a step keeps nothing of our own operators and computes nothing twice", () => {
  const { graph } = createTrainingStep(lossGraph(), optionsOf(targets.probed));
  assert.ok(graph.nodes.every(({ domain }) => domain !== "fovea"));
  assert.deepEqual(lower(graph, targets.probed).nodes.length, graph.nodes.length);
});

test("a model of an old version of the format is refused, and trains once it is rewritten", async () => {
  const model = createBuilder({ opset: 11 });
  const x = model.input("x", ["N", 3, 4, 4]);
  const w = model.constant(float32([2, 3, 1, 1], [1, 2, 3, 4, 5, 6]), "w");
  const axes = { axes: attribute.ints([2, 3]), keepdims: attribute.int(0) };
  model.output(model.node("Softmax", [model.node("ReduceMean", [model.conv(x, w)], { attributes: axes })]), "p");
  const options = {
    ...optionsOf(portableTarget),
    groups: [{ parameters: ["w"], optimizer: sgd(), rate: "rate" }],
    batchInputs: ["x"],
  };
  const withLoss = (graph: Graph): Graph => {
    const build = createBuilder({ from: graph });
    build.output(build.reduceMean(build.mul(build.value("p"), build.value("p")), { keepDims: false }), "loss");
    return build.build();
  };
  assert.throws(() => createTrainingStep(withLoss(model.build()), options), {
    code: "graph/opset-too-old",
    help: /upgradeOpset/,
  });
  const step = createTrainingStep(withLoss(upgradeOpset(model.build())), options);
  const session = await createStatefulSession(step.graph, step.state);
  await session.write(step.initial);
  const ones = float32([3, 4, 4, batchSize], new Array(48 * batchSize).fill(1));
  const { loss } = await session.step({ x: ones, rate: float32([1], [0.1]) });
  await session.dispose();
  // logits 6 and 15: the mean of the squares of softmax
  const p = 1 / (1 + Math.exp(-9));
  assert.ok(relativeError(elementsOf(loss!), [(p ** 2 + (1 - p) ** 2) / 2]) < 1e-6);
});
