import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { availableParallelism } from "node:os";
import { errors } from "../errors.ts";
import type { Image } from "../image/image.ts";

/** SHA-256 of the parts one after the other, text as UTF-8; 64 hexadecimal digits. */
export function sha256(...parts: readonly (string | Uint8Array)[]): string {
  const hash = createHash("sha256");
  for (const part of parts) hash.update(part);
  return hash.digest("hex");
}

/** The bytes of a file; rejects where it cannot be read. */
export const readBytes = (path: string): Promise<Uint8Array> => readFile(path);

/** The text of a file in UTF-8. */
export const readText = (path: string): Promise<string> => readFile(path, "utf8");

/** Threads that a session has unless told. */
export const usableThreads = (): number => availableParallelism();

/** Most memory that the process had at any time. */
export const peakMemoryBytes = (): number | undefined => process.resourceUsage().maxRSS * 1024;

/** Lets what waits for this thread have its turn. */
export const breathe = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** In the page: the pixels of what can be drawn on a canvas; Node has nothing of the kind. */
export const drawnImage = (_source: object, name: string): Image => {
  throw errors["image-argument"]({
    where: name,
    expected: "a picture, or the bytes or Blob of a file",
    received: "another object",
  });
};
