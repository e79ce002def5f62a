import {
  type Build,
  createBuilder,
  createSession,
  createStatefulSession,
  createTrainingStep,
  float32,
  int64,
  numbersOf,
  optimizers,
  probeTarget,
  schedules,
  type Value,
  withWeights,
} from "@foveajs/graph";

// A small transformer that learns to go on with a text, character by character (Vaswani et al. 2017, arXiv:1706.03762; layers
// normalised first, as in GPT-2). The text is the beginning of William Shakespeare's sonnet 18.
const TEXT = `shall i compare thee to a summer's day?
thou art more lovely and more temperate:
rough winds do shake the darling buds of may,
and summer's lease hath all too short a date:
sometime too hot the eye of heaven shines,
and often is his gold complexion dimm'd;
`;
const LETTERS = [...new Set(TEXT)].sort();
const LENGTH = 24; // characters that the model sees
const WIDTH = 32; // numbers for each of them
const HEADS = 2;
const BLOCKS = 2;
const BATCH = 16;
const STEPS = 160;

/** The same numbers each time: the generator of Numerical Recipes, four in a sum, so that they are about normal. */
function numbers(seed: number): (count: number, deviation: number) => number[] {
  let state = seed;
  const uniform = () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32 - 0.5;
  };
  return (count, deviation) =>
    Array.from({ length: count }, () => (uniform() + uniform() + uniform() + uniform()) * Math.sqrt(3) * deviation);
}

/** tokens [N, LENGTH] to logits [N, LENGTH, letters]; `parameters` takes the names of all weights. */
function network(build: Build, tokens: Value, parameters: string[]): Value {
  const draw = numbers(1);
  const named = (name: string, shape: readonly number[], values: readonly number[]): Value => {
    parameters.push(name);
    return build.constant(float32(shape, values), name);
  };
  const weight = (name: string, shape: readonly number[]) =>
    named(
      name,
      shape,
      draw(
        shape.reduce((size, extent) => size * extent, 1),
        shape.length === 2 ? 1 / Math.sqrt(shape[0]!) : 0.02,
      ),
    );
  const linear = (x: Value, name: string, from: number, to: number): Value =>
    build.add(
      build.matMul(x, weight(`${name}.weight`, [from, to])),
      named(`${name}.bias`, [to], new Array(to).fill(0)),
    );
  const normalized = (x: Value, name: string): Value =>
    build.layerNormalization(
      x,
      named(`${name}.scale`, [WIDTH], new Array(WIDTH).fill(1)),
      named(`${name}.shift`, [WIDTH], new Array(WIDTH).fill(0)),
    );
  const size = WIDTH / HEADS;
  // a place may look at itself and those before it
  const future = Array.from({ length: LENGTH ** 2 }, (_, index) =>
    index % LENGTH > Math.floor(index / LENGTH) ? -1e9 : 0,
  );
  const mask = build.constant(float32([LENGTH, LENGTH], future));

  /** softmax(q k^T / sqrt(size) + mask) v for each head. */
  const attention = (x: Value, name: string): Value => {
    const heads = (part: string, order: readonly number[]) =>
      build.transpose(build.reshape(linear(x, `${name}.${part}`, WIDTH, WIDTH), [-1, LENGTH, HEADS, size]), order);
    const scores = build.matMul(heads("query", [0, 2, 1, 3]), heads("key", [0, 2, 3, 1]));
    const shares = build.softmax(build.add(build.mul(scores, 1 / Math.sqrt(size)), mask), { axis: -1 });
    const mixed = build.transpose(build.matMul(shares, heads("value", [0, 2, 1, 3])), [0, 2, 1, 3]);
    return linear(build.reshape(mixed, [-1, LENGTH, WIDTH]), `${name}.output`, WIDTH, WIDTH);
  };

  let x = build.node("Gather", [weight("letters", [LETTERS.length, WIDTH]), tokens]);
  x = build.add(x, weight("places", [LENGTH, WIDTH]));
  for (let block = 0; block < BLOCKS; block++) {
    x = build.add(x, attention(normalized(x, `block${block}.norm1`), `block${block}.attention`));
    const wide = build.gelu(linear(normalized(x, `block${block}.norm2`), `block${block}.wide`, WIDTH, 4 * WIDTH));
    x = build.add(x, linear(wide, `block${block}.narrow`, 4 * WIDTH, WIDTH));
  }
  return linear(normalized(x, "norm"), "head", WIDTH, LETTERS.length);
}

// The network with its loss: mean of -log p(next character).
const training = createBuilder({ name: "characters" });
const parameters: string[] = [];
const logits = network(training, training.input("tokens", ["N", LENGTH], "int64"), parameters);
const chances = training.logSoftmax(logits, { axis: -1 });
const next = training.gatherElements(chances, training.input("next", ["N", LENGTH, 1], "int64"), { axis: 2 });
training.output(training.neg(training.reduceMean(next, { keepDims: false })), "loss");

// Biases and scales are not pulled towards 0; the batch stays first, since nothing here is a map of pixels.
const isMatrix = (name: string) => !/\.(bias|scale|shift)$/.test(name);
const optimizer = optimizers.adamw({ beta2: 0.99 });
const step = createTrainingStep(training.build(), {
  loss: "loss",
  batchInputs: ["tokens", "next"],
  extents: { N: BATCH },
  groups: [
    { parameters: parameters.filter(isMatrix), optimizer, weightDecay: 0.01, rate: "rate" },
    { parameters: parameters.filter((name) => !isMatrix(name)), optimizer, rate: "rate" },
  ],
  target: await probeTarget(),
  clipNorm: 1,
  layout: "onnx",
});
const session = await createStatefulSession(step.graph, step.state, { threads: 1 });
await session.write(step.initial);
const rateAt = schedules.cosine({ warmup: 0.1, end: 0.05 });
const indices = Array.from(TEXT, (letter) => LETTERS.indexOf(letter));
for (let done = 0; done < STEPS; done++) {
  // pieces of the text that begin where a stride without a common factor leads
  const starts = Array.from(
    { length: BATCH },
    (_, sample) => ((done * BATCH + sample) * 89) % (indices.length - LENGTH),
  );
  const pieces = (offset: number) => starts.flatMap((start) => indices.slice(start + offset, start + offset + LENGTH));
  const { loss } = await session.step({
    tokens: int64(pieces(0), [BATCH, LENGTH]),
    next: int64(pieces(1), [BATCH, LENGTH, 1]),
    rate: float32([1], [0.01 * rateAt(done / STEPS)]),
  });
  if (done % 40 === 0 || done === STEPS - 1) console.log(`step ${done}: loss ${numbersOf(loss!)[0]!.toFixed(3)}`);
}
const state = await session.read();
await session.dispose();

// The trained network goes on with a beginning, each time by the likeliest character.
const model = createBuilder({ name: "characters" });
model.output(network(model, model.input("tokens", [1, LENGTH], "int64"), []), "logits");
const trained = await createSession(withWeights(model.build(), state, step.modelSlots), { threads: 1 });
let written = "thou art more lovely and";
while (written.length < 60) {
  const seen = Array.from(written.slice(-LENGTH), (letter) => LETTERS.indexOf(letter));
  const outputs = await trained.run({ tokens: int64(seen, [1, LENGTH]) });
  const last = numbersOf(outputs.logits!).slice(-LETTERS.length);
  written += LETTERS[last.indexOf(Math.max(...last))];
}
await trained.dispose();
console.log(written.replaceAll("\n", " / "));
