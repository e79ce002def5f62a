import {
  createBuilder,
  createStatefulSession,
  createTrainingStep,
  filled,
  float32,
  optimizers,
  probeTarget,
} from "@foveajs/graph";

/**
 * Work A, a training step that every contestant does alike: a residual network on grey pictures. Stem: 3x3 stride 2
 * to 32 channels, batch norm, ReLU; four stages of two basic blocks (two 3x3 convolutions with batch norm), the first
 * block of stages 2 to 4 with stride 2 and a 1x1 shortcut with batch norm; mean over the map; linear layer with bias.
 * No bias in convolutions. Loss: mean cross-entropy. Optimizer: SGD with momentum, no weight decay.
 */
export const workA = {
  channels: 1,
  size: 48, // pixels, square
  classes: 10,
  stem: 32,
  widths: [32, 64, 128, 256],
  blocks: [2, 2, 2, 2],
  learningRate: 0.01,
  momentum: 0.9,
};

/**
 * Makes our side of Work A: `step` trains on one batch (random pictures and labels, the same each time) and resolves
 * to the loss; `read` gives the state (after the first step `momentum/...` are the gradients); `dispose` frees the
 * session. `target`: what to lower for, the session's device unless told. All other options are the session's.
 */
export async function createStep({ batch, target: formsFor, ...sessionOptions }) {
  const { graph, parameters } = lossGraph();
  const { channels, size, classes, learningRate, momentum } = workA;
  const step = createTrainingStep(graph, {
    loss: "loss",
    groups: [{ parameters, optimizer: optimizers.sgd({ momentum, nesterov: false }), rate: "rate" }],
    batchInputs: ["image", "target"],
    extents: { N: batch },
    target: formsFor ?? (await probeTarget(sessionOptions)),
  });
  const session = await createStatefulSession(step.graph, step.state, sessionOptions);
  await session.write(step.initial);
  const random = randomNumbers(1);
  const target = new Float32Array(classes * batch);
  for (let sample = 0; sample < batch; sample++) target[((sample * 7) % classes) * batch + sample] = 1;
  const feeds = {
    image: float32(
      [channels, size, size, batch],
      Array.from({ length: channels * size * size * batch }, () => random() * 2 - 1),
    ),
    target: float32([classes, batch], target),
    rate: float32([1], [learningRate]),
  };
  return {
    async step() {
      const { loss } = await session.step(feeds);
      return loss.data[0];
    },
    read: () => session.read(),
    dispose: () => session.dispose(),
  };
}

/** The network and its mean cross-entropy in ONNX's own form; its weights are drawn by He et al. 2015. */
function lossGraph() {
  const build = createBuilder({ name: "work-a" });
  const random = randomNumbers(2);
  const parameters = [];
  const parameter = (name, tensor) => {
    parameters.push(name);
    return build.constant(tensor, name);
  };
  const gaussian = () => Math.sqrt(-2 * Math.log(random())) * Math.cos(2 * Math.PI * random());
  const weights = (shape, fan) => {
    const count = shape.reduce((a, b) => a * b, 1);
    return float32(
      shape,
      Array.from({ length: count }, () => gaussian() * Math.sqrt(2 / fan)),
    );
  };
  const convolution = (name, x, filters, kernel, stride) => {
    const inputs = x.shape[1];
    const pad = kernel >> 1;
    const w = parameter(`${name}.weight`, weights([filters, inputs, kernel, kernel], filters * kernel * kernel));
    const z = build.conv(x, w, undefined, { strides: [stride, stride], pads: [pad, pad, pad, pad] });
    const scale = parameter(`${name}.scale`, filled([filters], 1));
    const bias = parameter(`${name}.bias`, filled([filters], 0));
    const mean = build.constant(filled([filters], 0), `${name}.mean`);
    const variance = build.constant(filled([filters], 1), `${name}.variance`);
    return build.batchNormalization(z, { scale, bias, mean, variance });
  };
  const image = build.input("image", ["N", workA.channels, workA.size, workA.size]);
  let x = build.relu(convolution("stem", image, workA.stem, 3, 2));
  workA.widths.forEach((width, stage) => {
    for (let block = 0; block < workA.blocks[stage]; block++) {
      const name = `stage${stage}.${block}`;
      const stride = stage > 0 && block === 0 ? 2 : 1;
      const inner = build.relu(convolution(`${name}.a`, x, width, 3, stride));
      const changes = stride !== 1 || x.shape[1] !== width;
      const shortcut = changes ? convolution(`${name}.skip`, x, width, 1, stride) : x;
      x = build.relu(build.add(convolution(`${name}.b`, inner, width, 3, 1), shortcut));
    }
  });
  const features = build.flatten(build.globalAveragePool(x));
  const last = workA.widths.at(-1);
  const head = parameter("head.weight", weights([workA.classes, last], 2 * last));
  const logits = build.gemm(features, head, parameter("head.bias", filled([workA.classes], 0)), { transB: true });
  const target = build.input("target", ["N", workA.classes]);
  const perSample = build.reduceSum(build.mul(build.logSoftmax(logits, { axis: 1 }), target), {
    axes: [1],
    keepDims: false,
  });
  build.output(build.neg(build.reduceMean(perSample, { keepDims: false })), "loss");
  return { graph: build.build(), parameters };
}

/** Numbers from 0 to 1, the same for the same seed (Marsaglia's xorshift32). */
function randomNumbers(seed) {
  let state = seed * 2654435761 || 1;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return ((state >>> 0) + 0.5) / 4294967296;
  };
}
