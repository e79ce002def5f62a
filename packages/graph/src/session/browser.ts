import { errors } from "../errors.ts";
import type { Graph } from "../ir/types.ts";
import type { StateSlot } from "../training/state.ts";
import type { Answer, Request, SettledOptions } from "./messages.ts";
import { openSession, openStatefulSession, type Platform } from "./open.ts";
import type { RuntimeInfo } from "./runtime.ts";
import type { Session, SessionOptions, StatefulSession } from "./session.ts";

/** What is used of the page; the package is compiled against Node's types alone. */
interface Page {
  readonly crossOriginIsolated: boolean;
  readonly navigator: { readonly hardwareConcurrency: number; readonly gpu?: object };
}

interface PageWorker {
  onmessage: (event: { readonly data: Answer }) => void;
  onerror: (event: { readonly message?: string }) => void;
  postMessage(request: Request, transfer: readonly ArrayBuffer[]): void;
  terminate(): void;
}

/** Named as it is, so that bundlers find the worker's file. */
declare const Worker: new (url: URL, options: { type: "module" }) => PageWorker;

const page = () => globalThis as unknown as Page;

/** Threads beyond which onnxruntime's wasm gains nothing; its own default. */
const MOST_THREADS = 4;

let location: string | undefined;

/**
 * Says where the page serves onnxruntime's ort-wasm-*.mjs and .wasm files, for all sessions that do not name their `assets`; relative
 * to the script that holds this code. Until then they are looked for beside the script of the session's worker.
 */
export function setSessionLocation(baseUrl: string | URL): void {
  location = new URL(baseUrl, import.meta.url).href;
}

function settle({ assets = location, ...given }: SessionOptions): SettledOptions {
  const options = assets === undefined ? given : { ...given, assets };
  const device = options.device ?? "wasm";
  const { crossOriginIsolated: isIsolated, navigator } = page();
  if (options.profile !== undefined)
    throw errors["option-unavailable"]({
      option: "profile",
      where: "the browser",
      remedy: "Profile in Node, or with the browser's own tools.",
    });
  if (device !== "wasm") return { ...options, device, threads: 1 };
  // onnxruntime would go on with one thread and say nothing
  if (!isIsolated && (options.threads ?? 1) > 1)
    throw errors["option-unavailable"]({
      option: `threads: ${options.threads}`,
      where: "a page that is not cross-origin isolated",
      remedy:
        "Serve the page with Cross-Origin-Opener-Policy: same-origin and Cross-Origin-Embedder-Policy: require-corp, or ask for 1 thread.",
    });
  const cores = Math.min(MOST_THREADS, Math.ceil(navigator.hardwareConcurrency / 2));
  return { ...options, device, threads: options.threads ?? (isIsolated ? cores : 1) };
}

const platform: Platform = {
  devices: ["wasm", "webgpu"],
  settle,
  startThread({ answered, failed }) {
    // a worker of our own: onnxruntime's proxy empties the buffers that are fed
    const worker = new Worker(new URL("./browser-worker.js", import.meta.url), { type: "module" });
    worker.onmessage = ({ data }) => answered(data);
    worker.onerror = ({ message }) => failed(new Error(message ?? "the session's worker could not be loaded"));
    return {
      post: (request, transfer) => worker.postMessage(request, transfer),
      hold() {},
      async terminate() {
        worker.terminate();
      },
    };
  },
};

/** Makes a graph, or the bytes of an .onnx file, ready to run. */
export const createSession = async (model: Graph | Uint8Array, options: SessionOptions = {}): Promise<Session> =>
  openSession(platform, model, options);

/** Makes a step graph ready to run; the values in `state` stay where it runs from one step to the next, zero at first. */
export const createStatefulSession = async (
  model: Graph | Uint8Array,
  state: readonly StateSlot[],
  options: SessionOptions = {},
): Promise<StatefulSession> => openStatefulSession(platform, model, state, options);

/** What this page can run on. */
export async function runtimeInfo(): Promise<RuntimeInfo> {
  const { env } = await import("onnxruntime-web/wasm");
  const hasGpu = page().navigator.gpu !== undefined;
  return {
    version: env.versions.web ?? env.versions.common,
    providers: [{ name: "wasm", bundled: true }, ...(hasGpu ? [{ name: "webgpu", bundled: true }] : [])],
  };
}
