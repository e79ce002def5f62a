/** Where the key of this session is kept: the tab's own storage, gone when the tab is closed. */
const NAME = "fovea.key";

/** What of `sessionStorage` is needed here. */
export type KeyStorage = Pick<Storage, "getItem" | "setItem" | "removeItem">;

/** The API key that the console sends, undefined where none was given. */
export function readKey(storage: KeyStorage = sessionStorage): string | undefined {
  return storage.getItem(NAME) ?? undefined;
}

/** Keeps a key until the tab is closed; undefined forgets it. */
export function keepKey(key: string | undefined, storage: KeyStorage = sessionStorage): void {
  if (key === undefined || key === "") storage.removeItem(NAME);
  else storage.setItem(NAME, key);
}
