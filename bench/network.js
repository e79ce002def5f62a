/**
 * A network as data that every engine of the bench reads, so that all train the same one: `parameters` by name, and
 * `layers` in order, each `{ layer, inputs, parameters, ...settings }`. Value 0 is the picture, value i what layer i - 1 made; the
 * last are the logits. Shapes leave the batch out: maps [C, H, W], tokens [T, D], vectors [K].
 */
export function describeNetwork({ channels, size }, define) {
  const parameters = [];
  const layers = [];
  const shapes = [[channels, size, size]];
  const parameter = (name, shape, init) => {
    parameters.push({ name, shape, ...init });
    return name;
  };
  const add = (layer, inputs, shape, { parameters: names = [], ...settings } = {}) => {
    layers.push({ layer, inputs, parameters: names, shape, ...settings });
    shapes.push(shape);
    return layers.length;
  };
  const same = (layer) => (x) => add(layer, [x], shapes[x]);
  const image = 0;
  define({
    image,
    shapeOf: (x) => shapes[x],
    /** No bias, padded by half the kernel. Weights [filters, channels / groups, kernel, kernel] by He et al. 2015 (fan out). */
    convolution(x, name, { filters, kernel, stride = 1, groups = 1 }) {
      const [inputs, height, width] = shapes[x];
      const deviation = Math.sqrt((2 * groups) / (filters * kernel * kernel));
      const weight = parameter(`${name}.weight`, [filters, inputs / groups, kernel, kernel], { deviation });
      const extent = (length) => Math.floor((length - 1) / stride) + 1; // odd kernels, pad = kernel >> 1
      const shape = [filters, extent(height), extent(width)];
      return add("convolution", [x], shape, { parameters: [weight], stride, pad: kernel >> 1, groups });
    },
    /** With the statistics of the batch in training. */
    batchNormalization(x, name) {
      const [filters] = shapes[x];
      const names = [
        parameter(`${name}.scale`, [filters], { value: 1 }),
        parameter(`${name}.bias`, [filters], { value: 0 }),
      ];
      return add("batchNormalization", [x], shapes[x], { parameters: names, statistics: name });
    },
    relu: same("relu"),
    relu6: same("relu6"),
    /** By the error function, not its approximation. */
    gelu: same("gelu"),
    add: (x, y) => add("add", [x, y], shapes[x]),
    /** Means of maps over their pixels, of tokens over all tokens. */
    mean(x) {
      const isMap = shapes[x].length === 3;
      return add(isMap ? "meanOfMap" : "meanOfTokens", [x], [shapes[x].at(isMap ? 0 : -1)]);
    },
    /** x W^T + b over the last axis; weight [features, inputs]. */
    linear(x, name, { features, deviation }) {
      const inputs = shapes[x].at(-1);
      const names = [
        parameter(`${name}.weight`, [features, inputs], { deviation: deviation ?? 1 / Math.sqrt(inputs) }),
        parameter(`${name}.bias`, [features], { value: 0 }),
      ];
      return add("linear", [x], [...shapes[x].slice(0, -1), features], { parameters: names });
    },
    /** Squares of `side` pixels as tokens, row by row, each flattened in the order channel, row, column. */
    patches(x, { side }) {
      const [inputs, height, width] = shapes[x];
      const shape = [(height / side) * (width / side), inputs * side * side];
      return add("patches", [x], shape, { side, from: shapes[x] });
    },
    /** Adds a learned vector to every token. */
    positions(x, name) {
      return add("positions", [x], shapes[x], { parameters: [parameter(name, shapes[x], { deviation: 0.02 })] });
    },
    layerNormalization(x, name) {
      const width = shapes[x].at(-1);
      const names = [
        parameter(`${name}.scale`, [width], { value: 1 }),
        parameter(`${name}.bias`, [width], { value: 0 }),
      ];
      return add("layerNormalization", [x], shapes[x], { parameters: names });
    },
    /** softmax(q k^T / sqrt(d)) v for each head; the input holds q, k and v side by side, each [heads, d]. */
    attention(x, { heads }) {
      const [tokens, width] = shapes[x];
      return add("attention", [x], [tokens, width / 3], { heads });
    },
  });
  return { parameters, layers };
}

/** Multiply-adds of the forward pass of one sample: convolutions, linear layers and attention; the rest counts as none. */
export function multiplyAddsOf({ parameters, layers }) {
  const sizeOf = (shape) => shape.reduce((product, extent) => product * extent, 1);
  const shapes = new Map(parameters.map(({ name, shape }) => [name, shape]));
  const costs = {
    convolution: (made, [weight]) => sizeOf(made) * sizeOf(weight.slice(1)),
    linear: (made, [weight]) => sizeOf(made) * weight[1],
    attention: ([tokens, width]) => 2 * tokens * tokens * width, // q k^T, then the mean of v
  };
  return layers.reduce(
    (sum, { layer, shape, parameters: names }) =>
      sum +
      (costs[layer]?.(
        shape,
        names.map((name) => shapes.get(name)),
      ) ?? 0),
    0,
  );
}

/** Values of all parameters at the start, `Map` of name to Float32Array, the same each time. */
export function initialWeights({ parameters }) {
  const random = randomNumbers(2);
  const gaussian = () => Math.sqrt(-2 * Math.log(random())) * Math.cos(2 * Math.PI * random());
  return new Map(
    parameters.map(({ name, shape, value, deviation }) => {
      const count = shape.reduce((product, extent) => product * extent, 1);
      return [name, Float32Array.from({ length: count }, () => value ?? gaussian() * deviation)];
    }),
  );
}

/** One batch, the same each time: pictures [N, C, H, W] from -1 to 1, labels [N]; a smaller batch is the start of a larger. */
export function drawBatch({ channels, size, classes }, batch) {
  const random = randomNumbers(1);
  return {
    images: Float32Array.from({ length: batch * channels * size * size }, () => random() * 2 - 1),
    labels: Int32Array.from({ length: batch }, (_, sample) => (sample * 7) % classes),
  };
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
