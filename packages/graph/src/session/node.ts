import { Worker } from "node:worker_threads";
import type { Graph } from "../ir/types.ts";
import type { StateSlot } from "../training/state.ts";
import type { Answer } from "./messages.ts";
import { openSession, openStatefulSession, type Platform } from "./open.ts";
import type { RuntimeInfo } from "./runtime.ts";
import type { Session, SessionOptions, StatefulSession } from "./session.ts";

const platform: Platform = {
  devices: ["cpu", "webgpu"],
  settle: (options) => ({ ...options, device: options.device ?? "cpu" }),
  startThread({ answered, failed, ended }) {
    // without the program's own flags: of some, such as --input-type, the thread could not start
    const worker = new Worker(new URL("./node-worker.js", import.meta.url), {
      execArgv: [],
      // tensors lie outside of the heap: what is left needs little, and would grow to three times 16 MB before it is collected
      resourceLimits: { maxYoungGenerationSizeMb: 4 },
    });
    worker.unref();
    worker.on("message", (answer: Answer) => answered(answer));
    worker.on("error", failed);
    worker.on("exit", ended);
    return {
      post: (request, transfer) => worker.postMessage(request, transfer),
      hold: (isWaiting) => (isWaiting ? worker.ref() : worker.unref()),
      async terminate() {
        await worker.terminate();
      },
    };
  },
};

/** Makes a graph, or the bytes of an .onnx file, ready to run. */
export const createSession = (model: Graph | Uint8Array, options: SessionOptions = {}): Promise<Session> =>
  openSession(platform, model, options);

/** Makes a step graph ready to run; the values in `state` stay where it runs from one step to the next, zero at first. */
export const createStatefulSession = (
  model: Graph | Uint8Array,
  state: readonly StateSlot[],
  options: SessionOptions = {},
): Promise<StatefulSession> => openStatefulSession(platform, model, state, options);

/**
 * Names the folder with onnxruntime's files, a URL, once for all sessions of a page, as `assets` does for one (`session/browser.ts`).
 * In Node the runtime is found by itself, and this does nothing.
 */
export const setSessionLocation = (_baseUrl: string | URL): void => {};

/** Asks onnxruntime; loads its library, so it is not asked at the start of a program. */
export async function runtimeInfo(): Promise<RuntimeInfo> {
  const ort = await import("onnxruntime-node");
  return { version: ort.env.versions.node ?? ort.env.versions.common, providers: ort.listSupportedBackends() };
}
