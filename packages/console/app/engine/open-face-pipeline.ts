import type { DownloadProgress } from "./download.ts";
import { type FaceEngine, openFaceEngine } from "./face-engine.ts";
import { keyHeaders, modelAddress } from "./model-address.ts";
import { readWithheld } from "./purpose.ts";

export interface OpenOptions {
  readonly onProgress?: (progress: DownloadProgress) => void;
}

/** The shipped face pipeline, in the order in which its models run. */
const faceModels = ["face-detector", "face-reader"] as const;

let engine: Promise<FaceEngine> | undefined;
const listeners = new Set<(progress: DownloadProgress) => void>();

/** The face pipeline of the page: opened by who asks first, shared by all; a failure is not kept, so that asking again tries again. */
export function openFacePipeline({ onProgress }: OpenOptions = {}): Promise<FaceEngine> {
  if (onProgress) listeners.add(onProgress);
  engine ??= open().catch((error: unknown) => {
    engine = undefined;
    throw error;
  });
  const forget = () => onProgress && listeners.delete(onProgress);
  engine.then(forget, forget);
  return engine;
}

const open = async (): Promise<FaceEngine> =>
  openFaceEngine({
    models: faceModels.map((name) => ({ name, url: modelAddress(name) })),
    headers: keyHeaders(),
    withheld: await readWithheld(),
    onProgress: (progress) => {
      for (const listener of listeners) listener(progress);
    },
    onLost: () => {
      engine = undefined;
    },
  });
