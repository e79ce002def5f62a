import type * as Graph from "./index.ts";

/** The package as a test imports it: in Node or bundled for a page. */
type Api = typeof Graph;

/** What one backend did, as plain data, so that a page can hand it over to the test that compares. */
export interface Observations {
  readonly device: string;
  readonly names: readonly (readonly string[])[];
  /** dtype, shape and elements of the outputs, by run. */
  readonly outputs: Readonly<Record<string, Plain>>;
  /** Code of the error that each wrong use gave, or "none". */
  readonly errors: Readonly<Record<string, string>>;
  readonly errorTexts: Readonly<Record<string, string>>;
  /** State after steps and writes. */
  readonly states: readonly Readonly<Record<string, readonly number[]>>[];
  readonly losses: readonly number[];
  /** Operators that WebGPU lacks or computes wrongly, after they are written for the device. */
  readonly replaced: Readonly<Record<string, readonly number[]>>;
  /** Code and message where they are not, or "none". */
  readonly refused: readonly string[];
}

interface Plain {
  readonly dtype: string;
  readonly shape: readonly number[];
  readonly data: readonly (number | string)[];
}

const plain = ({ dtype, shape, data }: Graph.Tensor): Plain => ({
  dtype,
  shape: [...shape],
  data: Array.from(data as ArrayLike<number | bigint>, (element) =>
    typeof element === "bigint" ? `${element}n` : element,
  ),
});

const plainState = (state: ReadonlyMap<string, Float32Array>): Record<string, number[]> =>
  Object.fromEntries([...state].map(([name, data]) => [name, [...data]]));

/** Numbers from -1 to 1, the same everywhere (the generator of Numerical Recipes). */
function drawer(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 31 - 1;
  };
}

/** Uses one backend in every way that the interface has. */
export async function observe(api: Api, options: Graph.SessionOptions): Promise<Observations> {
  const errors: Record<string, string> = {};
  const errorTexts: Record<string, string> = {};
  const expectError = async (what: string, attempt: () => Promise<unknown>) => {
    try {
      await attempt();
      errors[what] = "none";
    } catch (error) {
      const { code, name, message } = error as { code?: unknown; name: string; message: string };
      errors[what] = typeof code === "string" ? code : name;
      errorTexts[what] = message;
    }
  };
  const { outputs, ...session } = await observeRuns(api, options, expectError);
  const states = await observeState(api, options, expectError);
  return {
    ...session,
    outputs,
    errors,
    errorTexts,
    states,
    losses: await trainSmallNet(api, options),
    ...(await observeReplaced(api, options)),
  };
}

type ExpectError = (what: string, attempt: () => Promise<unknown>) => Promise<void>;

/** Outputs of several types from an input with a named axis. */
function typesGraph({ createBuilder }: Api): Graph.Graph {
  const build = createBuilder();
  const x = build.input("x", ["N", 3]);
  build.output(build.add(build.mul(x, 2), build.input("offset", [3])), "float");
  build.output(build.cast(x, "int32"), "whole");
  build.output(build.transpose(x, [1, 0]), "turned");
  return build.build();
}

async function observeRuns(
  api: Api,
  options: Graph.SessionOptions,
  expectError: ExpectError,
): Promise<Pick<Observations, "device" | "names" | "outputs">> {
  const { createSession, float32, writeOnnx } = api;
  const found: Record<string, Plain> = {};
  const record = (label: string, outputs: Readonly<Record<string, Graph.Tensor>>) => {
    for (const [name, tensor] of Object.entries(outputs)) found[`${label}: ${name}`] = plain(tensor);
  };
  const x = float32([2, 3], [1.5, -2.5, 3, 0, 1e6, -7]);
  const offset = float32([3], [10, 20, 30]);
  const session = await createSession(typesGraph(api), options);
  record("two rows", await session.run({ x, offset }));
  record("one row", await session.run({ x: float32([1, 3], [4, 5, 6]), offset }));
  const together = [1, 2, 3].map((row) => session.run({ x: float32([1, 3], [row, row, row]), offset }));
  for (const [index, run] of together.entries()) record(`together ${index}`, await run);
  const given = float32([1, 3], [7, 8, 9]);
  record("handed over", await session.run({ x: given, offset: float32([3]) }, { transfer: true }));
  found.emptied = { dtype: "float32", shape: [(given.data as Float32Array).length], data: [] };
  await expectError("an input that is missing", () => session.run({ x }));
  await expectError("an input of another name", () => session.run({ x, offset, z: x }));
  await expectError("an input of another type", () =>
    session.run({ x: { dtype: "int32", shape: [2, 3], data: new Int32Array(6) }, offset }),
  );
  await expectError("an input of another shape", () => session.run({ x, offset: float32([4]) }));
  await expectError("an input of too few elements", () =>
    session.run({ x, offset: { dtype: "float32", shape: [3], data: new Float32Array(2) } }),
  );
  await expectError("a signal that has given up", () => session.run({ x, offset }, { signal: AbortSignal.abort() }));
  record("after errors", await session.run({ x, offset }));
  const last = session.run({ x, offset });
  const disposal = session.dispose();
  await expectError("a run after disposal", () => session.run({ x, offset }));
  record("started before disposal", await last);
  await disposal;
  await session.dispose();
  await expectError("what is no model", () => createSession(Uint8Array.of(1, 2, 3), options));
  await expectError("a device that is not there", () =>
    createSession(typesGraph(api), { ...options, device: "abacus" }),
  );
  const file = await createSession(writeOnnx(typesGraph(api)), options);
  record("from a file", await file.run({ x, offset }));
  await file.dispose();
  return { device: session.device, names: [session.inputNames, session.outputNames], outputs: found };
}

/** total' = total + x, with the total before it. */
async function observeState(
  { createBuilder, createStatefulSession, float32 }: Api,
  options: Graph.SessionOptions,
  expectError: ExpectError,
): Promise<Record<string, number[]>[]> {
  const build = createBuilder();
  const total = build.input("total", [2]);
  build.output(build.add(total, build.input("x", [2])), "next/total");
  build.output(build.mul(total, 1), "before");
  const slots = [{ name: "total", next: "next/total", shape: [2] }];
  const session = await createStatefulSession(build.build(), slots, options);
  const states = [plainState(await session.read())];
  const x = float32([2], [1, 2]);
  for (const _ of [1, 2, 3]) {
    const results = await session.step({ x });
    states.push(
      Object.fromEntries(Object.entries(results).map(([name, { data }]) => [name, [...(data as Float32Array)]])),
    );
  }
  states.push(plainState(await session.read()));
  await session.write(new Map([["total", Float32Array.of(100, 200)]]));
  states.push(plainState(await session.read()));
  await expectError("state of another name", () => session.write(new Map([["sum", Float32Array.of(1, 2)]])));
  await expectError("state of another size", () => session.write(new Map([["total", Float32Array.of(1)]])));
  await expectError("a step without its batch", () => session.step({}));
  await session.step({ x });
  states.push(plainState(await session.read()));
  await session.dispose();
  await expectError("a step after disposal", () => session.step({ x }));
  return states;
}

/** Published operators for which lowering/webgpu.ts has other forms. */
function lackedGraph({ createBuilder, float32 }: Api): Graph.Graph {
  const draw = drawer(13);
  const build = createBuilder();
  const x = build.input("x", [2, 6, 5, 4]);
  const kernels = build.constant(float32([8, 6, 3, 3], Float32Array.from({ length: 432 }, draw)), "kernels");
  const offset = build.constant(float32([8], Float32Array.from({ length: 8 }, draw)), "offset");
  const ofChannels = [1, 2].map((scale) =>
    build.constant(
      float32(
        [6],
        Float32Array.from({ length: 6 }, () => scale * draw()),
      ),
    ),
  );
  const whole = (value: number): Graph.Attribute => ({ type: "int", value });
  build.output(build.node("Conv", [x, kernels, offset], { name: "six channels" }), "Conv");
  const grouped = build.constant(float32([12, 3, 3, 3], Float32Array.from({ length: 324 }, draw)));
  build.output(
    build.node("Conv", [x, grouped], { name: "six a group", attributes: { group: whole(2) } }),
    "grouped Conv",
  );
  build.output(build.node("LogSoftmax", [x], { name: "log", attributes: { axis: whole(1) } }), "LogSoftmax");
  build.output(
    build.node("GroupNormalization", [x, ...ofChannels], { attributes: { num_groups: whole(3) } }),
    "groups",
  );
  build.output(
    build.node("SpaceToDepth", [build.slice(x, { axes: [2], starts: [0], ends: [4] })], {
      attributes: { blocksize: whole(2) },
    }),
    "blocks",
  );
  for (const op of ["Celu", "Selu", "Dropout"]) build.output(build.node(op, [x]), op);
  build.output(build.slice(x, { axes: [1], starts: [4], ends: [-7], steps: [-2] }), "Slice");
  build.output(build.node("Sign", [x]), "Sign");
  build.output(build.node("Softsign", [x]), "Softsign");
  build.output(build.node("Sum", [x, x, x]), "Sum");
  return build.build();
}

async function observeReplaced(
  api: Api,
  options: Graph.SessionOptions,
): Promise<Pick<Observations, "replaced" | "refused">> {
  const { createBuilder, createSession, float32, lower, probeTarget } = api;
  const draw = drawer(14);
  const x = float32([2, 6, 5, 4], Float32Array.from({ length: 240 }, draw));
  const session = await createSession(lower(lackedGraph(api), await probeTarget(options)), options);
  const outputs = await session.run({ x });
  await session.dispose();
  const build = createBuilder();
  build.output(build.relu(build.node("LogSoftmax", [build.input("x", [2, 3])], { name: "log" })), "y");
  const refused: string[] = [];
  const fed = createBuilder();
  fed.output(fed.node("Conv", [fed.input("x", [1, 6, 4, 4]), fed.input("w", [4, 6, 3, 3])], { name: "fed" }), "y");
  for (const graph of [lackedGraph(api), fed.build(), build.build()]) {
    const attempt = await createSession(graph, options).then(
      async (made) => {
        await made.dispose();
        return "none";
      },
      (error: { code: string; message: string }) => `${error.code}: ${error.message}`,
    );
    refused.push(attempt);
  }
  const replaced = Object.fromEntries(
    Object.entries(outputs).map(([name, { data }]) => [name, [...(data as Float32Array)]]),
  );
  return { replaced, refused };
}

const CLASSES = 4;

/** Layers of every kind that a lowering treats in its own way: strided, depthwise and pointwise convolutions, pooling, normalisation. */
function smallNet({ createBuilder, float32, filled }: Api): {
  graph: Graph.Graph;
  parameters: readonly string[];
} {
  const draw = drawer(11);
  const build = createBuilder();
  const parameters: string[] = [];
  const weight = (name: string, shape: readonly number[], fan: number) => {
    parameters.push(name);
    const size = shape.reduce((product, extent) => product * extent, 1);
    const data = Float32Array.from({ length: size }, () => draw() * Math.sqrt(3 / fan));
    return build.constant(float32(shape, data), name);
  };
  const normalized = (x: Graph.Value, name: string) => {
    const channels = x.shape[1] as number;
    parameters.push(`${name}.scale`, `${name}.bias`);
    return build.batchNormalization(x, {
      scale: build.constant(filled([channels], 1), `${name}.scale`),
      bias: build.constant(filled([channels], 0), `${name}.bias`),
      mean: build.constant(filled([channels], 0), `${name}.mean`),
      variance: build.constant(filled([channels], 1), `${name}.variance`),
    });
  };
  const image = build.input("image", ["N", 1, 12, 12]);
  const stem = build.relu(
    normalized(build.conv(image, weight("stem", [6, 1, 3, 3], 9), undefined, { pads: [1, 1, 1, 1] }), "a"),
  );
  const wide = build.relu(
    normalized(
      build.conv(stem, weight("wide", [8, 6, 3, 3], 54), undefined, { strides: [2, 2], pads: [1, 1, 1, 1] }),
      "b",
    ),
  );
  const deep = build.conv(wide, weight("deep", [8, 1, 3, 3], 9), undefined, { pads: [1, 1, 1, 1], group: 8 });
  const joined = build.add(wide, normalized(build.conv(deep, weight("point", [8, 8, 1, 1], 8)), "c"));
  const pooled = build.maxPool(joined, { kernel: [2, 2] });
  const logits = build.gemm(
    build.flatten(build.globalAveragePool(pooled)),
    weight("head", [CLASSES, 8], 8),
    weight("offset", [CLASSES], 8),
    { transB: true },
  );
  const target = build.input("target", ["N", CLASSES]);
  const perSample = build.reduceSum(build.mul(build.logSoftmax(logits, { axis: 1 }), target), {
    axes: [1],
    keepDims: false,
  });
  build.output(build.neg(build.reduceMean(perSample, { keepDims: false })), "loss");
  return { graph: build.build(), parameters };
}

const BATCH = 8;

/** Losses of 20 steps of a small net with momentum, on the same batches everywhere. */
async function trainSmallNet(api: Api, options: Graph.SessionOptions): Promise<number[]> {
  const { createTrainingStep, createStatefulSession, float32, optimizers, probeTarget } = api;
  const { graph, parameters } = smallNet(api);
  const step = createTrainingStep(graph, {
    loss: "loss",
    groups: [
      { parameters, optimizer: optimizers.sgd({ momentum: 0.9, nesterov: true }), weightDecay: 0.01, rate: "rate" },
    ],
    batchInputs: ["image", "target"],
    extents: { N: BATCH },
    target: await probeTarget(options),
  });
  const session = await createStatefulSession(step.graph, step.state, options);
  await session.write(step.initial);
  const draw = drawer(12);
  const losses: number[] = [];
  for (let done = 0; done < 20; done++) {
    const classes = Array.from({ length: BATCH }, (_, sample) => (sample + done) % CLASSES);
    const pixels = classes.map((kind) => Float32Array.from({ length: 144 }, () => draw() + kind / 2));
    const place = (length: number, at: (sample: number, element: number) => number) =>
      Float32Array.from({ length: length * BATCH }, (_, index) => at(index % BATCH, Math.floor(index / BATCH)));
    const { loss } = await session.step({
      image: float32(
        [1, 12, 12, BATCH],
        place(144, (sample, pixel) => pixels[sample]![pixel]!),
      ),
      target: float32(
        [CLASSES, BATCH],
        place(CLASSES, (sample, kind) => Number(classes[sample] === kind)),
      ),
      rate: float32([1], [0.05]),
    });
    losses.push((loss!.data as Float32Array)[0]!);
  }
  await session.dispose();
  return losses;
}
