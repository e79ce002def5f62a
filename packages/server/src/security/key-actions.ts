import { z } from "zod";
import { errors } from "../errors.ts";
import type { Audit } from "./audit.ts";
import { type KeyStore, type StoredKey, scopes } from "./keys.ts";

/** A key as people see it: never the key itself, nor its hash. */
export const shownKeySchema = z.object({
  id: z.string(),
  name: z.string(),
  scopes: z.array(z.enum(scopes)),
  created: z.string(),
  expires: z.string().nullable(),
  revoked: z.string().nullable(),
});

/** A key that was just made, the only time that it is told. */
export const madeKeySchema = shownKeySchema.extend({
  key: z.string().describe("send it as Authorization: Bearer KEY"),
});

/** What is asked of a new key, on the command line and over HTTP. */
export const keyWishShape = {
  name: z.string().max(100).optional().describe("whom or what it is for"),
  scopes: z
    .array(z.enum(scopes))
    .min(1)
    .default(["analyze", "predict", "models"])
    .describe("what it may do; may be given more than once (default analyze, predict, models)"),
  days: z.int().min(1).max(3650).optional().describe("days until it expires; never when absent"),
};

const wishSchema = z.object(keyWishShape);

/** Keys and the log of what is done with them. */
export interface KeyDesk {
  readonly keys: KeyStore;
  readonly audit: Audit;
  readonly now: () => Date;
}

/** Who does it over HTTP; absent on the command line. */
export interface Asker {
  readonly request: string;
  readonly by: string | null;
}

const DAY_MS = 86_400_000;

/**
 * Makes a key. The first one over HTTP is asked for by whoever reaches the server, so that it has to be one that may make
 * others: with any other nobody could go on there.
 */
export async function makeKey(
  { name = "", scopes: asked, days }: z.output<typeof wishSchema>,
  { keys, audit, now }: KeyDesk,
  asker?: Asker,
): Promise<z.output<typeof madeKeySchema>> {
  const isFirst = asker !== undefined && asker.by === null;
  if (isFirst && !asked.some((scope) => scope === "keys" || scope === "all"))
    throw errors["first-key"]({ received: asked });
  const made = now();
  const expires = days === undefined ? undefined : new Date(made.getTime() + days * DAY_MS);
  const { key, stored } = await keys.create({ name, scopes: [...new Set(asked)], expires, now: made, isFirst });
  await audit({ event: "key-created", key: stored.id, scopes: stored.scopes, ...asker });
  return { ...shownKey(stored), key };
}

/** Ends a key at once, in every process. */
export async function endKey(id: string, { keys, audit, now }: KeyDesk, asker?: Asker): Promise<ShownKey> {
  const revoked = await keys.revoke(id, now());
  await audit({ event: "key-revoked", key: revoked.id, scopes: revoked.scopes, ...asker });
  return shownKey(revoked);
}

export type ShownKey = z.output<typeof shownKeySchema>;

export const shownKey = ({ sha256: _sha256, ...key }: StoredKey): ShownKey => key;
