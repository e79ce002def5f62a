import { open, rename } from "node:fs/promises";

/**
 * Writes a file so that a crash at any moment leaves the old one or the new one whole: to a file beside it, flushed to the disk,
 * then renamed.
 */
export async function writeWhole(path: string, parts: readonly (string | Uint8Array)[]): Promise<void> {
  const beside = `${path}.part`;
  const file = await open(beside, "w");
  try {
    for (const part of parts) await file.writeFile(part);
    await file.sync();
  } finally {
    await file.close();
  }
  await rename(beside, path);
}
