import { operation, streamOperation } from "@foveajs/operations";
import { z } from "zod";
import { readConfig } from "../config/config.ts";
import { createAudit } from "../security/audit.ts";
import { createKeyStore, type StoredKey, scopes } from "../security/keys.ts";
import { configFlag } from "./serve.ts";

const keySchema = z.object({
  id: z.string(),
  name: z.string(),
  scopes: z.array(z.enum(scopes)),
  created: z.string(),
  expires: z.string().nullable(),
  revoked: z.string().nullable(),
});

const DAY_MS = 86_400_000;

/** Makes a key, which is told this once. */
export const createKey = operation({
  name: "keys create",
  summary: "Make an API key; it is shown once and stored as a hash.",
  input: z.object({
    name: z.string().max(100).optional().describe("whom or what it is for"),
    scopes: z
      .array(z.enum(scopes))
      .min(1)
      .default(["analyze", "predict", "models"])
      .describe("what it may do; may be given more than once (default analyze, predict, models)"),
    days: z.int().min(1).max(3650).optional().describe("days until it expires; never when absent"),
    config: configFlag,
  }),
  output: keySchema.extend({ key: z.string().describe("send it as Authorization: Bearer KEY") }),
  async run({ name = "", scopes: asked, days, config }) {
    const { keys, audit } = await open(config);
    const now = new Date();
    const expires = days === undefined ? undefined : new Date(now.getTime() + days * DAY_MS);
    const { key, stored } = await keys.create({ name, scopes: asked, expires, now });
    await audit({ event: "key-created", key: stored.id, scopes: stored.scopes });
    return { ...shown(stored), key };
  },
});

/** Lists keys, not the keys themselves: nobody has them. */
export const listKeys = streamOperation({
  name: "keys list",
  summary: "List the API keys: what each may do and until when.",
  input: z.object({ config: configFlag }),
  output: keySchema,
  async *run({ config }) {
    const { keys } = await open(config);
    yield* (await keys.list()).map(shown);
  },
});

/** Ends a key at once, on running servers too. */
export const revokeKey = operation({
  name: "keys revoke",
  summary: "Revoke an API key; running servers refuse it at once.",
  input: z.object({
    id: z
      .string()
      .min(1)
      .describe("id of the key, as `fovea keys list` prints it")
      .meta({ "x-cli": { positional: true, value: "ID" } }),
    config: configFlag,
  }),
  output: keySchema,
  async run({ id, config }) {
    const { keys, audit } = await open(config);
    const revoked = await keys.revoke(id, new Date());
    await audit({ event: "key-revoked", key: id, scopes: revoked.scopes });
    return shown(revoked);
  },
});

async function open(path: string | undefined) {
  const { keys_file, audit_file } = await readConfig(path);
  return { keys: createKeyStore(keys_file), audit: createAudit(audit_file, { now: () => new Date() }) };
}

const shown = ({ sha256: _sha256, ...key }: StoredKey): z.output<typeof keySchema> => key;
