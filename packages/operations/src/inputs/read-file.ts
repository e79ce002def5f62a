import { open } from "node:fs/promises";
import { FoveaError } from "@foveajs/errors";
import { errors } from "../errors.ts";

// Decoders hold the file and the pixels at once; no picture that they take comes near it.
const limitBytes = 512 * 1024 * 1024;

/** All bytes of an image file, at least one; every failure says which file and why. */
export async function readImageFile(path: string): Promise<Uint8Array> {
  try {
    const file = await open(path, "r");
    try {
      const { size } = await file.stat();
      if (size > limitBytes) throw errors["large-file"]({ path, sizeBytes: size, limitBytes });
      const bytes = await file.readFile();
      if (bytes.length === 0) throw errors["empty-file"]({ path });
      return bytes;
    } finally {
      await file.close();
    }
  } catch (thrown) {
    throw fileError(path, thrown);
  }
}

/** All bytes of a stream that stands for the file `path`, at least one. */
export async function readImageStream(stream: AsyncIterable<Uint8Array>, path: string): Promise<Uint8Array> {
  const pieces: Uint8Array[] = [];
  let size = 0;
  for await (const piece of stream) {
    pieces.push(piece);
    size += piece.length;
    if (size > limitBytes) throw errors["large-file"]({ path, sizeBytes: size, limitBytes });
  }
  if (size === 0) throw errors["empty-file"]({ path });
  return Buffer.concat(pieces);
}

/** A failure of the file system as an error that names the file; errors of ours pass unchanged. */
export function fileError(path: string, thrown: unknown): unknown {
  if (thrown instanceof FoveaError) return thrown;
  const { code, message } = thrown as NodeJS.ErrnoException;
  if (code === undefined) return thrown;
  if (code === "ENOENT" || code === "ENOTDIR") return errors["missing-file"]({ path }, { cause: thrown });
  if (code === "EACCES" || code === "EPERM") {
    return errors["unreadable-file"]({ path, reason: "permission denied" }, { cause: thrown });
  }
  return errors["read-failed"]({ path, reason: message }, { cause: thrown });
}
