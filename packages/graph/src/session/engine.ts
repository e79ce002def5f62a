import type * as Ort from "onnxruntime-node";
import type { Tensor } from "../ir/types.ts";
import type { StateSlot } from "../training/state.ts";
import { type Backend, isComplete, type LoadBackend, runtimeOptions } from "./backend.ts";
import { free } from "./free.ts";
import type { Answer, Request, SettledOptions } from "./messages.ts";
import { type KeptState, stateInBuffers, stateInTensors } from "./state.ts";

/** One session inside its thread: onnxruntime blocks the thread that calls it, so it never runs on the main one. */
interface Running {
  readonly backend: Backend;
  readonly session: Ort.InferenceSession;
  readonly slots: readonly StateSlot[];
  readonly state: KeptState;
  /** Outputs that are not state. */
  readonly results: readonly string[];
  /** Sessions beside the main one, to be released with it. */
  readonly release: () => Promise<void>;
}

/** Answers the requests of one session; whatever fails becomes an answer too. */
export function createEngine(load: LoadBackend): (request: Request) => Promise<Answer> {
  let running: Running | undefined;
  const handle = async (request: Request): Promise<Answer> => {
    if (request.kind === "try") return attempt(load, request);
    if (request.kind === "create") {
      const created = await create(load, request);
      if ("kind" in created) return created;
      running = created;
      return { kind: "created", inputNames: created.session.inputNames, outputNames: created.session.outputNames };
    }
    if (!running) throw new Error("The session is not there any more.");
    switch (request.kind) {
      case "run":
        return { kind: "outputs", outputs: await run(running, request.feeds) };
      case "step":
        return { kind: "outputs", outputs: await step(running, request.feeds) };
      case "read":
        return { kind: "state", state: await running.state.read() };
      case "write":
        write(running, request.state);
        return { kind: "done" };
      case "dispose": {
        const ended = running;
        running = undefined;
        ended.state.dispose();
        await ended.release();
        return { kind: "done" };
      }
    }
  };
  return (request) => handle(request).catch((error) => failure("runtime", error));
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

const failure = (because: Extract<Answer, { kind: "failed" }>["because"], error: unknown): Answer => ({
  kind: "failed",
  because,
  message: messageOf(error),
});

/** onnxruntime's refusal of a strict session, which does not say what it refuses. */
const isPlacementFault = (error: unknown): boolean =>
  /fallback to CPU EP has been explicitly disabled/.test(messageOf(error));

async function create(
  load: LoadBackend,
  { model, copyModel, options, state: slots }: Extract<Request, { kind: "create" }>,
): Promise<Running | Answer> {
  const backend = await load(options);
  if (!backend) return failure("device", "onnxruntime has no such execution provider here");
  const locations = Object.fromEntries(slots.map(({ next }) => [next, backend.location]));
  const outputs = backend.location === "cpu" ? {} : locations;
  const { InferenceSession } = backend.runtime;
  const open = (bytes: Uint8Array) =>
    InferenceSession.create(bytes, runtimeOptions(options, { hasState: true, outputs: {} }));
  let session: Ort.InferenceSession;
  try {
    session = await InferenceSession.create(model, runtimeOptions(options, { hasState: slots.length > 0, outputs }));
  } catch (error) {
    return explain(error, options, () => open(copyModel));
  }
  // getData() of a tensor in GPU memory ends the process in Node; a graph that copies it to the CPU works everywhere
  let copier: Promise<Ort.InferenceSession> | undefined;
  const readBack = async (tensor: Ort.Tensor): Promise<Float32Array> => {
    copier ??= open(copyModel);
    return (await (await copier).run({ x: tensor })).y!.data as Float32Array;
  };
  const written = new Set(slots.map(({ next }) => next));
  return {
    backend,
    session,
    slots,
    state: backend.keeps === "buffers" ? stateInBuffers(backend, slots) : stateInTensors(backend, slots, readBack),
    results: session.outputNames.filter((name) => !written.has(name)),
    async release() {
      await (await copier)?.release();
      await session.release();
    },
  };
}

/** Why a session could not be made: an operator would leave the device, the device itself is not there, or the model is wrong. */
async function explain(
  error: unknown,
  { device }: SettledOptions,
  openCopy: () => Promise<Ort.InferenceSession>,
): Promise<Answer> {
  if (isPlacementFault(error)) return failure("placement", error);
  if (isComplete(device)) return failure("runtime", error);
  try {
    await (await openCopy()).release();
  } catch {
    return failure("device", error);
  }
  return failure("runtime", error);
}

async function attempt(load: LoadBackend, { models, options }: Extract<Request, { kind: "try" }>): Promise<Answer> {
  const backend = await load(options);
  const taken: boolean[] = [];
  for (const model of models) {
    const session = await backend?.runtime.InferenceSession.create(
      model,
      runtimeOptions(options, { hasState: true, outputs: {} }),
    ).catch((error: unknown) => (isPlacementFault(error) ? null : undefined));
    // a fault of another kind (a type that cannot be told from one node) is no sign against the operator
    taken.push(session !== null);
    await session?.release();
  }
  return { kind: "tried", taken };
}

type Feeds = Readonly<Record<string, Tensor>>;

const run = async ({ backend, session }: Running, feeds: Feeds): Promise<Feeds> =>
  fromRuntime(await session.run(toRuntime(backend, session, feeds)));

async function step({ backend, session, state, results }: Running, batch: Feeds): Promise<Feeds> {
  const feeds = { ...toRuntime(backend, session, batch), ...state.feeds() };
  const fetches = { ...Object.fromEntries(results.map((name) => [name, null])), ...state.fetches() };
  const outputs = await session.run(feeds, fetches);
  state.keep(outputs as Record<string, Ort.Tensor>);
  free(Object.values(batch).flatMap(({ data }) => (ArrayBuffer.isView(data) ? [data.buffer] : [])));
  return fromRuntime(Object.fromEntries(results.map((name) => [name, outputs[name]!])));
}

function write({ slots, state }: Running, values: ReadonlyMap<string, Float32Array>): void {
  const sizes = new Map(slots.map(({ name, shape }) => [name, shape.reduce((size, extent) => size * extent, 1)]));
  for (const [name, data] of values) {
    const size = sizes.get(name);
    if (size === undefined) throw new Error(`there is no state "${name}"; there are ${[...sizes.keys()].join(", ")}`);
    if (size !== data.length) throw new Error(`state "${name}" has ${size} elements, received ${data.length}`);
  }
  for (const [name, data] of values) state.write(name, data);
}

const toRuntime = (
  backend: Backend,
  { inputMetadata }: Ort.InferenceSession,
  feeds: Feeds,
): Record<string, Ort.Tensor> =>
  Object.fromEntries(
    Object.entries(feeds).map(([name, tensor]) => [name, runtimeTensor(backend, name, tensor, inputMetadata)]),
  );

/** onnxruntime checks shapes itself; it passes over unknown names, and its messages about types and sizes do not say of which input. */
function runtimeTensor(
  { runtime }: Backend,
  name: string,
  { dtype, data, shape }: Tensor,
  inputs: readonly Ort.InferenceSession.ValueMetadata[],
): Ort.Tensor {
  const input = inputs.find((known) => known.name === name);
  if (!input)
    throw new Error(`there is no input "${name}"; the inputs are ${inputs.map((known) => known.name).join(", ")}`);
  if (input.isTensor && input.type !== dtype)
    throw new Error(`input "${name}": expected ${input.type}, received ${dtype}`);
  try {
    return new runtime.Tensor(dtype as "float32", data as Float32Array, shape);
  } catch (error) {
    throw new Error(`input "${name}": ${messageOf(error)}`, { cause: error });
  }
}

const fromRuntime = (outputs: Ort.InferenceSession.OnnxValueMapType): Feeds =>
  Object.fromEntries(
    Object.entries(outputs).map(([name, value]) => {
      const tensor = value as Ort.Tensor;
      return [name, { dtype: tensor.type as Tensor["dtype"], shape: tensor.dims, data: tensor.data as Tensor["data"] }];
    }),
  );

/** Buffers that an answer may hand over instead of copying: those that cover their whole memory. */
export function buffersOfAnswer(answer: Answer): ArrayBuffer[] {
  const arrays =
    answer.kind === "outputs"
      ? Object.values(answer.outputs).map(({ data }) => data)
      : answer.kind === "state"
        ? [...answer.state.values()]
        : [];
  const buffers = arrays.flatMap((data) =>
    ArrayBuffer.isView(data) && data.buffer instanceof ArrayBuffer && data.byteLength === data.buffer.byteLength
      ? [data.buffer]
      : [],
  );
  return [...new Set(buffers)];
}
