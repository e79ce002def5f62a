import { createCaller } from "./caller.ts";
import type { DownloadProgress } from "./download.ts";
import type { EngineFacts, Found, FoundInFile, FromEngine, ModelPlace } from "./messages.ts";
import type { Withheld } from "./purpose.ts";

/** Finds and reads faces in a worker, so that the page stays free to answer. */
export interface FaceEngine extends EngineFacts {
  /** Readings that are not told here, by the purpose of the server. */
  readonly withheld: Withheld | undefined;
  /** Faces of a file, as the library finds them in Node. `name` is for messages. */
  analyzeFile(
    file: Blob,
    options: { readonly name: string; readonly thumbnailSide: number; readonly signal?: AbortSignal },
  ): Promise<FoundInFile>;
  /** Faces of a frame, which is handed over. */
  analyzeFrame(
    frame: ImageBitmap,
    options: { readonly maxSide: number; readonly signal?: AbortSignal },
  ): Promise<Found>;
  dispose(): void;
}

export interface OpenEngineOptions {
  /** The detector and the reader. */
  readonly models: readonly ModelPlace[];
  readonly headers?: Readonly<Record<string, string>>;
  readonly withheld?: Withheld | undefined;
  readonly onProgress?: (progress: DownloadProgress) => void;
  /** Called once when the worker ends by itself. */
  readonly onLost?: () => void;
}

/** Starts the worker and fetches the models; rejects where one of the two fails. */
export async function openFaceEngine({
  models,
  headers = {},
  withheld,
  onProgress,
  onLost,
}: OpenEngineOptions): Promise<FaceEngine> {
  const worker = new Worker(new URL("./face-worker.ts", import.meta.url), { type: "module" });
  const caller = createCaller({
    post: (message, transfer) => worker.postMessage(message, [...transfer]),
    terminate: () => worker.terminate(),
  });
  worker.onmessage = ({ data }: MessageEvent<FromEngine>) => caller.take(data);
  worker.onerror = ({ message }) => {
    caller.fail(message ?? "its script could not be loaded");
    onLost?.();
  };
  const opening = { base: document.baseURI, models, headers, withheld: withheld?.names ?? [] };
  const facts = await caller.ask("open", opening, onProgress ? { onProgress } : {}).catch((error: unknown) => {
    worker.terminate();
    throw error;
  });
  return {
    ...facts,
    withheld,
    analyzeFile: (file, { name, thumbnailSide, signal }) =>
      caller.ask("file", { file, name, thumbnailSide }, signal ? { signal } : {}),
    analyzeFrame: (frame, { maxSide, signal }) =>
      caller.ask("frame", { frame, maxSide }, { transfer: [frame], ...(signal ? { signal } : {}) }),
    dispose: () => worker.terminate(),
  };
}
