import {
  createBuilder,
  createStatefulSession,
  createTrainingStep,
  float32,
  numbersOf,
  optimizers,
  probeTarget,
  schedules,
} from "@foveajs/graph";

// Fits y = sin(3 x) on [-1, 1] with a layer of 24 tanh: y = w2 tanh(w1 x + b1) + b2.
const HIDDEN = 24;
const SAMPLES = 64;
const STEPS = 1200;

const build = createBuilder({ name: "curve" });
const [x, y] = [build.input("x", ["N", 1]), build.input("y", ["N", 1])];
const spread = (scale: number) =>
  Array.from({ length: HIDDEN }, (_, unit) => scale * Math.sin(37 * unit * unit + scale));
const hidden = build.tanh(
  build.gemm(
    x,
    build.constant(float32([HIDDEN, 1], spread(3)), "w1"),
    build.constant(float32([HIDDEN], spread(2)), "b1"),
    {
      transB: true,
    },
  ),
);
const fitted = build.gemm(
  hidden,
  build.constant(float32([1, HIDDEN], spread(0.2)), "w2"),
  build.constant(float32([1]), "b2"),
  { transB: true },
);
const error = build.sub(fitted, y);
build.output(fitted, "fitted");
build.output(build.reduceMean(build.mul(error, error), { keepDims: false }), "loss");

// Gradients longer than 1 are cut, and each update is the mean of two batches: StepOptions of @foveajs/graph.
const step = createTrainingStep(build.build(), {
  loss: "loss",
  batchInputs: ["x", "y"],
  extents: { N: SAMPLES },
  groups: [{ parameters: ["w1", "b1", "w2", "b2"], optimizer: optimizers.adamw(), rate: "rate" }],
  target: await probeTarget(),
  clipNorm: 1,
  accumulate: 2,
});
const session = await createStatefulSession(step.graph, step.state, { threads: 1 });
await session.write(step.initial);
const rateAt = schedules.cosine({ warmup: 0.1 });

for (let done = 0; done < STEPS; done++) {
  // even steps see the points between those of the odd ones; the batch stands last
  const points = Array.from(
    { length: SAMPLES },
    (_, index) => ((2 * index + (done % 2)) / SAMPLES - 1) * (1 - 1 / SAMPLES),
  );
  const { loss, fitted: curve } = await session.step({
    x: float32([1, SAMPLES], points),
    y: float32(
      [1, SAMPLES],
      points.map((point) => Math.sin(3 * point)),
    ),
    rate: float32([1], [0.02 * rateAt(done / STEPS)]),
  });
  if (done % 300 === 0 || done === STEPS - 1)
    console.log(`step ${done}: loss ${numbersOf(loss!)[0]!.toExponential(2)}`);
  if (done === STEPS - 1) {
    const errors = points.map((point, index) => Math.abs(numbersOf(curve!)[index]! - Math.sin(3 * point)));
    console.log(`largest error ${Math.max(...errors).toFixed(4)}`);
  }
}
await session.dispose();
