import type { CallOptions, Connection } from "../requests/connect.ts";
import type { JsonOf, RouteOf } from "../requests/route-types.ts";

type Create = RouteOf<"/v1/keys", "post">;

/** What a new key may do, and for how long. */
export type KeyWish = Create["requestBody"]["content"]["application/json"];
/** A new key: the only time that the key itself is told. */
export type MadeKey = JsonOf<Create>;
/** A key as it is listed. */
export type ListedKey = JsonOf<RouteOf<"/v1/keys", "get">>["keys"][number];

/** Routes of API keys; they need a key with the scope `keys`. */
export interface KeyRoutes {
  /** All keys, those that may no longer be used too. */
  keys(options?: CallOptions): Promise<readonly ListedKey[]>;
  /** Makes a key. */
  createKey(wish: KeyWish, options?: CallOptions): Promise<MadeKey>;
  /** Ends a key at once. */
  revokeKey(id: string, options?: CallOptions): Promise<ListedKey>;
}

export function keyRoutes({ json }: Connection): KeyRoutes {
  return {
    keys: async ({ signal } = {}) => (await json("get", "/v1/keys", { signal })).keys,
    createKey: (wish, { signal } = {}) => json("post", "/v1/keys", { json: wish, signal }),
    revokeKey: (id, { signal } = {}) => json("delete", "/v1/keys/{id}", { path: { id }, signal }),
  };
}
