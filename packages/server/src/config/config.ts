import { readFile } from "node:fs/promises";
import { homedir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { parse } from "yaml";
import { z } from "zod";
import { errors } from "../errors.ts";

const count = (preset: number) => z.int().min(1).default(preset);
const file = z.string().min(1).optional();

/** What a server may be for; `workplace` and `education` refuse to tell emotions. */
export const purposes = ["personal", "research", "product", "safety", "workplace", "education"] as const;

const groundSchema = z.strictObject({
  basis: z.enum(["medical", "safety"]).describe("the exceptions of AI Act, Art. 5(1)(f)"),
  statement: z.string().min(20).describe("why emotions are inferred, and who is affected"),
  responsible: z.string().min(1).describe("who answers for it"),
  date: z.iso.date().describe("when it was recorded"),
});

/** Where a model runs, as a card may name it too. */
export const placeSchema = z.strictObject({
  url: z.url({ protocol: /^https?$/ }).describe("of the server, without /v2"),
  model: z.string().min(1).optional().describe("its name there; the same as here when absent"),
});

const remoteSchema = placeSchema.extend({
  timeout_ms: count(10_000).describe("for one run"),
  headers: z.record(z.string(), z.string()).default({}).describe("sent along, such as Authorization"),
});

/** Everything that can be set of a server. */
export const configSchema = z.strictObject({
  host: z.string().min(1).default("127.0.0.1").describe("address to listen on; other than loopback needs a key"),
  port: z.int().min(0).max(65535).default(8700).describe("0 takes any that is free"),
  purpose: z.enum(purposes).default("personal").describe("what the server is for"),
  grounds: z.array(groundSchema).default([]).describe("medical or safety grounds for telling emotions"),
  hosts: z.array(z.string()).default([]).describe("names in the Host header, besides loopback and `host`"),
  cors_origins: z.array(z.string()).default([]).describe("origins of pages that may ask, such as https://app.example"),
  models: file.describe("folder with .onnx models, looked through before the usual ones"),
  data_folder: file.describe("folder that holds the data sets' folders, for training and evaluation"),
  state_folder: file.describe(
    "where jobs, uploaded pictures, keys and the audit log are kept; ~/.local/state/fovea when absent",
  ),
  keys_file: file.describe("hashed API keys; keys.json in the state folder when absent"),
  audit_file: file.describe("append-only; audit.jsonl in the state folder when absent"),
  console_folder: file.describe("static files served at /; those of the console when absent"),
  log: z.enum(["silent", "error", "info"]).default("info").describe("JSON lines on standard error"),
  limits: z
    .strictObject({
      body_bytes: count(32 * 1024 * 1024).describe("of one request"),
      memory_bytes: count(512 * 1024 * 1024).describe("of the bodies of all requests that are being answered"),
      pixels: count(40_000_000).describe("of one picture; read from its header, before it is decoded"),
      faces: count(500).describe("in one picture"),
      files: count(16).describe("in one request"),
      requests_per_minute: count(600).describe("of one key, or of one address where there are no keys"),
      upload_ms: count(60_000).describe("until all of a request has come"),
    })
    .prefault({}),
  inference: z
    .strictObject({
      workers: z
        .int()
        .min(1)
        .optional()
        .describe("threads that decode and run models; one a core and 4 at most when absent"),
      threads: z
        .int()
        .min(1)
        .optional()
        .describe("of computation in each; the cores divided by the workers when absent"),
      queue: count(64).describe("pictures and tensors that may wait; more are refused with 429"),
      batch: count(8).describe("most of these that are handed to a worker at once"),
      delay_ms: z
        .int()
        .min(0)
        .max(1000)
        .default(0)
        .describe("how long a batch waits to be filled while a worker is free"),
      deadline_ms: count(30_000).describe("until a request is answered with 504"),
    })
    .prefault({}),
  remotes: z
    .record(z.string(), remoteSchema)
    .default({})
    .describe("models, by name, that run on another server of the Open Inference Protocol"),
  card_remotes: z
    .record(z.url({ protocol: /^https?$/ }), remoteSchema.pick({ timeout_ms: true, headers: true }))
    .default({})
    .describe("servers, by URL, at which models run whose cards name them; other cards that name one are refused"),
  jobs: z
    .strictObject({
      parallel: z.int().min(0).default(1).describe("trainings at once; 0 leaves them to other processes"),
      waiting: count(32).describe("jobs that may wait"),
      threads: z.int().min(1).optional().describe("of computation; as many as there are cores when absent"),
    })
    .prefault({}),
  datasets: z
    .strictObject({
      keep_days: z
        .int()
        .min(1)
        .max(3650)
        .optional()
        .describe("days after which uploaded pictures are deleted by themselves; only when asked for when absent"),
      count: count(100).describe("sets of uploaded pictures"),
      pictures: count(20_000).describe("in one set"),
      bytes: count(2 * 1024 ** 3).describe("of the pictures in one set"),
    })
    .prefault({}),
  drain_ms: z
    .int()
    .min(0)
    .default(500)
    .describe("how long requests are still taken on after the signal to stop, while `ready` says no"),
  shutdown_ms: count(30_000).describe("how long accepted work may take after the signal to stop"),
});

type Settings = z.output<typeof configSchema>;

/** Settings with every place settled. */
export interface Config extends Settings {
  readonly state_folder: string;
  readonly keys_file: string;
  readonly audit_file: string;
}

export type Limits = Config["limits"];
export type Remote = z.output<typeof remoteSchema>;
export type Ground = z.output<typeof groundSchema>;

/** Reads a YAML file of settings; paths in it start from its folder. Without a file all is as the defaults say. */
export async function readConfig(
  path: string | undefined,
  {
    env = process.env,
    overrides = {},
  }: { env?: Readonly<Record<string, string | undefined>>; overrides?: object } = {},
): Promise<Config> {
  const text = path === undefined ? "" : await readText(path);
  let given: unknown;
  try {
    given = parse(text) ?? {};
  } catch (cause) {
    throw errors["bad-config"]({ path: path ?? "settings", issues: [(cause as Error).message] }, { cause });
  }
  const isMap = typeof given === "object" && given !== null && !Array.isArray(given);
  const checked = configSchema.safeParse(isMap ? { ...(given as object), ...overrides } : given);
  if (!checked.success) {
    const issues = checked.error.issues.map((issue) => `${issue.path.join(".") || "settings"}: ${issue.message}`);
    throw errors["bad-config"]({ path: path ?? "settings", issues });
  }
  return settle(checked.data, { folder: path === undefined ? process.cwd() : dirname(resolve(path)), env });
}

function settle(
  settings: Settings,
  { folder, env }: { folder: string; env: Readonly<Record<string, string | undefined>> },
): Config {
  const { state_folder, keys_file, audit_file, models, data_folder, console_folder, ...rest } = settings;
  const usual = join(env.XDG_STATE_HOME || join(homedir(), ".local", "state"), "fovea");
  const state = state_folder === undefined ? usual : resolve(folder, state_folder);
  return {
    ...rest,
    state_folder: state,
    keys_file: keys_file === undefined ? join(state, "keys.json") : resolve(folder, keys_file),
    audit_file: audit_file === undefined ? join(state, "audit.jsonl") : resolve(folder, audit_file),
    ...(models === undefined ? {} : { models: resolve(folder, models) }),
    ...(data_folder === undefined ? {} : { data_folder: resolve(folder, data_folder) }),
    ...(console_folder === undefined ? {} : { console_folder: resolve(folder, console_folder) }),
  };
}

const readText = (path: string): Promise<string> =>
  readFile(path, "utf8").catch((cause: unknown) => {
    throw errors["missing-config"]({ path }, { cause });
  });
