import { createHash, randomBytes, timingSafeEqual } from "node:crypto";
import { chmod, mkdir, readFile, rename, stat, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import { z } from "zod";
import { errors } from "../errors.ts";
import { alone } from "./alone.ts";

/** What a key may do; `keys` makes keys for anything, `all` is everything. */
export const scopes = ["analyze", "predict", "models", "evaluate", "train", "metrics", "keys", "all"] as const;

export type Scope = (typeof scopes)[number];

const keySchema = z.strictObject({
  id: z.string().regex(/^[0-9a-f]{8}$/),
  name: z.string(),
  /** SHA-256 of the key. A slow hash would add nothing: the key is 256 random bits, which nobody can try through. */
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
  scopes: z.array(z.enum(scopes)),
  created: z.iso.datetime(),
  expires: z.iso.datetime().nullable(),
  revoked: z.iso.datetime().nullable(),
});

/** A key as it is stored: what it may do, and a hash by which it is known again. */
export type StoredKey = z.output<typeof keySchema>;

const fileSchema = z.strictObject({ format: z.literal(1), keys: z.array(keySchema) });

/** A key to be made. */
export interface KeyWish {
  readonly name: string;
  readonly scopes: readonly Scope[];
  readonly expires: Date | undefined;
  readonly now: Date;
  /** Makes it only where there is none yet; throws `server/key-needed` otherwise. */
  readonly isFirst?: boolean;
}

/** Keys in a file that several processes share; it is read again when it has changed. */
export interface KeyStore {
  list(): Promise<readonly StoredKey[]>;
  /** The key itself is in the answer and nowhere else. */
  create(options: KeyWish): Promise<{ readonly key: string; readonly stored: StoredKey }>;
  revoke(id: string, now: Date): Promise<StoredKey>;
  /** The stored key of a presented one, whether it may be used or not; undefined where there is none. */
  find(presented: string): Promise<StoredKey | undefined>;
}

export function createKeyStore(path: string): KeyStore {
  let cached: { stamp: string; keys: readonly StoredKey[] } = { stamp: "", keys: [] };
  const list = async () => {
    const stamp = await stampOf(path);
    if (stamp !== cached.stamp) cached = { stamp, keys: stamp === "" ? [] : await readKeys(path) };
    return cached.keys;
  };
  const write = async (keys: readonly StoredKey[]) => {
    const unfinished = `${path}.${process.pid}.unfinished`;
    await writeFile(unfinished, `${JSON.stringify({ format: 1, keys }, null, 2)}\n`, { mode: 0o600 });
    await chmod(unfinished, 0o600);
    await rename(unfinished, path);
  };
  /** One change after another, whichever process makes it: what is written is what was read with one thing more. */
  const change = async <Result>(make: (keys: readonly StoredKey[]) => Promise<Result>): Promise<Result> => {
    await mkdir(dirname(path), { recursive: true, mode: 0o700 });
    return alone(path, async () => make(await readKeys(path)));
  };
  return {
    list,
    async create({ name, scopes, expires, now, isFirst = false }) {
      const key = `fovea_${randomBytes(32).toString("base64url")}`;
      const stored: StoredKey = {
        id: randomBytes(4).toString("hex"),
        name,
        sha256: hashOf(key).toString("hex"),
        scopes: [...scopes],
        created: now.toISOString(),
        expires: expires?.toISOString() ?? null,
        revoked: null,
      };
      await change(async (keys) => {
        if (isFirst && keys.length > 0) throw errors["key-needed"]({ reason: "another one was made first" });
        await write([...keys, stored]);
      });
      return { key, stored };
    },
    async revoke(id, now) {
      return change(async (keys) => {
        const found = keys.find((key) => key.id === id);
        if (found === undefined) throw errors["unknown-key"]({ id: id.slice(0, 40) });
        const revoked = { ...found, revoked: found.revoked ?? now.toISOString() };
        await write(keys.map((key) => (key === found ? revoked : key)));
        return revoked;
      });
    },
    async find(presented) {
      const hash = hashOf(presented);
      return (await list()).find((key) => timingSafeEqual(Buffer.from(key.sha256, "hex"), hash));
    },
  };
}

/** Why a key may not be used now; undefined where it may. */
export function refusalOf({ expires, revoked }: StoredKey, now: Date): string | undefined {
  if (revoked !== null) return "this one was revoked";
  if (expires !== null && new Date(expires) <= now) return `this one expired on ${expires}`;
  return undefined;
}

export const allows = (key: StoredKey, scope: Scope): boolean =>
  key.scopes.includes(scope) || key.scopes.includes("all");

const hashOf = (key: string): Buffer => createHash("sha256").update(key).digest();

/** Changes with every writing; empty where there is no file. */
async function stampOf(path: string): Promise<string> {
  try {
    const { mtimeMs, ino, size } = await stat(path);
    return `${mtimeMs} ${ino} ${size}`;
  } catch (thrown) {
    if ((thrown as NodeJS.ErrnoException).code === "ENOENT") return "";
    throw errors["bad-keys-file"]({ path, reason: (thrown as Error).message }, { cause: thrown });
  }
}

async function readKeys(path: string): Promise<readonly StoredKey[]> {
  let text: string;
  try {
    text = await readFile(path, "utf8");
  } catch (thrown) {
    if ((thrown as NodeJS.ErrnoException).code === "ENOENT") return [];
    throw errors["bad-keys-file"]({ path, reason: (thrown as Error).message }, { cause: thrown });
  }
  try {
    return fileSchema.parse(JSON.parse(text)).keys;
  } catch (cause) {
    const reason = cause instanceof z.ZodError ? z.prettifyError(cause) : "it is not JSON";
    throw errors["bad-keys-file"]({ path, reason }, { cause });
  }
}
