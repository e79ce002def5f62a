import { z } from "zod";
import { endKey, keyWishShape, madeKeySchema, makeKey, shownKey, shownKeySchema } from "../security/key-actions.ts";
import { checkJson } from "./check.ts";
import { json, type Route, type RouteRequest } from "./route.ts";

const shared = { tag: "keys", scope: "keys" } as const;
const wishSchema = z.strictObject(keyWishShape);
const askerOf = ({ id, key }: RouteRequest) => ({ request: id, by: key?.id ?? null });

/** Lists keys, as `fovea keys list`. */
export const keysRoute: Route = {
  ...shared,
  method: "get",
  path: "/v1/keys",
  summary: "List the API keys: what each may do and until when.",
  responses: {
    200: {
      description: "All keys, those that may no longer be used too.",
      content: { "application/json": z.object({ keys: z.array(shownKeySchema) }) },
    },
  },
  handle: async (_request, { keys }) => json({ keys: (await keys.list()).map(shownKey) }),
};

/** Makes a key, as `fovea keys create`. */
export const createKeyRoute: Route = {
  ...shared,
  method: "post",
  path: "/v1/keys",
  summary: "Make an API key; it is told this once and stored as a hash.",
  description:
    "Whose key has the scope `keys` makes keys for anything. While there is no key at all and the server listens on loopback " +
    "only, the first one is made without: it has to have the scope `keys` or `all`. From then on every request needs a key.",
  body: { "application/json": wishSchema },
  responses: { 201: { description: "The key.", content: { "application/json": madeKeySchema } } },
  async handle(request, services) {
    const made = await makeKey(checkJson(wishSchema, await request.body()), services, askerOf(request));
    return json(made, { status: 201, headers: { location: `/v1/keys/${made.id}` } });
  },
};

/** Ends a key, as `fovea keys revoke`. */
export const revokeKeyRoute: Route = {
  ...shared,
  method: "delete",
  path: "/v1/keys/{id}",
  summary: "Revoke an API key; all processes refuse it at once.",
  description:
    "It stays in the list. Where the last key with the scope `keys` is revoked, `fovea keys create` makes the next.",
  params: z.object({ id: z.string().max(100).describe("id of a key") }),
  responses: { 200: { description: "The key as it was.", content: { "application/json": shownKeySchema } } },
  handle: async (request, services) => json(await endKey(request.params.id!, services, askerOf(request))),
};
