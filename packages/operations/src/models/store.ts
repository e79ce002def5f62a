import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { readdir, readFile, stat } from "node:fs/promises";
import { basename, join } from "node:path";
import { writeWhole } from "@foveajs/vision";
import { errors } from "../errors.ts";

/** Labels that a teacher gave. */
export interface Taught {
  readonly task: string;
  /** Data set whose training samples it labelled. */
  readonly set: string;
  readonly share?: number | undefined;
  readonly at_least?: number | undefined;
}

/** What a model tells of itself, as far as the verbs show it. */
export interface ModelCard {
  readonly summary?: string;
  readonly tasks: readonly {
    readonly name: string;
    readonly kind: string;
    readonly labels?: readonly string[];
    readonly derived_from?: string | undefined;
  }[];
  readonly licence: string;
  /** Every data set and teacher behind the weights. */
  readonly sources: readonly {
    readonly name: string;
    readonly licence: string;
    /** Of a data set: tasks that its own labels are for. */
    readonly labels?: readonly string[] | undefined;
    /** Of a teacher: what it labelled. */
    readonly taught?: readonly Taught[] | undefined;
  }[];
  readonly results: readonly {
    readonly data: string;
    readonly metric: string;
    readonly value: number;
    readonly interval?: readonly [number, number] | undefined;
  }[];
  readonly limits?: string;
  /** What it was trained from; absent in files of other making. */
  readonly recipe?: { readonly name: string; readonly sha256: string };
}

/** Where a model file was found: with the product, in the user's cache, or in a folder that was named. */
export type ModelOrigin = "shipped" | "user" | "named";

export interface ModelFile {
  /** File name without .onnx. */
  readonly name: string;
  readonly path: string;
  readonly origin: ModelOrigin;
  readonly sizeBytes: number;
}

/** Models by name, over several folders; an earlier folder hides the same name in a later one. */
export interface ModelStore {
  readonly folders: readonly ModelFolder[];
  list(): Promise<readonly ModelFile[]>;
  /** Throws `operations/missing-model` where there is none. */
  find(name: string): Promise<ModelFile>;
}

/** The file of a model that was told by its name or by the path of its .onnx file. */
export const modelPath = async (store: Pick<ModelStore, "find">, model: string): Promise<string> =>
  model.endsWith(".onnx") ? model : (await store.find(model)).path;

export interface ModelFolder {
  readonly path: string;
  readonly origin: ModelOrigin;
}

/** Looks through folders of .onnx files, not through their sub-folders; a folder that was named must exist. */
export function createModelStore(folders: readonly ModelFolder[]): ModelStore {
  const list = async (): Promise<readonly ModelFile[]> => {
    const found = new Map<string, ModelFile>();
    for (const folder of folders) {
      for (const file of await readFolder(folder)) {
        if (!found.has(file.name)) found.set(file.name, file);
      }
    }
    return [...found.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
  };
  const find = async (name: string): Promise<ModelFile> => {
    const all = await list();
    const file = all.find((model) => model.name === name);
    if (!file) throw errors["missing-model"]({ name, known: all.map((model) => model.name) });
    return file;
  };
  return { folders, list, find };
}

async function readFolder({ path, origin }: ModelFolder): Promise<ModelFile[]> {
  let names: string[];
  try {
    names = await readdir(path);
  } catch (cause) {
    // The usual folders need not exist; a folder that somebody named must.
    if (origin !== "named") return [];
    throw errors["missing-models-folder"]({ path }, { cause });
  }
  const files = names.filter((name) => name.endsWith(".onnx")).map((name) => join(path, name));
  return Promise.all(
    files.map(async (file) => ({
      name: basename(file, ".onnx"),
      path: file,
      origin,
      sizeBytes: (await stat(file)).size,
    })),
  );
}

/** SHA-256 of a file, 64 hexadecimal digits; read in pieces, whatever its size. */
export async function hashFile(path: string): Promise<string> {
  const hash = createHash("sha256");
  for await (const piece of createReadStream(path)) hash.update(piece as Uint8Array);
  return hash.digest("hex");
}

/**
 * The checksums that a folder promises: its file SHA256SUMS in the form of coreutils' sha256sum ("HASH  NAME" a line),
 * by file name; empty where there is none.
 */
export async function readChecksums(folder: string): Promise<ReadonlyMap<string, string>> {
  let text: string;
  try {
    text = await readFile(join(folder, "SHA256SUMS"), "utf8");
  } catch {
    return new Map();
  }
  const lines = text.split("\n").flatMap((line) => {
    const [, hash, name] = /^([0-9a-f]{64})\s+\*?(.+?)\s*$/.exec(line) ?? [];
    return hash && name ? [[name, hash] as const] : [];
  });
  return new Map(lines);
}

/**
 * Writes the checksum of a file into its folder's SHA256SUMS, in the line that names it; false where there is no such
 * file or line, which then stays as it is.
 */
export async function updateChecksum(
  folder: string,
  { name, sha256 }: { name: string; sha256: string },
): Promise<boolean> {
  if (!(await readChecksums(folder)).has(name)) return false;
  const path = join(folder, "SHA256SUMS");
  const lines = (await readFile(path, "utf8")).split("\n").map((line) => {
    const [, , mark, listed] = /^([0-9a-f]{64})(\s+\*?)(.+?)\s*$/.exec(line) ?? [];
    return listed === name ? `${sha256}${mark}${name}` : line;
  });
  await writeWhole(path, [lines.join("\n")]);
  return true;
}
