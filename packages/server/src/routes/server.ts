import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { z } from "zod";
import { purposes } from "../config/config.ts";
import { errors } from "../errors.ts";
import { isLoopback } from "../security/hosts.ts";
import { emotionNames } from "../security/purpose.ts";
import { json, type Route } from "./route.ts";

const shared = { method: "get", tag: "server", scope: null } as const;

/** Where the example lies in the repository; a server that was installed otherwise has none. */
const EXAMPLE = "examples/astronaut.jpg";
const examplePath = fileURLToPath(new URL(`../../../../${EXAMPLE}`, import.meta.url));

const limit = z.int();
const serverSchema = z.object({
  name: z.literal("fovea"),
  version: z.string(),
  purpose: z.enum(purposes).describe("what the server is for"),
  withheld: z
    .object({ names: z.array(z.string()), code: z.string(), help: z.string() })
    .nullable()
    .describe("readings that are told to nobody here by the purpose, and why; null: none"),
  keys: z.object({
    needed: z.boolean().describe("whether requests need a key"),
    first: z.boolean().describe("whether the first key can be made by POST /v1/keys, which then needs none"),
  }),
  training: z.object({
    pictures: z.boolean().describe("whether uploaded pictures are trained on, POST /v1/datasets"),
    recipes: z.boolean().describe("whether there are data sets for recipes"),
    keep_days: limit.nullable().describe("days that uploaded pictures are kept; null: until they are deleted"),
  }),
  limits: z
    .object({
      body_bytes: limit.describe("of one request"),
      pixels: limit.describe("of one picture"),
      faces: limit.describe("in one picture"),
      files: limit.describe("in one request"),
      requests_per_minute: limit.describe("of one key"),
      deadline_ms: limit.describe("until a request is answered with 504"),
      pictures: limit.describe("in one set of uploaded pictures"),
      pictures_bytes: limit.describe("of the pictures in one set"),
    })
    .describe("as the configuration says"),
  example: z
    .object({
      url: z.string().describe("where the server hands it out"),
      file: z.string().describe("where it lies in the repository"),
    })
    .nullable()
    .describe("a photograph with one face to try things on; null: none is there"),
});

/** What has to be known of a server before anything is asked of it. */
export const serverRoute: Route = {
  ...shared,
  path: "/v1/server",
  summary: "Tell what the server is for, what it withholds, whether it needs a key, and its limits.",
  responses: { 200: { description: "The server.", content: { "application/json": serverSchema } } },
  async handle(_request, { config, keys, purpose, version }) {
    const names = purpose.refused([...emotionNames]);
    const { code, help } = errors["purpose-refused"]({ names, purpose: purpose.purpose });
    const { limits, inference, datasets, data_folder, host } = config;
    const isFirst = isLoopback(host) && (await keys.list()).length === 0;
    const told: z.output<typeof serverSchema> = {
      name: "fovea",
      version,
      purpose: purpose.purpose,
      withheld: names.length === 0 ? null : { names: [...names], code, help },
      keys: { needed: !isFirst, first: isFirst },
      training: { pictures: true, recipes: data_folder !== undefined, keep_days: datasets.keep_days ?? null },
      limits: {
        body_bytes: limits.body_bytes,
        pixels: limits.pixels,
        faces: limits.faces,
        files: limits.files,
        requests_per_minute: limits.requests_per_minute,
        deadline_ms: inference.deadline_ms,
        pictures: datasets.pictures,
        pictures_bytes: datasets.bytes,
      },
      example: existsSync(examplePath) ? { url: exampleRoute.path, file: EXAMPLE } : null,
    };
    return json(told);
  },
};

/** A photograph to try things on: of the public domain, with one face. */
export const exampleRoute: Route = {
  ...shared,
  path: "/v1/server/example.jpg",
  summary: "Hand out a photograph with one face to try things on.",
  responses: { 200: { description: "The photograph.", content: { "image/jpeg": "binary" } } },
  async handle() {
    const bytes = await readFile(examplePath).catch(() => undefined);
    if (bytes === undefined) throw errors["unknown-route"]({ method: "GET", path: exampleRoute.path });
    return new Response(new Uint8Array(bytes), {
      headers: { "content-type": "image/jpeg", "cache-control": "no-cache" },
    });
  },
};
