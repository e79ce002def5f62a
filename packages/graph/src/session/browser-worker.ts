import type { Backend, Runtime } from "./backend.ts";
import { buffersOfAnswer, createEngine } from "./engine.ts";
import type { Answer, Request, SettledOptions } from "./messages.ts";

/** What is used of a web worker's own scope; the package is compiled against Node's types alone. */
interface WorkerScope {
  onmessage: (event: { readonly data: Request }) => void;
  postMessage(answer: Answer, transfer: readonly ArrayBuffer[]): void;
  readonly WebAssembly: object;
}

const scope = globalThis as unknown as WorkerScope;

/** The part of onnxruntime-web's environment that is set before its first session. */
interface WebRuntime extends Runtime {
  readonly env: {
    logLevel?: string;
    readonly wasm: { numThreads?: number; wasmPaths?: string | object; proxy?: boolean };
  };
}

/**
 * The build of onnxruntime-web for a device. Of those with WebGPU the plain one is left out, whose older code gives wrong numbers
 * without an error; the one that suspends wasm natively is half as large, where the browser can (docs/engine.md).
 */
function loadRuntime(device: string): Promise<WebRuntime> | null {
  if (device === "wasm") return import("onnxruntime-web/wasm");
  if (device !== "webgpu") return null;
  return "Suspending" in scope.WebAssembly ? import("onnxruntime-web/jspi") : import("onnxruntime-web/webgpu");
}

/** The thread of one session in the browser. */
const answer = createEngine(async ({ device, threads = 1, assets }: SettledOptions): Promise<Backend | null> => {
  const runtime = await loadRuntime(device);
  if (!runtime) return null;
  runtime.env.logLevel = "error";
  runtime.env.wasm.numThreads = threads;
  if (assets !== undefined) runtime.env.wasm.wasmPaths = assets.endsWith("/") ? assets : `${assets}/`;
  return { runtime, keeps: "tensors", location: device === "webgpu" ? "gpu-buffer" : "cpu" };
});

scope.onmessage = async ({ data }) => {
  const given = await answer(data);
  scope.postMessage(given, buffersOfAnswer(given));
};
