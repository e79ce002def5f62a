import { errors } from "../errors.ts";
import { allows, type KeyStore, refusalOf, type Scope, type StoredKey } from "../security/keys.ts";

export interface AccessOptions {
  readonly keys: KeyStore;
  /** True where other machines reach the server: then nobody goes without a key, whatever becomes of the keys. */
  readonly isOpen: boolean;
  readonly now: () => Date;
}

/** The key of a request, where one is needed: throws `server/key-needed` or `server/scope-needed`. */
export async function admit(
  authorization: string | undefined,
  scope: Scope | null,
  { keys, isOpen, now }: AccessOptions,
): Promise<StoredKey | undefined> {
  if (scope === null) return undefined;
  const isNeeded = isOpen || (await keys.list()).length > 0;
  if (!isNeeded) return undefined;
  if (authorization === undefined) throw errors["key-needed"]({ reason: "the request has none" });
  const [, presented] = /^Bearer +(\S{1,200})$/i.exec(authorization) ?? [];
  if (presented === undefined) throw errors["key-needed"]({ reason: "the header is not `Bearer KEY`" });
  const key = await keys.find(presented);
  if (key === undefined) throw errors["key-needed"]({ reason: "this one is not known" });
  const refusal = refusalOf(key, now());
  if (refusal !== undefined) throw errors["key-needed"]({ reason: refusal });
  if (!allows(key, scope)) throw errors["scope-needed"]({ scope, has: key.scopes });
  return key;
}
