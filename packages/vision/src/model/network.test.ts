import assert from "node:assert/strict";
import { test } from "node:test";
import {
  createSession,
  createTrainingStep,
  float32,
  type Graph,
  numbersOf,
  optimizers,
  portableTarget,
  type Session,
  validate,
} from "@foveajs/graph";
import { createRandom } from "../augment/random.ts";
import { recognizeBackbone } from "../backbones/table.ts";
import { taskSchema } from "../tasks/table.ts";
import { createLossGraph, createModel } from "./network.ts";
import { livelyGraph, tinyClassifier, tinyDetector } from "./tiny.test.support.ts";

async function withSession<Result>(graph: Graph, use: (session: Session) => Promise<Result>): Promise<Result> {
  const session = await createSession(graph, { threads: 1 });
  try {
    return await use(session);
  } finally {
    await session.dispose();
  }
}

/** The same noise at every place, whatever the size: [1, 3, height, width]. */
function noise(height: number, width: number) {
  const random = createRandom("plane");
  const side = 512;
  const plane = Float32Array.from({ length: 3 * side * side }, () => random.uniform(-1, 1));
  const data = new Float32Array(3 * height * width);
  for (let index = 0; index < data.length; index++) {
    const [x, y, channel] = [index % width, Math.floor(index / width) % height, Math.floor(index / width / height)];
    data[index] = plane[(channel * side + y) * side + x]!;
  }
  return float32([1, 3, height, width], data);
}

test("a classifier has the size that is seen, an open batch, and one output a task", () => {
  const { graph } = createModel(tinyClassifier.spec, tinyClassifier.preprocessing);
  assert.deepEqual(
    graph.inputs.map(({ name, shape }) => [name, shape]),
    [["image", ["N", 1, 20, 20]]],
  );
  assert.deepEqual(
    graph.outputs.map(({ name, shape }) => [name, shape]),
    [["expression", ["N", 3]]],
  );
  validate(graph);
});

test("a model of limited size has open sides; its outputs tell their strides, and classes have no sides", () => {
  const { graph } = createModel(tinyDetector.spec, tinyDetector.preprocessing);
  assert.deepEqual(
    graph.inputs.map(({ shape }) => shape),
    [["N", 3, "H", "W"]],
  );
  assert.deepEqual(
    graph.outputs.map(({ name, shape }) => [name, shape]),
    [
      ["faces_8", ["N", 15, "H/8", "W/8"]],
      ["faces_16", ["N", 15, "H/16", "W/16"]],
      ["faces_32", ["N", 15, "H/32", "W/32"]],
    ],
  );
  const classes = createModel({ ...tinyDetector.spec, tasks: tinyClassifier.spec.tasks }, tinyDetector.preprocessing);
  assert.deepEqual(
    classes.graph.outputs.map(({ shape }) => shape),
    [["N", 3]],
  );
});

test("an open model gives the same values at every size, away from the border", async () => {
  await withSession(livelyGraph(tinyDetector), async (session) => {
    const [small, large] = await Promise.all([noise(256, 256), noise(288, 416)].map((image) => session.run({ image })));
    for (const stride of [8, 16, 32]) {
      const [a, b] = [small![`faces_${stride}`]!, large![`faces_${stride}`]!];
      assert.deepEqual(a.shape, [1, 15, 256 / stride, 256 / stride]);
      assert.deepEqual(b.shape, [1, 15, 288 / stride, 416 / stride]);
      const [x, y] = [numbersOf(a), numbersOf(b)];
      // the widest way in: 1 + 2 + 4 + 8 + 8 + 16 to stride 32, 32 in its smoothing: below 128 pixels
      const seen = 128 / stride;
      let largest = 0;
      for (let channel = 0; channel < 15; channel++) {
        for (let row = 0; row < seen; row++) {
          for (let column = 0; column < seen; column++) {
            const [at, other] = [a, b].map(
              ({ shape: [, , rows, columns] }) => (channel * rows! + row) * columns! + column,
            ) as [number, number];
            largest = Math.max(largest, Math.abs(x[at]! - y[other]!));
          }
        }
      }
      assert.ok(largest < 1e-4, `stride ${stride}: ${largest}`);
      assert.ok(new Set(x.map((value) => value.toFixed(3))).size > 20, "the values do differ");
    }
  });
});

test("where the picture is read as a whole, the fine levels of a pyramid are not there, and it is recognized all the same", () => {
  const { backbone } = tinyDetector.spec;
  const spec = { ...tinyDetector.spec, tasks: tinyClassifier.spec.tasks };
  const input = { ...tinyClassifier.preprocessing, width: 64, height: 64, crop: undefined };
  const model = createModel(spec, input);
  const loss = createLossGraph(spec, input, input, 2);
  const left = model.parameters.map(({ name }) => name);
  assert.deepEqual(
    loss.parameters.map(({ name }) => name),
    left,
  );
  assert.deepEqual(
    left.filter((name) => /smooth|lateral/.test(name)).map((name) => name.split(".")[1]),
    ["lateral2", "lateral2", "lateral2", "smooth2", "smooth2", "smooth2"],
  );
  for (const { graph } of [model, loss]) assert.ok(left.every((name) => graph.initializers.has(name)));
  // a weight that the loss does not reach is refused
  createTrainingStep(loss.graph, {
    loss: "loss",
    groups: [{ parameters: left, optimizer: optimizers.adamw({}), weightDecay: 0, rate: "rate" }],
    batchInputs: loss.inputs.map(({ name }) => name),
    extents: {},
    target: portableTarget,
  });
  assert.deepEqual(
    recognizeBackbone((name) => model.graph.initializers.get(`backbone.${name}`)?.shape),
    backbone,
  );
});

test("a batch gives what its pictures give alone", async () => {
  await withSession(livelyGraph(tinyClassifier), async (session) => {
    const random = createRandom("batch");
    const data = Float32Array.from({ length: 3 * 400 }, () => random.uniform());
    const run = async (from: number, count: number) =>
      numbersOf(
        (await session.run({ image: float32([count, 1, 20, 20], data.subarray(from * 400, (from + count) * 400)) }))
          .expression!,
      );
    const together = await run(0, 3);
    const alone = [...(await run(0, 1)), ...(await run(1, 1)), ...(await run(2, 1))];
    together.forEach((value, index) => {
      assert.ok(Math.abs(value - alone[index]!) < 1e-5, `${value}, alone ${alone[index]}`);
    });
    assert.ok(Math.abs(together[0]! - together[3]!) > 1e-3, "pictures differ");
  });
});

test("fresh weights depend on the seed alone, the same in model and loss graph of any size", () => {
  const { spec, preprocessing } = tinyDetector;
  const model = createModel(spec, preprocessing);
  const loss = createLossGraph(spec, preprocessing, { width: 96, height: 64 }, 4);
  assert.deepEqual(loss.parameters, model.parameters);
  for (const { name } of model.parameters) {
    assert.deepEqual(loss.graph.initializers.get(name), model.graph.initializers.get(name), name);
  }
  const other = createModel({ ...spec, seed: 4 }, preprocessing).graph;
  assert.notDeepEqual(
    other.initializers.get("backbone.stem0.conv.weight"),
    model.graph.initializers.get("backbone.stem0.conv.weight"),
  );
});

test("the loss graph reads picture and targets in order; its loss is the sum of the tasks'", async () => {
  const labels = ["a", "b"];
  const tasks = ["one", "two"].map((name) => taskSchema.parse({ kind: "classification", name, labels }));
  const spec = { ...tinyClassifier.spec, tasks };
  const { graph, inputs } = createLossGraph(spec, tinyClassifier.preprocessing, { width: 16, height: 12 }, 2);
  assert.deepEqual(inputs, [
    { name: "image", shape: [1, 12, 16] },
    { name: "one/target", shape: [2] },
    { name: "one/weight", shape: [1] },
    { name: "two/target", shape: [2] },
    { name: "two/weight", shape: [1] },
  ]);
  await withSession(graph, async (session) => {
    const feeds = {
      image: float32([2, 1, 12, 16]),
      "one/target": float32([2, 2], [1, 0, 0, 1]),
      "one/weight": float32([2, 1], [1, 1]),
      "two/target": float32([2, 2], [1, 0, 0, 0]),
      "two/weight": float32([2, 1], [1, 0]),
    };
    const outputs = await session.run(feeds);
    const value = (name: string) => numbersOf(outputs[name]!)[0]!;
    // fresh outputs are even: ln 2 each
    for (const name of ["loss/one", "loss/two"]) assert.ok(Math.abs(value(name) - Math.LN2) < 1e-6, name);
    assert.ok(Math.abs(value("loss") - 2 * Math.LN2) < 1e-6);
  });
});
