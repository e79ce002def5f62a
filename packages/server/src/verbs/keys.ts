import { operation, streamOperation } from "@foveajs/operations";
import { z } from "zod";
import { readConfig } from "../config/config.ts";
import { createAudit } from "../security/audit.ts";
import {
  endKey,
  type KeyDesk,
  keyWishShape,
  madeKeySchema,
  makeKey,
  shownKey,
  shownKeySchema,
} from "../security/key-actions.ts";
import { createKeyStore } from "../security/keys.ts";
import { configFlag } from "./serve.ts";

/** Makes a key, which is told this once. */
export const createKey = operation({
  name: "keys create",
  summary: "Make an API key; it is shown once and stored as a hash.",
  input: z.object({ ...keyWishShape, config: configFlag }),
  output: madeKeySchema,
  run: async ({ config, ...wish }) => makeKey(wish, await deskOf(config)),
});

/** Lists keys, not the keys themselves: nobody has them. */
export const listKeys = streamOperation({
  name: "keys list",
  summary: "List the API keys: what each may do and until when.",
  input: z.object({ config: configFlag }),
  output: shownKeySchema,
  async *run({ config }) {
    const { keys } = await deskOf(config);
    yield* (await keys.list()).map(shownKey);
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
  output: shownKeySchema,
  run: async ({ id, config }) => endKey(id, await deskOf(config)),
});

async function deskOf(path: string | undefined): Promise<KeyDesk> {
  const { keys_file, audit_file } = await readConfig(path);
  const now = () => new Date();
  return { keys: createKeyStore(keys_file), audit: createAudit(audit_file, { now }), now };
}
