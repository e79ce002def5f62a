import { readPath } from "#files";
import { errors } from "../errors.ts";

/** A file to send: a path (in Node), a File or Blob, bytes, or bytes with a name for messages and results. */
export type FileInput =
  | string
  | Blob
  | ArrayBuffer
  | Uint8Array
  | { readonly name: string; readonly bytes: Uint8Array | ArrayBuffer };

/** One file or several. */
export type FileInputs = FileInput | readonly FileInput[];

/** A form with files under `part`, in their order, and fields beside them; a field that is undefined is left out. */
export async function formOf(
  files: FileInputs,
  { part, fields = {} }: { part: string; fields?: Readonly<Record<string, string | number | boolean | undefined>> },
): Promise<FormData> {
  const form = new FormData();
  for (const [name, value] of Object.entries(fields)) if (value !== undefined) form.append(name, String(value));
  const list: readonly FileInput[] = Array.isArray(files) ? files : [files as FileInput];
  // one after the other: a form of many files does not open them all at once
  for (const [index, file] of list.entries()) {
    const { name, blob } = await openFile(file, `${index + 1}`);
    form.append(part, blob, name);
  }
  return form;
}

/** A file and its name; `fallback` where it has none. Throws `client/bad-picture`, `client/unreadable-file`. */
export async function openFile(file: FileInput, fallback: string): Promise<{ name: string; blob: Blob }> {
  if (typeof file === "string") return readPath(file);
  if (file instanceof Blob) return { name: file instanceof File ? file.name : fallback, blob: file };
  if (isBytes(file)) return { name: fallback, blob: blobOf(file) };
  if (typeof file === "object" && file !== null && isBytes(file.bytes) && typeof file.name === "string") {
    return { name: file.name, blob: blobOf(file.bytes) };
  }
  throw errors["bad-picture"]({ received: file === null ? "null" : typeof file });
}

const isBytes = (value: unknown): value is Uint8Array | ArrayBuffer =>
  value instanceof Uint8Array || value instanceof ArrayBuffer;

/** A copy: what the caller does with its bytes later changes nothing that is sent. */
const blobOf = (bytes: Uint8Array | ArrayBuffer): Blob => new Blob([bytes as Uint8Array<ArrayBuffer> | ArrayBuffer]);
