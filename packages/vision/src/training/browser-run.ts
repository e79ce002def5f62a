import { errors } from "../errors.ts";
import { decodeCheckpoint, encodeCheckpoint } from "./checkpoint-bytes.ts";
import type { LoadedRecipe } from "./recipe.ts";
import { madeFiles, mustGoOn, type OpenRunOptions, type RunFolder, runFiles } from "./run-files.ts";

/** What is used of IndexedDB; the package is compiled against Node's types alone. */
interface PageRequest<Result> {
  readonly result: Result;
  readonly error: Error | null;
  onsuccess: () => void;
  onerror: () => void;
  onblocked?: () => void;
  onupgradeneeded?: () => void;
}
interface PageStore {
  get(key: string): PageRequest<unknown>;
  put(value: unknown, key: string): PageRequest<unknown>;
  delete(key: object): PageRequest<unknown>;
}
interface PageTransaction {
  objectStore(name: string): PageStore;
  readonly error: Error | null;
  oncomplete: () => void;
  onabort: () => void;
}
interface PageDatabase {
  createObjectStore(name: string): void;
  transaction(store: string, mode: "readonly" | "readwrite", options?: { durability: "strict" }): PageTransaction;
  close(): void;
}
declare const indexedDB: { open(name: string, version: number): PageRequest<PageDatabase> };
declare const IDBKeyRange: { bound(lower: string, upper: string): object; only(key: string): object };

/** Name of the database, and of the store in it that holds files by "RUN/NAME". */
const DATABASE = "fovea";
const FILES = "files";

/**
 * Opens a run in the page's own database (IndexedDB), so that it survives a reload of the page; terms as in Node. Nothing of it leaves
 * the browser; it goes when the person clears the site's data.
 */
export async function openRun(path: string, loaded: LoadedRecipe, options: OpenRunOptions): Promise<RunFolder> {
  const { recipe, text } = loaded;
  if (options.start === "fresh") await removeRunFiles(path, madeFiles(recipe.name));
  const kept = await readRunFile(path, runFiles.checkpoint);
  const checkpoint = kept && decodeCheckpoint(kept, keyOf(path, runFiles.checkpoint));
  const isFinished = (await readRunFile(path, `${recipe.name}.onnx`)) !== undefined;
  mustGoOn(path, { checkpoint, isFinished }, loaded, options);
  const write = (name: string, data: string | Uint8Array) => writeRunFile(path, name, data);
  let log = new TextDecoder().decode((await readRunFile(path, runFiles.log)) ?? new Uint8Array());
  if (!checkpoint) await write(runFiles.recipe, text);
  return {
    path,
    checkpoint,
    write,
    async log(event) {
      log += `${JSON.stringify(event)}\n`;
      await write(runFiles.log, log);
    },
    save: (state) => write(runFiles.checkpoint, joined(encodeCheckpoint(state))),
  };
}

/** The bytes of a file of a run, undefined where it is not there. */
export const readRunFile = (path: string, name: string): Promise<Uint8Array | undefined> =>
  inStore(path, "readonly", (store) => store.get(keyOf(path, name)) as PageRequest<Uint8Array | undefined>);

/** Writes a file of a run whole or not at all. */
export async function writeRunFile(path: string, name: string, data: string | Uint8Array): Promise<string> {
  const key = keyOf(path, name);
  const bytes = typeof data === "string" ? new TextEncoder().encode(data) : data;
  await inStore(path, "readwrite", (store) => store.put(bytes, key));
  return key;
}

/** Removes files of a run, as far as they are there; a name stands for all that is below it too. */
export async function removeRunFiles(path: string, names: readonly string[]): Promise<void> {
  for (const name of names) {
    const key = keyOf(path, name);
    await inStore(path, "readwrite", (store) => store.delete(IDBKeyRange.only(key)));
    // from "predictions/" to all that begins with it
    await inStore(path, "readwrite", (store) => store.delete(IDBKeyRange.bound(`${key}/`, `${key}/\uffff`)));
  }
}

const keyOf = (path: string, name: string): string => `${path}/${name}`;

function joined(parts: readonly Uint8Array[]): Uint8Array {
  const bytes = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}

/** One request in a transaction of its own, done once it is safely stored: whole or not at all. */
async function inStore<Result>(
  run: string,
  mode: "readonly" | "readwrite",
  ask: (store: PageStore) => PageRequest<Result>,
): Promise<Result> {
  const refused = (cause: Error | null) =>
    errors["run-folder"]({ run, detail: cause?.message ?? "the browser gives no reason" }, { cause });
  const database = await new Promise<PageDatabase>((resolve, reject) => {
    const opening = indexedDB.open(DATABASE, 1);
    opening.onupgradeneeded = () => opening.result.createObjectStore(FILES);
    opening.onsuccess = () => resolve(opening.result);
    opening.onerror = () => reject(refused(opening.error));
  });
  try {
    return await new Promise<Result>((resolve, reject) => {
      const transaction = database.transaction(FILES, mode, { durability: "strict" });
      const request = ask(transaction.objectStore(FILES));
      transaction.oncomplete = () => resolve(request.result);
      transaction.onabort = () => reject(refused(transaction.error));
    });
  } finally {
    database.close();
  }
}
