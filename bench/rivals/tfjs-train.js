// TensorFlow.js, in Node and in a page: a work's network and one batch, trained with its own optimizer.
import * as tf from "@tensorflow/tfjs";
import { drawBatch, initialWeights } from "../network.js";

/** `backend`: "cpu", "wasm", "webgl" or "webgpu", registered by the caller. `step` trains on the batch and resolves to the loss. */
export async function createTensorflow({ work, batch, backend }) {
  tf.enableProdMode();
  if (!(await tf.setBackend(backend))) throw new Error(`TensorFlow.js has no backend ${backend} here`);
  await tf.ready();
  const start = initialWeights(work.network);
  const groups = new Map(work.network.layers.map(({ parameters, groups: count }) => [parameters[0], count]));
  const weights = new Map(
    work.network.parameters.map(({ name, shape }) => {
      const tensor = tf.tensor(start.get(name), shape);
      return [name, tf.variable(shape.length === 4 ? kernelOf(tensor, groups.get(name)) : tensor)];
    }),
  );
  const { images, labels } = drawBatch(work, batch);
  // maps are NHWC here: what the backends compute fastest, or at all
  const pictures = tf.transpose(tf.tensor(images, [batch, work.channels, work.size, work.size]), [0, 2, 3, 1]);
  const targets = tf.oneHot(tf.tensor1d(labels, "int32"), work.classes);
  const optimizer = optimizers[work.optimizer.kind](work.optimizer, [...weights.values()]);
  return {
    version: tf.version.tfjs,
    async step() {
      const loss = optimizer.minimize(() => lossOf(work, weights, pictures, targets), true);
      const [value] = await loss.data();
      loss.dispose();
      return value;
    },
    dispose: () => tf.disposeVariables(),
  };
}

/** [filters, inputs, k, k] to [k, k, inputs, filters], of depthwise ones to [k, k, inputs, 1]. */
const kernelOf = (tensor, groups) => tf.transpose(tensor, groups > 1 ? [2, 3, 0, 1] : [2, 3, 1, 0]);

/** Mean cross-entropy. */
function lossOf({ network }, weights, images, targets) {
  const values = [images];
  for (const { layer, inputs, parameters, ...settings } of network.layers)
    values.push(
      layers[layer](
        inputs.map((index) => values[index]),
        parameters.map((name) => weights.get(name)),
        settings,
      ),
    );
  return tf.losses.softmaxCrossEntropy(targets, values.at(-1));
}

/** (x - mean) / sqrt(variance + epsilon) * scale + bias over `axes`. */
function normalize(x, scale, bias, axes) {
  const { mean, variance } = tf.moments(x, axes, true);
  return x.sub(mean).div(variance.add(1e-5).sqrt()).mul(scale).add(bias);
}

const layers = {
  convolution([x], [weight], { stride, pad, groups }) {
    // counts of zeros as PyTorch has them; "same" would put those of stride 2 elsewhere
    if (groups === 1) return tf.conv2d(x, weight, stride, pad);
    return tf.depthwiseConv2d(x, weight, stride, pad);
  },
  batchNormalization: ([x], [scale, bias]) => normalize(x, scale, bias, [0, 1, 2]),
  relu: ([x]) => tf.relu(x),
  relu6: ([x]) => tf.relu6(x),
  gelu: ([x]) => x.mul(0.5).mul(tf.erf(x.mul(Math.SQRT1_2)).add(1)),
  add: ([x, y]) => x.add(y),
  meanOfMap: ([x]) => tf.mean(x, [1, 2]),
  meanOfTokens: ([x]) => tf.mean(x, 1),
  linear([x], [weight, bias]) {
    const product = tf.matMul(x.reshape([-1, weight.shape[1]]), weight, false, true);
    return product.add(bias).reshape([...x.shape.slice(0, -1), weight.shape[0]]);
  },
  patches([x], _, { side, from: [channels, height, width], shape: [tokens, features] }) {
    const squares = x.reshape([x.shape[0], height / side, side, width / side, side * channels]);
    const byPatch = tf.transpose(squares, [0, 1, 3, 2, 4]).reshape([x.shape[0] * tokens, side * side, channels]);
    return tf.transpose(byPatch, [0, 2, 1]).reshape([x.shape[0], tokens, features]);
  },
  positions: ([x], [positions]) => x.add(positions),
  layerNormalization: ([x], [scale, bias]) => normalize(x, scale, bias, [-1]),
  attention([x], _, { heads, shape: [tokens, width] }) {
    const depth = width / heads;
    const byHead = (part) => tf.transpose(part.reshape([-1, tokens, heads, depth]), [0, 2, 1, 3]);
    const [queries, keys, values] = tf.split(x, 3, 2).map(byHead);
    const shares = tf.softmax(tf.matMul(queries, keys, false, true).mul(1 / Math.sqrt(depth)), -1);
    return tf.transpose(tf.matMul(shares, values), [0, 2, 1, 3]).reshape([-1, tokens, width]);
  },
};

const optimizers = {
  sgd: ({ rate, momentum }) => tf.train.momentum(rate, momentum),
  /** Its Adam knows no decay: all weights are made smaller before each update. */
  adamw({ rate, beta1, beta2, epsilon, weightDecay }, weights) {
    const adam = tf.train.adam(rate, beta1, beta2, epsilon);
    return {
      minimize(loss, returnCost) {
        const { value, grads } = tf.variableGrads(loss);
        tf.tidy(() => {
          for (const weight of weights) weight.assign(weight.mul(1 - rate * weightDecay));
        });
        adam.applyGradients(grads);
        tf.dispose(grads);
        return returnCost ? value : undefined;
      },
    };
  },
};
