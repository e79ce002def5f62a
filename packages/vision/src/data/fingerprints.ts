import { Worker } from "node:worker_threads";
import { FoveaError } from "@foveajs/errors";
import { errors } from "../errors.ts";
import type { Print } from "./near-duplicates.ts";
import type { ImageReference } from "./types.ts";

/** What a picture is known again by. */
export interface Fingerprint extends Print {
  /** `pixelHash` of the picture in RGB. */
  readonly pixels: string;
}

export interface FingerprintOptions {
  /** Threads that decode. */
  readonly threads: number;
  readonly signal?: AbortSignal;
  /** Called with the number of pictures that are done. */
  readonly onProgress?: (done: number) => void;
}

/** Pictures that a thread takes at a time: enough that messages cost little, few enough that all threads end together. */
const CHUNK = 32;

/** What a thread answers for a picture. */
export type FingerprintAnswer = Fingerprint | { readonly error: ConstructorParameters<typeof FoveaError>[0] };

/** The fingerprint of each picture, or why it cannot be read; decoded in threads of their own (Node only). */
export async function fingerprintPictures(
  images: readonly ImageReference[],
  { threads, signal, onProgress }: FingerprintOptions,
): Promise<(Fingerprint | FoveaError)[]> {
  const prints = new Array<Fingerprint | FoveaError>(images.length);
  let next = 0;
  let done = 0;
  const run = () =>
    new Promise<void>((resolve, reject) => {
      const worker = new Worker(new URL("./fingerprint-worker.js", import.meta.url));
      let from = 0;
      const stop = () => finish(signal?.reason);
      const finish = (failure?: unknown) => {
        signal?.removeEventListener("abort", stop);
        void worker.terminate();
        if (failure === undefined) resolve();
        else reject(failure);
      };
      const order = () => {
        if (next >= images.length) return finish();
        from = next;
        next = Math.min(images.length, from + CHUNK);
        worker.postMessage(images.slice(from, next));
      };
      worker.on("message", (answers: readonly FingerprintAnswer[]) => {
        answers.forEach((answer, i) => {
          prints[from + i] = "error" in answer ? new FoveaError(answer.error) : answer;
        });
        done += answers.length;
        onProgress?.(done);
        order();
      });
      worker.on("error", finish);
      // after `finish` this changes nothing; a thread that ends by itself must not leave the caller waiting
      worker.on("exit", () => finish(errors["fingerprints-ended"]({ picture: images[from]?.file ?? "" })));
      signal?.addEventListener("abort", stop);
      if (signal?.aborted) stop();
      else order();
    });
  const count = Math.max(1, Math.min(threads, Math.ceil(images.length / CHUNK)));
  const runs = await Promise.allSettled(Array.from({ length: images.length === 0 ? 0 : count }, run));
  for (const outcome of runs) if (outcome.status === "rejected") throw outcome.reason;
  return prints;
}
