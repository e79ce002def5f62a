import {
  type Build,
  createBuilder,
  createSession,
  createStatefulSession,
  createTrainingStep,
  float32,
  optimizers,
  probeTarget,
  type Value,
  withWeights,
} from "@foveajs/graph";

// A network of two layers as an ordinary ONNX graph: x [N, 2] to logits [N, 1].
function network(build: Build, x: Value): Value {
  const weight = (name: string, rows: number, columns: number) =>
    build.constant(
      float32(
        [rows, columns],
        Array.from({ length: rows * columns }, (_, index) => Math.sin(3 * index + 1)),
      ),
      name,
    );
  const bias = (name: string, size: number) => build.constant(float32([size], new Array<number>(size).fill(0)), name);
  const hidden = build.tanh(build.gemm(x, weight("w1", 8, 2), bias("b1", 8), { transB: true }));
  return build.gemm(hidden, weight("w2", 1, 8), bias("b2", 1), { transB: true });
}

// The same with its loss, the mean of ln(1 + e^z) - z t over the batch.
const training = createBuilder();
const target = training.input("target", ["N", 1]);
const logits = network(training, training.input("x", ["N", 2]));
const entropy = training.sub(training.softplus(logits), training.mul(logits, target));
training.output(training.reduceMean(entropy, { keepDims: false }), "loss");

// Forward, backward and update as one graph; the batch stands last in what it is fed.
const step = createTrainingStep(training.build(), {
  loss: "loss",
  batchInputs: ["x", "target"],
  extents: { N: 4 },
  groups: [{ parameters: ["w1", "b1", "w2", "b2"], optimizer: optimizers.adamw(), rate: "rate" }],
  target: await probeTarget(),
});
const session = await createStatefulSession(step.graph, step.state, { threads: 1 });
await session.write(step.initial);
const batch = {
  x: float32([2, 4], [0, 0, 1, 1, 0, 1, 0, 1]),
  target: float32([1, 4], [0, 1, 1, 0]), // exclusive or
  rate: float32([1], [0.05]),
};
for (let count = 0; count < 300; count++) await session.step(batch);
const state = await session.read();
await session.dispose();

// The trained model, in ONNX's own layout.
const model = createBuilder();
model.output(network(model, model.input("x", ["N", 2])), "logits");
const trained = await createSession(withWeights(model.build(), state, step.modelSlots));
const { logits: answers } = await trained.run({ x: float32([4, 2], [0, 0, 0, 1, 1, 0, 1, 1]) });
await trained.dispose();
console.log(Array.from(answers?.data as Float32Array, (logit) => (logit > 0 ? 1 : 0)).join(" "));
