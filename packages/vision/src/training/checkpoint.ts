import { readFile } from "node:fs/promises";
import { errors } from "../errors.ts";
import { type Checkpoint, decodeCheckpoint, encodeCheckpoint } from "./checkpoint-bytes.ts";
import { writeWhole } from "./write-whole.ts";

/** Writes a checkpoint whole or not at all. */
export const writeCheckpoint = (path: string, checkpoint: Checkpoint): Promise<void> =>
  writeWhole(path, encodeCheckpoint(checkpoint));

/** The checkpoint at a path, undefined where there is none. */
export async function readCheckpoint(path: string): Promise<Checkpoint | undefined> {
  const bytes = await readFile(path).catch((cause: NodeJS.ErrnoException) => {
    if (cause.code === "ENOENT" || cause.code === "ENOTDIR") return undefined;
    throw errors["checkpoint-invalid"]({ path, detail: cause.message }, { cause });
  });
  return bytes && decodeCheckpoint(bytes, path);
}
