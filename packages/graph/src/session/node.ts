import { Worker } from "node:worker_threads";
import { errors } from "../errors.ts";
import { writeOnnx } from "../format/write-onnx.ts";
import type { Graph, Tensor } from "../ir/types.ts";
import type { Answer, Request } from "./messages.ts";
import type { RunOptions, Session, SessionOptions, StatefulSession, StateSlot } from "./session.ts";

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
export async function createStatefulSession(model: Graph | Uint8Array, state: readonly StateSlot[], options: SessionOptions = {}): Promise<StatefulSession> {
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

/** Questions to one worker thread and the answers that are awaited. */
class SessionThread {
  readonly #worker = new Worker(new URL("./node-worker.js", import.meta.url));
  readonly #waiting = new Map<number, { resolve: (answer: Answer) => void; reject: (error: unknown) => void }>();
  #count = 0;
  #ended = false;

  constructor() {
    this.#worker.unref();
    this.#worker.on("message", ({ id, answer }: { id: number; answer: Answer }) => {
      this.#waiting.get(id)?.resolve(answer);
      this.#settle(id);
    });
    this.#worker.on("error", (error) => this.#end(errors["runtime-failed"]({ message: error.message }, { cause: error })));
    this.#worker.on("exit", () => this.#end(errors["session-disposed"]({})));
  }

  async create(model: Graph | Uint8Array, options: SessionOptions, state: readonly StateSlot[]): Promise<Extract<Answer, { kind: "created" }>> {
    try {
      const bytes = model instanceof Uint8Array ? model : writeOnnx(model);
      return await this.ask({ kind: "create", model: bytes, options, state }, "created");
    } catch (error) {
      await this.dispose();
      throw error;
    }
  }

  async ask<Kind extends Answer["kind"]>(request: Request, expected: Kind, { signal, transfer = false }: RunOptions = {}): Promise<Extract<Answer, { kind: Kind }>> {
    signal?.throwIfAborted();
    if (this.#ended) throw errors["session-disposed"]({});
    const id = this.#count++;
    const answer = await new Promise<Answer>((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject });
      this.#worker.ref();
      this.#worker.postMessage({ id, request }, transfer && "feeds" in request ? buffersOf(request.feeds) : []);
    });
    if (answer.kind === "failed") throw errors["runtime-failed"]({ message: answer.message });
    return answer as Extract<Answer, { kind: Kind }>;
  }

  async dispose(): Promise<void> {
    if (this.#ended) return;
    this.#end(errors["session-disposed"]({}));
    await this.#worker.terminate();
  }

  #settle(id: number): void {
    this.#waiting.delete(id);
    // a session that waits for nothing does not keep the program alive
    if (this.#waiting.size === 0) this.#worker.unref();
  }

  #end(error: unknown): void {
    this.#ended = true;
    for (const [id, { reject }] of this.#waiting) {
      reject(error);
      this.#settle(id);
    }
  }
}

const buffersOf = (feeds: Readonly<Record<string, Tensor>>): ArrayBuffer[] => [
  ...new Set(Object.values(feeds).flatMap(({ data }) => (ArrayBuffer.isView(data) && data.buffer instanceof ArrayBuffer ? [data.buffer] : []))),
];
