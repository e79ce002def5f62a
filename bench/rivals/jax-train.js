// jax-js (https://jax-js.com), in Node and in a page: a work's network, its training step under `jit`, and one batch.
import { defaultDevice, init, jit, lax, nn, numpy as np, tree, valueAndGrad } from "@jax-js/jax";
import { drawBatch, initialWeights } from "../network.js";

/** `device`: "wasm", "webgpu" or "webgl". `step` trains on the batch and resolves to the loss. */
export async function createJax({ work, batch, device }) {
  const available = await init(device);
  if (!available.includes(device)) throw new Error(`jax-js has no device ${device} here`);
  defaultDevice(device);
  const shaped = (values, shape) => np.array(values).reshape(shape);
  const start = initialWeights(work.network);
  let weights = {};
  for (const { name, shape } of work.network.parameters) weights[name] = shaped(start.get(name), shape);
  let moments = optimizers[work.optimizer.kind].start(weights);
  const { images, labels } = drawBatch(work, batch);
  const pictures = shaped(images, [batch, work.channels, work.size, work.size]);
  const targets = shaped(
    Float32Array.from({ length: batch * work.classes }, (_, index) => isLabel(labels, work, index)),
    [batch, work.classes],
  );
  const update = optimizers[work.optimizer.kind].update;
  const train = jit((trained, kept, count, x, y) => {
    const [loss, gradients] = valueAndGrad((given) => lossOf(work, given, x, y))(tree.ref(trained));
    return { loss, ...update(work.optimizer, { weights: trained, gradients, moments: kept, count }) };
  });
  let count = 0;
  return {
    version: "0.1.25",
    async step() {
      count += 1;
      const made = train(weights, moments, np.array([count]), pictures.ref, targets.ref);
      ({ weights, moments } = made);
      const [loss] = await made.loss.data();
      return loss;
    },
    dispose() {
      for (const held of [weights, moments, pictures, targets]) tree.dispose(held);
    },
  };
}

const isLabel = (labels, { classes }, index) => (labels[Math.floor(index / classes)] === index % classes ? 1 : 0);

/** Mean cross-entropy. A function of jax-js takes its arguments over: `.ref` keeps what is read again. */
function lossOf({ network }, weights, images, targets) {
  const uses = new Map();
  for (const { inputs } of network.layers) for (const index of inputs) uses.set(index, (uses.get(index) ?? 0) + 1);
  const values = [images];
  const take = (index) => {
    uses.set(index, uses.get(index) - 1);
    return uses.get(index) > 0 ? values[index].ref : values[index];
  };
  for (const { layer, inputs, parameters, ...settings } of network.layers)
    values.push(
      layers[layer](
        inputs.map(take),
        parameters.map((name) => weights[name]),
        settings,
      ),
    );
  const logits = values.at(-1);
  const samples = logits.shape[0];
  return nn
    .logSoftmax(logits, 1)
    .mul(targets)
    .sum()
    .mul(-1 / samples);
}

const perChannel = (parameter) => parameter.reshape([1, -1, 1, 1]);

/** (x - mean) / sqrt(variance + epsilon) over `axes`. */
function standardize(x, axes) {
  const centered = x.ref.sub(np.mean(x, axes, { keepdims: true }));
  const variance = np.mean(np.square(centered.ref), axes, { keepdims: true });
  return centered.div(np.sqrt(variance.add(1e-5)));
}

const layers = {
  convolution: ([x], [weight], { stride, pad, groups }) =>
    lax.convGeneralDilated(
      x,
      weight,
      [stride, stride],
      [
        [pad, pad],
        [pad, pad],
      ],
      { featureGroupCount: groups },
    ),
  batchNormalization: ([x], [scale, bias]) => standardize(x, [0, 2, 3]).mul(perChannel(scale)).add(perChannel(bias)),
  relu: ([x]) => nn.relu(x),
  relu6: ([x]) => nn.relu6(x),
  gelu: ([x]) => nn.gelu(x, { approximate: false }),
  add: ([x, y]) => x.add(y),
  meanOfMap: ([x]) => np.mean(x, [2, 3]),
  meanOfTokens: ([x]) => np.mean(x, 1),
  linear: ([x], [weight, bias]) => np.matmul(x, weight.transpose()).add(bias),
  patches([x], _, { side, from: [channels, height, width], shape: [tokens, features] }) {
    const squares = x.reshape([-1, channels, height / side, side, width / side, side]);
    return squares.transpose([0, 2, 4, 1, 3, 5]).reshape([-1, tokens, features]);
  },
  positions: ([x], [positions]) => x.add(positions),
  layerNormalization: ([x], [scale, bias]) => standardize(x, -1).mul(scale).add(bias),
  attention([x], _, { heads, shape: [tokens, width] }) {
    const depth = width / heads;
    const [queries, keys, values] = np.split(x, 3, 2);
    const byHead = (part, order) => part.reshape([-1, tokens, heads, depth]).transpose(order);
    const scores = np.matmul(byHead(queries, [0, 2, 1, 3]), byHead(keys, [0, 2, 3, 1]));
    const shares = nn.softmax(scores.mul(1 / Math.sqrt(depth)), -1);
    const mixed = np.matmul(shares, byHead(values, [0, 2, 1, 3]));
    return mixed.transpose([0, 2, 1, 3]).reshape([-1, tokens, width]);
  },
};

const zeros = (weights) => tree.map((weight) => np.zeros(weight.shape), weights);

/** The optimizers of the works, as torch.optim has them; `update` takes its arguments over. */
const optimizers = {
  sgd: {
    start: (weights) => ({ momentum: zeros(weights) }),
    update({ rate, momentum }, { weights, gradients, moments, count }) {
      count.dispose();
      const next = { weights: {}, moments: { momentum: {} } };
      for (const name of Object.keys(weights)) {
        const direction = moments.momentum[name].mul(momentum).add(gradients[name]);
        next.weights[name] = weights[name].sub(direction.ref.mul(rate));
        next.moments.momentum[name] = direction;
      }
      return next;
    },
  },
  adamw: {
    start: (weights) => ({ first: zeros(weights), second: zeros(weights) }),
    update({ rate, beta1, beta2, epsilon, weightDecay }, { weights, gradients, moments, count }) {
      const next = { weights: {}, moments: { first: {}, second: {} } };
      const correction1 = np.power(beta1, count.ref).mul(-1).add(1);
      const correction2 = np.power(beta2, count).mul(-1).add(1);
      for (const name of Object.keys(weights)) {
        const first = moments.first[name].mul(beta1).add(gradients[name].ref.mul(1 - beta1));
        const second = moments.second[name].mul(beta2).add(np.square(gradients[name]).mul(1 - beta2));
        const deviation = np.sqrt(second.ref.div(correction2.ref)).add(epsilon);
        const change = first.ref.div(correction1.ref).div(deviation).mul(rate);
        next.weights[name] = weights[name].mul(1 - rate * weightDecay).sub(change);
        next.moments.first[name] = first;
        next.moments.second[name] = second;
      }
      correction1.dispose();
      correction2.dispose();
      return next;
    },
  },
};
