import type { KeyWish, ListedKey, MadeKey } from "@foveajs/client";
import { type ServerOptions, serverClient } from "./client.ts";

/** A key as the server knows it: all but the key itself. Times are ISO 8601. */
export type ShownKey = ListedKey;
/** A key that was just made: the only answer that has it. */
export type { KeyWish, MadeKey } from "@foveajs/client";

export type Scope = ListedKey["scopes"][number];

/** What a key may do, in the order in which it is offered; `keys` makes keys for anything, `all` is everything. */
export const scopes = [
  "analyze",
  "predict",
  "models",
  "evaluate",
  "train",
  "metrics",
  "keys",
  "all",
] as const satisfies readonly Scope[];

export const listKeys = (options?: ServerOptions): Promise<readonly ShownKey[]> => serverClient(options).keys();

export const createKey = (wish: KeyWish, options?: ServerOptions): Promise<MadeKey> =>
  serverClient(options).createKey(wish);

export const revokeKey = (id: string, options?: ServerOptions): Promise<ShownKey> =>
  serverClient(options).revokeKey(id);

/** Whether a key can be used now. */
export const isUsable = ({ expires, revoked }: Pick<ShownKey, "expires" | "revoked">, now: Date): boolean =>
  revoked === null && (expires === null || new Date(expires) > now);
