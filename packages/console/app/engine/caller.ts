import { FoveaError } from "@foveajs/errors";
import { errors } from "../errors.ts";
import type { DownloadProgress } from "./download.ts";
import type { EngineCall, EngineCalls, FromEngine, ToEngine } from "./messages.ts";

/** What is used of a worker. */
export interface EnginePort {
  post(message: ToEngine, transfer: readonly Transferable[]): void;
  terminate(): void;
}

export interface CallOptions {
  readonly signal?: AbortSignal;
  readonly transfer?: readonly Transferable[];
  readonly onProgress?: (progress: DownloadProgress) => void;
}

/** Asks a worker and gives each answer to who asked for it. */
export interface Caller {
  ask<Call extends EngineCall>(
    call: Call,
    request: EngineCalls[Call]["request"],
    options?: CallOptions,
  ): Promise<EngineCalls[Call]["answer"]>;
  /** What came from the worker. */
  take(message: FromEngine): void;
  /** The worker has ended: all that wait are told, and all that ask from now on. */
  fail(reason: string): void;
}

interface Waiting {
  readonly resolve: (answer: never) => void;
  readonly reject: (error: unknown) => void;
  readonly onProgress: CallOptions["onProgress"];
}

export function createCaller(port: EnginePort): Caller {
  const waiting = new Map<number, Waiting>();
  let next = 0;
  let ended: string | undefined;
  return {
    ask(call, request, { signal, transfer = [], onProgress } = {}) {
      return new Promise((resolve, reject) => {
        if (signal?.aborted) return reject(signal.reason);
        if (ended !== undefined) return reject(errors["engine-lost"]({ reason: ended }));
        const id = next++;
        const stop = () => {
          // what is refused here leaves the engine free for the next call
          port.post({ type: "cancel", id }, []);
          waiting.delete(id);
          reject(signal?.reason);
        };
        const settled =
          <Value>(settle: (value: Value) => void) =>
          (value: Value) => {
            signal?.removeEventListener("abort", stop);
            settle(value);
          };
        waiting.set(id, { resolve: settled(resolve as (answer: never) => void), reject: settled(reject), onProgress });
        signal?.addEventListener("abort", stop, { once: true });
        port.post({ type: "call", id, call, request }, transfer);
      });
    },
    take(message) {
      const who = waiting.get(message.id);
      if (message.type === "progress") return who?.onProgress?.(message.progress);
      waiting.delete(message.id);
      if (message.type === "answer") who?.resolve(message.answer as never);
      else who?.reject(new FoveaError(message.error));
    },
    fail(reason) {
      ended = reason;
      for (const { reject } of waiting.values()) reject(errors["engine-lost"]({ reason }));
      waiting.clear();
      port.terminate();
    },
  };
}
