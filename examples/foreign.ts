import { readFile, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { parseArgs } from "node:util";
import {
  createBuilder,
  createSession,
  createStatefulSession,
  createTrainingStep,
  float32,
  foldConstants,
  numbersOf,
  optimizers,
  prepareForeign,
  probeTarget,
  readOnnx,
  schedules,
  sizeOf,
  type Tensor,
  withWeights,
  writeOnnx,
} from "@foveajs/graph";

// Fine-tunes an .onnx file of any tool: node examples/dist/foreign.js [FILE] [--to FILE] [--rate 1e-4] [--batch 4]
// The lesson needs no labels: to answer noisy inputs as the file answers clean ones.
const { values: options, positionals } = parseArgs({
  allowPositionals: true,
  options: { to: { type: "string" }, rate: { type: "string" }, batch: { type: "string" } },
});
const file = positionals[0] ?? "packages/graph/fixtures/foreign.onnx";
const written = options.to ?? path.join(tmpdir(), "fovea-foreign.onnx");
const rate = Number(options.rate ?? 1e-4);
const batch = Number(options.batch ?? 4); // samples
const SIDE = 64; // extent of every other axis that the file leaves open
const STEPS = 20;
const NOISE = 0.6; // inputs reach from -1 to 1

// Old opsets are upgraded, shapes are fixed, one sample becomes a batch, and every weight is looked at: does a gradient reach it?
const foreign = readOnnx(await readFile(file));
const open = foreign.inputs.flatMap(({ shape = [] }) =>
  shape.flatMap((extent, axis) => (typeof extent === "string" ? [[extent, axis === 0 ? batch : SIDE] as const] : [])),
);
const { graph: model, parameters, frozen, cut } = prepareForeign(foreign, { extents: Object.fromEntries(open), batch });
const inputs = model.inputs.map(({ name, shape }) => ({ name, shape: shape as readonly number[] }));
console.log(`opset ${foreign.opsets[""]} became ${model.opsets[""]}`);

// The later half of the layers is trained; the first ones see edges and colours, which any task needs.
const place = new Map(model.nodes.flatMap((node, index) => node.inputs.map((name) => [name, index] as const)));
const inOrder = [...parameters].sort((a, b) => place.get(a)! - place.get(b)!);
const trained = inOrder.slice(Math.floor(inOrder.length / 2));
console.log(`trained: ${trained.length} of ${parameters.length} weights, ${trained[0]} to ${trained.at(-1)}`);
for (const reason of new Set(frozen.map((tensor) => tensor.reason))) {
  const names = frozen.filter((tensor) => tensor.reason === reason).map(({ name }) => name);
  console.log(`frozen: ${names.length}, such as ${names[0]}: ${reason}`);
}
for (const { op, node, fault } of cut) console.log(`cut off: ${op} "${node}": ${fault.message}`);

// Clean inputs, noisy ones, and the answers of the file as it is.
const made = (make: (index: number) => number) =>
  Object.fromEntries(
    inputs.map(({ name, shape }) => [
      name,
      float32(
        shape,
        Array.from({ length: sizeOf(shape) }, (_, index) => make(index)),
      ),
    ]),
  );
const wave = (index: number) => 0.6 * Math.sin(0.11 * index) + 0.3 * Math.sin(0.0007 * index);
const clean = made(wave);
const noisy = made((index) => wave(index) + NOISE * Math.sin(12.9898 * index * index));
const answersOf = async (graph: Parameters<typeof createSession>[0], feeds: Readonly<Record<string, Tensor>>) => {
  const session = await createSession(graph, { threads: 1 });
  const answers = await session.run(feeds);
  await session.dispose();
  return answers;
};
const targets = Object.entries(await answersOf(model, clean));

// The loss: of each output the mean square error, as a share of the mean square of the answers.
const build = createBuilder({ from: { ...model, outputs: [] } });
const errors = targets.map(([name, { shape, data }]) => {
  const error = build.sub(build.value(name), build.input(`target/${name}`, shape));
  const square = numbersOf({ dtype: "float32", shape, data }).reduce((sum, value) => sum + value * value, 0);
  const flat = build.reshape(build.mul(error, error), [data.length]);
  return build.mul(build.reduceMean(flat, { keepDims: false }), data.length / (square || 1));
});
build.output(
  errors.reduce((sum, error) => build.add(sum, error)),
  "loss",
);

const step = createTrainingStep(build.build(), {
  loss: "loss",
  batchInputs: [...inputs.map(({ name }) => name), ...targets.map(([name]) => `target/${name}`)],
  extents: {},
  groups: [{ parameters: trained, optimizer: optimizers.adamw(), rate: "rate" }],
  target: await probeTarget(),
});

/** A step is fed with the batch last: [N, ...] becomes [..., N]. */
const batchLast = ({ shape: [samples = 1, ...rest], data }: Tensor) => {
  const from = data as Float32Array;
  const inner = sizeOf(rest);
  return float32(
    [...rest, samples],
    from.map((_, index) => from[(index % samples) * inner + Math.floor(index / samples)]!),
  );
};
const feeds = {
  ...Object.fromEntries(Object.entries(noisy).map(([name, tensor]) => [name, batchLast(tensor)])),
  ...Object.fromEntries(targets.map(([name, tensor]) => [`target/${name}`, batchLast(tensor)])),
};
const rateAt = schedules.cosine({ warmup: 0.2 });
const session = await createStatefulSession(step.graph, step.state, { threads: 1 });
await session.write(step.initial);
for (let done = 0; done < STEPS; done++) {
  const { loss } = await session.step({ ...feeds, rate: float32([1], [rate * rateAt(done / STEPS)]) });
  if (done % 5 === 0 || done === STEPS - 1) console.log(`step ${done}: loss ${numbersOf(loss!)[0]!.toExponential(3)}`);
}
const state = await session.read();
await session.dispose();

// The file as it came, its opset and open extents too, with the weights that were learnt. Weights that it keeps in half precision
// were widened for the training: then the prepared graph is written, which has float32 and fixed shapes.
const whole = foldConstants(foreign); // weights of Constant nodes become initializers, as they are in the prepared graph
const isWhole = trained.every((name) => whole.initializers.get(name)?.dtype === "float32");
const bytes = writeOnnx(withWeights(isWhole ? whole : model, state, step.modelSlots));
await writeFile(written, bytes);
console.log(`wrote ${written}, ${bytes.length} bytes, opset ${(isWhole ? whole : model).opsets[""]}`);

// What was written answers as the trained model does: one sample, for which the file was made, or the whole batch.
const first = ({ shape, data }: Tensor) => {
  const samples = isWhole ? 1 : shape[0]!;
  return float32([samples, ...shape.slice(1)], (data as Float32Array).slice(0, samples * sizeOf(shape.slice(1))));
};
const few = Object.fromEntries(Object.entries(noisy).map(([name, tensor]) => [name, first(tensor)]));
const again = await answersOf(await readFile(written), few);
const learnt = Object.entries(await answersOf(withWeights(model, state, step.modelSlots), noisy));
const shared = learnt.filter(([name]) => name in again); // where a part was cut off, the file has other outputs than the model
const differences = shared.map(([name, tensor]) => {
  const [expected, received] = [numbersOf(first(tensor)), numbersOf(again[name]!)];
  const gaps = expected.map((value, index) => Math.abs(value - received[index]!));
  return Math.max(...gaps) / (Math.max(...expected.map(Math.abs)) || 1);
});
console.log(`largest difference ${Math.max(0, ...differences).toExponential(1)} over ${shared.length} outputs`);
