import { errors } from "../errors.ts";

/** Loads a data file beside the model by its location, a relative path with "/" between folders. */
export type LoadExternal = (location: string) => Uint8Array;

/** The external files of one model, each loaded once. */
export interface ExternalFiles {
  readonly load: LoadExternal | undefined;
  readonly loaded: Map<string, Uint8Array>;
}

/**
 * The bytes of a tensor whose data lie outside of the model. `entries` are the tensor's external_data: location, and
 * offset and length in bytes, which may be left out (start of the file, all that the shape asks for). No bytes outside
 * the model's folder are asked for.
 */
export function readExternal(
  entries: Readonly<Record<string, string>>,
  { tensor, byteLength, external }: { tensor: string; byteLength: number; external: ExternalFiles },
): Uint8Array {
  const location = entries.location ?? "";
  const fail = (problem: string, cause?: unknown) =>
    errors["onnx-external-data"]({ tensor, location, problem }, cause === undefined ? {} : { cause });
  if (location === "") throw fail("the model does not name it");
  if (/^([a-z]:|[\\/])/i.test(location) || location.split(/[\\/]/).includes("..")) {
    throw fail("it would leave the model's folder, which is not allowed");
  }
  const file = external.loaded.get(location) ?? load(location, external.load, fail);
  external.loaded.set(location, file);
  const offset = Number(entries.offset ?? 0);
  const length = Number(entries.length ?? byteLength);
  if (!(Number.isSafeInteger(offset) && Number.isSafeInteger(length) && offset >= 0 && length >= 0)) {
    throw fail(
      `expected whole numbers of bytes, received the offset ${entries.offset} and the length ${entries.length}`,
    );
  }
  if (offset + length > file.byteLength) {
    throw fail(`expected ${length} bytes from byte ${offset}, but it has ${file.byteLength} bytes`);
  }
  return file.subarray(offset, offset + length);
}

function load(
  location: string,
  loadExternal: LoadExternal | undefined,
  fail: (problem: string, cause?: unknown) => Error,
) {
  if (loadExternal === undefined) throw fail("no way to load it was given");
  try {
    return loadExternal(location);
  } catch (cause) {
    throw fail(`it could not be loaded (${cause instanceof Error ? cause.message : String(cause)})`, cause);
  }
}
