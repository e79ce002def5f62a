import { readFile } from "node:fs/promises";
import { errors } from "../errors.ts";
import { type DecodeOptions, decode } from "./decode.ts";
import type { Image } from "./image.ts";

/** Reads and decodes a picture file (Node only); the path stands in error messages. See `decode` for what is read. */
export async function readImage(path: string, options: Omit<DecodeOptions, "name"> = {}): Promise<Image> {
  let bytes: Uint8Array;
  try {
    bytes = await readFile(path);
  } catch (cause) {
    const reason = cause instanceof Error && "code" in cause ? String(cause.code) : String(cause);
    if (reason === "ENOENT" || reason === "ENOTDIR") throw errors["image-file-missing"]({ path }, { cause });
    if (reason === "EISDIR") throw errors["image-file-is-directory"]({ path }, { cause });
    throw errors["image-file-unreadable"]({ path, reason }, { cause });
  }
  return decode(bytes, { ...options, name: path });
}
