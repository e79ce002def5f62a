import { readFile } from "node:fs/promises";
import { basename } from "node:path";
import { errors } from "../errors.ts";

/** A file by its path, under its own name. Throws `client/unreadable-file`. */
export async function readPath(path: string): Promise<{ name: string; blob: Blob }> {
  try {
    return { name: basename(path), blob: new Blob([await readFile(path)]) };
  } catch (cause) {
    const { code, message } = cause as NodeJS.ErrnoException;
    throw errors["unreadable-file"]({ path, reason: code ?? message }, { cause });
  }
}
