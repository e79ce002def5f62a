import { errors } from "../errors.ts";
import type { Tensor } from "../ir/types.ts";
import type { Answer, Request } from "./messages.ts";
import type { RunOptions } from "./session.ts";

/** A worker thread as Node's or the browser's half makes it. */
export interface WorkerThread {
  post(request: Request, transfer: readonly ArrayBuffer[]): void;
  terminate(): Promise<void>;
  /** Told before each request and when nothing waits any more: a session that waits for nothing does not keep a program alive. */
  hold(isWaiting: boolean): void;
}

/** What a worker thread reports. */
export interface ThreadEvents {
  answered(answer: Answer): void;
  /** The thread broke; it answers nothing more. */
  failed(error: Error): void;
  ended(): void;
}

export type StartThread = (events: ThreadEvents) => WorkerThread;

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
export class SessionThread {
  readonly #worker: WorkerThread;
  #waiting: readonly Question[] = [];
  #asked: Question | undefined;
  #ended = false;
  #disposal: Promise<void> | undefined;

  constructor(start: StartThread) {
    this.#worker = start({
      answered: (answer) => {
        this.#asked?.resolve(answer);
        this.#asked = undefined;
        this.#askNext();
      },
      failed: (error) => this.#end(errors["runtime-failed"]({ message: error.message }, { cause: error })),
      ended: () => this.#end(errors["session-disposed"]({})),
    });
  }

  /** The answer, which may be that it failed. */
  async ask(request: Request, { signal, transfer = false }: RunOptions = {}): Promise<Answer> {
    signal?.throwIfAborted();
    if (this.#ended) throw errors["session-disposed"]({});
    const taken = "feeds" in request ? { ...request, feeds: take(request.feeds, transfer) } : request;
    return this.#enqueue(taken, signal);
  }

  /** The answer of the kind that the request asks for. */
  async request<Kind extends Answer["kind"]>(
    request: Request,
    expected: Kind,
    options?: RunOptions,
  ): Promise<Extract<Answer, { kind: Kind }>> {
    const answer = await this.ask(request, options);
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
    this.#worker.hold(next !== undefined);
    if (!next) return;
    this.#waiting = rest;
    this.#asked = next;
    this.#worker.post(next.request, "feeds" in next.request ? buffersOf(next.request.feeds) : []);
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
