import { loadModel, type Model } from "@foveajs/vision";
import { type DownloadProgress, download } from "./download.ts";
import { setLocations } from "./locations.ts";
import { keyHeaders, modelAddress } from "./model-address.ts";

export interface OpenModelOptions {
  readonly onProgress?: (progress: DownloadProgress) => void;
  readonly signal?: AbortSignal;
}

/** Fetches a model of the server and opens it in the page; who opens it disposes of it. */
export async function openModel(name: string, { onProgress, signal }: OpenModelOptions = {}): Promise<Model> {
  setLocations(document.baseURI);
  const bytes = await download(modelAddress(name), {
    headers: keyHeaders(),
    ...(onProgress ? { onProgress } : {}),
    ...(signal ? { signal } : {}),
  });
  return loadModel(bytes, { name });
}
