import { Worker } from "node:worker_threads";
import { errors } from "../errors.ts";
import { writeOnnx } from "../format/write-onnx.ts";
import type { Graph, Tensor } from "../ir/types.ts";
import type { StateSlot } from "../training/state.ts";
import type { Answer, Request } from "./messages.ts";
import type { RunOptions, Session, SessionOptions, StatefulSession } from "./session.ts";

/** Makes a graph, or the bytes of an .onnx file, ready to run. */
export async function createSession(model: Graph | Uint8Array, options: SessionOptions = {}): Promise<Session> {
  const thread = new SessionThread();
  const created = await thread.create(model, options, []);
  return {
    device: options.device ?? "cpu",
    inputNames: created.inputNames,
    outputNames: created.outputNames,
    async run(feeds, runOptions) {
      return (await thread.ask({ kind: "run", feeds }, "outputs", runOptions)).outputs;
    },
    dispose: () => thread.dispose(),
  };
}

/** Makes a step graph ready to run; the values in `state` stay in its thread from one step to the next, zero at first. */
export async function createStatefulSession(
  model: Graph | Uint8Array,
  state: readonly StateSlot[],
  options: SessionOptions = {},
): Promise<StatefulSession> {
  const thread = new SessionThread();
  await thread.create(model, options, state);
  return {
    device: options.device ?? "cpu",
    async step(feeds, runOptions) {
      return (await thread.ask({ kind: "step", feeds }, "outputs", runOptions)).outputs;
    },
    async read() {
      return (await thread.ask({ kind: "read" }, "state")).state;
    },
    async write(values) {
      await thread.ask({ kind: "write", state: values }, "done");
    },
    dispose: () => thread.dispose(),
  };
}

/** A request that waits for its turn or for its answer. */
interface Question {
  readonly request: Request;
  readonly resolve: (answer: Answer) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * One worker thread, which is asked one thing at a time: a step starts from the state that the one before it left.
 * Feeds are taken when they are given, so the caller may write into its arrays while a run waits.
 */
class SessionThread {
  // without the program's own flags: of some, such as --input-type, the thread could not start
  readonly #worker = new Worker(new URL("./node-worker.js", import.meta.url), { execArgv: [] });
  #waiting: readonly Question[] = [];
  #asked: Question | undefined;
  #ended = false;
  #disposal: Promise<void> | undefined;

  constructor() {
    this.#worker.unref();
    this.#worker.on("message", (answer: Answer) => {
      this.#asked?.resolve(answer);
      this.#asked = undefined;
      this.#askNext();
    });
    this.#worker.on("error", (error) =>
      this.#end(errors["runtime-failed"]({ message: error.message }, { cause: error })),
    );
    this.#worker.on("exit", () => this.#end(errors["session-disposed"]({})));
  }

  async create(
    model: Graph | Uint8Array,
    options: SessionOptions,
    state: readonly StateSlot[],
  ): Promise<Extract<Answer, { kind: "created" }>> {
    try {
      const bytes = model instanceof Uint8Array ? model : writeOnnx(model);
      return await this.ask({ kind: "create", model: bytes, options, state }, "created");
    } catch (error) {
      await this.dispose();
      throw error;
    }
  }

  async ask<Kind extends Answer["kind"]>(
    request: Request,
    expected: Kind,
    { signal, transfer = false }: RunOptions = {},
  ): Promise<Extract<Answer, { kind: Kind }>> {
    signal?.throwIfAborted();
    if (this.#ended) throw errors["session-disposed"]({});
    const taken = "feeds" in request ? { ...request, feeds: take(request.feeds, transfer) } : request;
    const answer = await this.#enqueue(taken, signal);
    if (answer.kind === "failed") throw errors["runtime-failed"]({ message: answer.message });
    if (answer.kind !== expected)
      throw errors["runtime-failed"]({ message: `the session's thread answered "${answer.kind}" to ${request.kind}` });
    return answer as Extract<Answer, { kind: Kind }>;
  }

  /** A run that has started ends first; those that wait are refused. */
  dispose(): Promise<void> {
    this.#disposal ??= this.#dispose();
    return this.#disposal;
  }

  async #dispose(): Promise<void> {
    if (this.#ended) return;
    this.#ended = true;
    this.#refuseWaiting(errors["session-disposed"]({}));
    // released before its thread ends, so that onnxruntime frees its memory and writes its profile
    await this.#enqueue({ kind: "dispose" }).catch(() => undefined);
    await this.#worker.terminate();
  }

  #enqueue(request: Request, signal?: AbortSignal): Promise<Answer> {
    return new Promise((resolve, reject) => {
      const giveUp = () => {
        if (!this.#waiting.includes(question)) return;
        this.#waiting = this.#waiting.filter((other) => other !== question);
        reject(signal?.reason);
      };
      const settle =
        <Result>(how: (result: Result) => void) =>
        (result: Result) => {
          signal?.removeEventListener("abort", giveUp);
          how(result);
        };
      const question: Question = { request, resolve: settle(resolve), reject: settle(reject) };
      signal?.addEventListener("abort", giveUp, { once: true });
      this.#waiting = [...this.#waiting, question];
      this.#askNext();
    });
  }

  #askNext(): void {
    if (this.#asked) return;
    const [next, ...rest] = this.#waiting;
    // a session that waits for nothing does not keep the program alive
    if (!next) {
      this.#worker.unref();
      return;
    }
    this.#waiting = rest;
    this.#asked = next;
    this.#worker.ref();
    this.#worker.postMessage(next.request, "feeds" in next.request ? buffersOf(next.request.feeds) : []);
  }

  #refuseWaiting(error: unknown): void {
    const refused = this.#waiting;
    this.#waiting = [];
    for (const { reject } of refused) reject(error);
  }

  #end(error: unknown): void {
    this.#ended = true;
    this.#asked?.reject(error);
    this.#asked = undefined;
    this.#refuseWaiting(error);
  }
}

type Feeds = Readonly<Record<string, Tensor>>;

/** Feeds in buffers of their own: copies, or the caller's, which are empty afterwards. */
function take(feeds: Feeds, transfer: boolean): Feeds {
  if (transfer) return structuredClone(feeds, { transfer: buffersOf(feeds) });
  return Object.fromEntries(
    Object.entries(feeds).map(([name, tensor]) => [name, { ...tensor, data: copyOf(tensor.data) }]),
  );
}

/** A copy of the elements alone, also of a view into a larger or a shared buffer (a Buffer's own slice would not copy). */
const copyOf = (data: Tensor["data"]): Tensor["data"] =>
  data instanceof Uint8Array ? Uint8Array.from(data) : (data.slice() as Tensor["data"]);

const buffersOf = (feeds: Feeds): ArrayBuffer[] => [
  ...new Set(
    Object.values(feeds).flatMap(({ data }) =>
      ArrayBuffer.isView(data) && data.buffer instanceof ArrayBuffer ? [data.buffer] : [],
    ),
  ),
];
