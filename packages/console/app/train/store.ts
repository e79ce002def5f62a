import type { Image } from "@foveajs/vision";
import { errors } from "../errors.ts";

/** Where the page keeps what it would lose by a reload; the trainer has a database of its own. */
const DATABASE = "fovea-train";
/** `notes`: texts of JSON and files by name; `views`: small JPEGs to look at, `pixels`: what is learned from, both by the picture's id. */
const STORES = ["notes", "views", "pixels"] as const;
type StoreName = (typeof STORES)[number];

/** What is kept of one picture. */
export interface StoredPicture {
  readonly id: string;
  readonly view: Blob;
  readonly image: Image;
}

const refused = (cause: DOMException | null) =>
  errors["not-kept"]({ reason: cause?.message || "the browser gives no reason" }, { cause });

let opened: Promise<IDBDatabase> | undefined;

function open(): Promise<IDBDatabase> {
  opened ??= new Promise<IDBDatabase>((resolve, reject) => {
    const request = indexedDB.open(DATABASE, 1);
    request.onupgradeneeded = () => {
      for (const name of STORES) request.result.createObjectStore(name);
    };
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(refused(request.error));
  }).catch((error: unknown) => {
    opened = undefined;
    throw error;
  });
  return opened;
}

/** One transaction, done when it is stored: whole or not at all. */
async function inStores<Result>(
  names: readonly StoreName[],
  mode: IDBTransactionMode,
  ask: (store: (name: StoreName) => IDBObjectStore) => IDBRequest<Result> | undefined,
): Promise<Result | undefined> {
  const database = await open();
  return new Promise((resolve, reject) => {
    const transaction = database.transaction(names, mode);
    const request = ask((name) => transaction.objectStore(name));
    transaction.oncomplete = () => resolve(request?.result);
    transaction.onabort = () => reject(refused(transaction.error));
  });
}

export const readNote = (name: string): Promise<string | undefined> =>
  inStores(["notes"], "readonly", (store) => store("notes").get(name) as IDBRequest<string | undefined>);

export async function writeNote(name: string, text: string): Promise<void> {
  await inStores(["notes"], "readwrite", (store) => {
    store("notes").put(text, name);
    return undefined;
  });
}

export const readBytes = (name: string): Promise<Uint8Array | undefined> =>
  inStores(["notes"], "readonly", (store) => store("notes").get(name) as IDBRequest<Uint8Array | undefined>);

export async function writeBytes(name: string, bytes: Uint8Array): Promise<void> {
  await inStores(["notes"], "readwrite", (store) => {
    store("notes").put(bytes, name);
    return undefined;
  });
}

export async function clearNote(name: string): Promise<void> {
  await inStores(["notes"], "readwrite", (store) => {
    store("notes").delete(name);
    return undefined;
  });
}

/** Keeps pictures; all of them or none. */
export async function writePictures(pictures: readonly StoredPicture[]): Promise<void> {
  await inStores(["views", "pixels"], "readwrite", (store) => {
    for (const { id, view, image } of pictures) {
      store("views").put(view, id);
      store("pixels").put(image, id);
    }
    return undefined;
  });
}

/** Removes the pictures that `isKept` does not name. */
export async function keepPictures(isKept: (id: string) => boolean): Promise<void> {
  const ids = await inStores(["views"], "readonly", (store) => store("views").getAllKeys());
  await inStores(["views", "pixels"], "readwrite", (store) => {
    for (const id of ids ?? []) {
      if (isKept(String(id))) continue;
      store("views").delete(id);
      store("pixels").delete(id);
    }
    return undefined;
  });
}

/** Small pictures to look at, by id. */
export async function readViews(): Promise<ReadonlyMap<string, Blob>> {
  // in one transaction, so that both lists are in the order of the same keys
  let blobs: IDBRequest<Blob[]> | undefined;
  const ids = await inStores(["views"], "readonly", (store) => {
    blobs = store("views").getAll() as IDBRequest<Blob[]>;
    return store("views").getAllKeys();
  });
  return new Map((ids ?? []).map((id, index) => [String(id), blobs!.result[index]!]));
}

/** The pixels of a picture; undefined where it is not kept. */
export const readPixels = (id: string): Promise<Image | undefined> =>
  inStores(["pixels"], "readonly", (store) => store("pixels").get(id) as IDBRequest<Image | undefined>);

/** Removes everything. */
export async function clearStore(): Promise<void> {
  await inStores(STORES, "readwrite", (store) => {
    for (const name of STORES) store(name).clear();
    return undefined;
  });
}
