import { open, rename, rm } from "node:fs/promises";

/**
 * Writes a file so that a crash at any moment leaves the old one or the new one whole: to a file beside it, flushed to the disk,
 * then renamed. `beside` must be told where several processes may write the same file at once. What fails leaves nothing behind.
 */
export async function writeWhole(
  path: string,
  parts: readonly (string | Uint8Array)[],
  { beside = `${path}.part` }: { beside?: string } = {},
): Promise<void> {
  try {
    const file = await open(beside, "w");
    try {
      for (const part of parts) await file.writeFile(part);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(beside, path);
  } catch (cause) {
    await rm(beside, { force: true }).catch(() => undefined);
    throw cause;
  }
}
