import { parentPort } from "node:worker_threads";
import * as ort from "onnxruntime-node";
import { sizeOf } from "../ir/shapes.ts";
import type { Tensor } from "../ir/types.ts";
import type { StateSlot } from "../training/state.ts";
import type { Answer, Request } from "./messages.ts";
import type { SessionOptions } from "./session.ts";

/** The thread of one session: onnxruntime blocks the thread that calls it, so it never runs on the main one. */
interface Running {
  readonly session: ort.InferenceSession;
  readonly slots: readonly StateSlot[];
  /** Two sets of buffers: a step reads one and writes the other. */
  readonly buffers: readonly [ReadonlyMap<string, Float32Array>, ReadonlyMap<string, Float32Array>];
  /** Outputs that are not state. */
  readonly results: readonly string[];
  current: 0 | 1;
}

let running: Running | undefined;

const port = parentPort!;
port.on("message", async (request: Request) => {
  try {
    const answer = await handle(request);
    port.postMessage(answer, buffersOf(answer));
  } catch (error) {
    port.postMessage({
      kind: "failed",
      message: error instanceof Error ? error.message : String(error),
    } satisfies Answer);
  }
});

async function handle(request: Request): Promise<Answer> {
  if (request.kind === "create") return create(request.model, request.options, request.state);
  if (!running) throw new Error("The session is not there any more.");
  switch (request.kind) {
    case "run":
      return {
        kind: "outputs",
        outputs: fromRuntime(await running.session.run(toRuntime(running.session, request.feeds))),
      };
    case "step":
      return { kind: "outputs", outputs: await step(running, request.feeds) };
    case "read":
      return {
        kind: "state",
        state: new Map([...running.buffers[running.current]].map(([name, data]) => [name, data.slice()])),
      };
    case "write":
      write(running, request.state);
      return { kind: "done" };
    case "dispose":
      await running.session.release();
      running = undefined;
      return { kind: "done" };
  }
}

async function create(
  model: Uint8Array,
  { device = "cpu", threads, profile }: SessionOptions,
  slots: readonly StateSlot[],
): Promise<Answer> {
  const session = await ort.InferenceSession.create(model, {
    executionProviders: [device],
    ...(threads === undefined ? {} : { intraOpNumThreads: threads }),
    ...(profile === undefined ? {} : { enableProfiling: true, profileFilePrefix: profile }),
    // dead nodes are pruned by us; the arena is faster, the pattern planner only costs memory (docs/engine.md)
    graphOptimizationLevel: slots.length > 0 ? "disabled" : "all",
    enableCpuMemArena: true,
    enableMemPattern: false,
    logSeverityLevel: 3,
    // idle threads that spin take the cores away from the rest of the program
    extra: { session: { intra_op: { allow_spinning: "0" } } },
  });
  const state = () => new Map(slots.map(({ name, shape }) => [name, new Float32Array(sizeOf(shape))]));
  const written = new Set(slots.map(({ next }) => next));
  running = {
    session,
    slots,
    buffers: [state(), state()],
    results: session.outputNames.filter((name) => !written.has(name)),
    current: 0,
  };
  return { kind: "created", inputNames: session.inputNames, outputNames: session.outputNames };
}

async function step(
  running: Running,
  batch: Readonly<Record<string, Tensor>>,
): Promise<Readonly<Record<string, Tensor>>> {
  const { session, slots, buffers, results, current } = running;
  const other = current === 0 ? 1 : 0;
  const feeds: Record<string, ort.Tensor> = toRuntime(session, batch);
  const fetches: Record<string, ort.Tensor | null> = Object.fromEntries(results.map((name) => [name, null]));
  for (const { name, next, shape } of slots) {
    feeds[name] = new ort.Tensor("float32", buffers[current].get(name)!, shape);
    fetches[next] = new ort.Tensor("float32", buffers[other].get(name)!, shape);
  }
  const outputs = await session.run(feeds, fetches);
  running.current = other;
  return fromRuntime(Object.fromEntries(results.map((name) => [name, outputs[name]!])));
}

function write({ buffers, current }: Running, state: ReadonlyMap<string, Float32Array>): void {
  for (const [name, data] of state) {
    const size = buffers[current].get(name)?.length;
    if (size === undefined)
      throw new Error(`there is no state "${name}"; there are ${[...buffers[current].keys()].join(", ")}`);
    if (size !== data.length) throw new Error(`state "${name}" has ${size} elements, received ${data.length}`);
  }
  for (const [name, data] of state) buffers[current].get(name)!.set(data);
}

const toRuntime = (
  { inputMetadata }: ort.InferenceSession,
  feeds: Readonly<Record<string, Tensor>>,
): Record<string, ort.Tensor> =>
  Object.fromEntries(
    Object.entries(feeds).map(([name, { dtype, data, shape }]) => [
      name,
      runtimeTensor(name, dtype as "float32", data as Float32Array, shape, inputMetadata),
    ]),
  );

/** onnxruntime checks shapes itself; it passes over unknown names, and its messages about types and sizes do not say of which input. */
function runtimeTensor(
  name: string,
  dtype: "float32",
  data: Float32Array,
  shape: readonly number[],
  inputs: readonly ort.InferenceSession.ValueMetadata[],
): ort.Tensor {
  const input = inputs.find((known) => known.name === name);
  if (!input)
    throw new Error(`there is no input "${name}"; the inputs are ${inputs.map((known) => known.name).join(", ")}`);
  if (input.isTensor && input.type !== dtype)
    throw new Error(`input "${name}": expected ${input.type}, received ${dtype}`);
  try {
    return new ort.Tensor(dtype, data, shape);
  } catch (error) {
    throw new Error(`input "${name}": ${(error as Error).message}`, { cause: error });
  }
}

const fromRuntime = (outputs: ort.InferenceSession.OnnxValueMapType): Readonly<Record<string, Tensor>> =>
  Object.fromEntries(
    Object.entries(outputs).map(([name, value]) => {
      const tensor = value as ort.Tensor;
      return [name, { dtype: tensor.type as Tensor["dtype"], shape: tensor.dims, data: tensor.data as Tensor["data"] }];
    }),
  );

/** Buffers that an answer may hand over instead of copying: those that cover their whole memory. */
function buffersOf(answer: Answer): ArrayBuffer[] {
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
