// Ours, in Node and in a page: a work's network in ONNX's own form, its training step, and one batch.
import {
  createBuilder,
  createStatefulSession,
  createTrainingStep,
  filled,
  float32,
  optimizers,
  probeTarget,
} from "@foveajs/graph";
import { drawBatch, initialWeights } from "../network.js";

/**
 * Our side of a work: `step` trains on one batch, the same each time, and resolves to the loss; `logits` is a step at rate 0 that
 * resolves to the logits [batch, classes]; `read` gives the state (with SGD, `momentum/...` are the gradients after the first step);
 * `dispose` frees the session. `target`: what to lower for, the session's device unless told. `statisticsMomentum`: share of the
 * batch in running statistics. `layout`: "onnx" keeps the batch first. All other options are the session's.
 */
export async function createFovea({
  work,
  batch = work.batch,
  target: formsFor,
  layout = "batch-innermost",
  statisticsMomentum = 0.1,
  ...sessionOptions
}) {
  const graph = lossGraph(work);
  const training = createTrainingStep(graph, {
    loss: "loss",
    groups: [groupOf(work)],
    batchInputs: ["image", "target"],
    extents: { N: batch },
    target: formsFor ?? (await probeTarget(sessionOptions)),
    layout,
    statisticsMomentum,
  });
  const session = await createStatefulSession(training.graph, training.state, sessionOptions);
  await session.write(training.initial);
  const feeds = batchFeeds(work, batch, layout);
  const run = (rate) => session.step({ ...feeds, rate: float32([1], [rate]) });
  return {
    step: async () => (await run(work.optimizer.rate)).loss.data[0],
    logits: async () => (await run(0)).logits.data,
    read: () => session.read(),
    modelSlots: training.modelSlots,
    dispose: () => session.dispose(),
  };
}

/** All parameters under the optimizer of the work. */
function groupOf({ network, optimizer: { kind, rate: _rate, weightDecay = 0, ...settings } }) {
  const makers = {
    sgd: () => optimizers.sgd({ ...settings, nesterov: false }),
    adamw: () => optimizers.adamw(settings),
  };
  const parameters = network.parameters.map(({ name }) => name);
  return { parameters, optimizer: makers[kind](), weightDecay, rate: "rate" };
}

/** The batch as the step takes it: pictures and one-hot labels, the batch last or first. */
function batchFeeds(work, batch, layout) {
  const { channels, size, classes } = work;
  const { images, labels } = drawBatch(work, batch);
  const oneHot = new Float32Array(batch * classes);
  for (const [sample, label] of labels.entries()) oneHot[sample * classes + label] = 1;
  if (layout === "onnx")
    return {
      image: float32([batch, channels, size, size], images),
      target: float32([batch, classes], oneHot),
    };
  return {
    image: float32([channels, size, size, batch], batchLast(images, batch)),
    target: float32([classes, batch], batchLast(oneHot, batch)),
  };
}

/** [N, ...] to [..., N]. */
function batchLast(values, batch) {
  const each = values.length / batch;
  const moved = new Float32Array(values.length);
  for (let sample = 0; sample < batch; sample++)
    for (let index = 0; index < each; index++) moved[index * batch + sample] = values[sample * each + index];
  return moved;
}

/** The network with its mean cross-entropy; outputs `loss` and `logits`. */
export function lossGraph(work) {
  const build = createBuilder({ name: `work-${work.name}` });
  const logits = appendNetwork(build, work);
  const target = build.input("target", ["N", work.classes]);
  const perSample = build.reduceSum(build.mul(build.logSoftmax(logits, { axis: 1 }), target), {
    axes: [1],
    keepDims: false,
  });
  build.output(build.neg(build.reduceMean(perSample, { keepDims: false })), "loss");
  build.output(logits, "logits");
  return build.build();
}

/** The network alone, for inference: `image` [N, C, H, W] to `logits` [N, classes]. */
export function inferenceGraph(work) {
  const build = createBuilder({ name: `work-${work.name}` });
  build.output(appendNetwork(build, work), "logits");
  return build.build();
}

function appendNetwork(build, { network, channels, size }) {
  const weights = initialWeights(network);
  const parameters = new Map(
    network.parameters.map(({ name, shape }) => [name, build.constant(float32(shape, weights.get(name)), name)]),
  );
  const values = [build.input("image", ["N", channels, size, size])];
  for (const { layer, inputs, parameters: names, ...settings } of network.layers) {
    const given = inputs.map((index) => values[index]);
    values.push(
      layers[layer](
        build,
        given,
        names.map((name) => parameters.get(name)),
        settings,
      ),
    );
  }
  return values.at(-1);
}

const layers = {
  convolution: (build, [x], [weight], { stride, pad, groups }) =>
    build.conv(x, weight, undefined, { strides: [stride, stride], pads: [pad, pad, pad, pad], group: groups }),
  batchNormalization(build, [x], [scale, bias], { statistics }) {
    const mean = build.constant(filled(scale.shape, 0), `${statistics}.mean`);
    const variance = build.constant(filled(scale.shape, 1), `${statistics}.variance`);
    return build.batchNormalization(x, { scale, bias, mean, variance });
  },
  relu: (build, [x]) => build.relu(x),
  relu6: (build, [x]) => build.clip(x, 0, 6),
  gelu: (build, [x]) => build.gelu(x),
  add: (build, [x, y]) => build.add(x, y),
  meanOfMap: (build, [x]) => build.flatten(build.globalAveragePool(x)),
  meanOfTokens: (build, [x]) => build.reduceMean(x, { axes: [1], keepDims: false }),
  linear: (build, [x], [weight, bias]) =>
    x.shape.length === 2
      ? build.gemm(x, weight, bias, { transB: true })
      : build.add(build.matMul(x, build.transpose(weight, [1, 0])), bias),
  patches(build, [x], _, { side, from: [channels, height, width], shape: [tokens, features] }) {
    const [rows, columns] = [height / side, width / side];
    const squares = build.reshape(x, [-1, channels, rows, side, columns, side]);
    return build.reshape(build.transpose(squares, [0, 2, 4, 1, 3, 5]), [-1, tokens, features]);
  },
  positions: (build, [x], [positions]) => build.add(x, positions),
  layerNormalization: (build, [x], [scale, bias]) => build.layerNormalization(x, scale, bias),
  attention(build, [x], _, { heads, shape: [tokens, width] }) {
    const depth = width / heads;
    const [queries, keys, values] = build.split(x, { axis: 2, sizes: [width, width, width] });
    const byHead = (part, order) => build.transpose(build.reshape(part, [-1, tokens, heads, depth]), order);
    const scores = build.matMul(byHead(queries, [0, 2, 1, 3]), byHead(keys, [0, 2, 3, 1]));
    const shares = build.softmax(build.mul(scores, 1 / Math.sqrt(depth)), { axis: -1 });
    const mixed = build.transpose(build.matMul(shares, byHead(values, [0, 2, 1, 3])), [0, 2, 1, 3]);
    return build.reshape(mixed, [-1, tokens, width]);
  },
};
