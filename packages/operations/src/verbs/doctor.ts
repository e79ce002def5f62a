import { mkdir, rm, writeFile } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { asFoveaError } from "@foveajs/errors";
import { z } from "zod";
import type { Context, Machine, Runtime } from "../context.ts";
import { hashFile, readChecksums } from "../models/store.ts";
import { operation } from "../operation.ts";
import { modelsFolder } from "./schemas.ts";

const checkSchema = z.object({
  name: z.string(),
  status: z.enum(["ok", "optional", "broken"]).describe("optional: absent, and nothing needs it"),
  found: z.string(),
  help: z.string().optional().describe("the command that mends it"),
});

export type Check = z.output<typeof checkSchema>;

const reportSchema = z.object({
  node: z.string(),
  platform: z.string(),
  cpu: z.string(),
  cores: z.int(),
  memory_bytes: z.number(),
  free_memory_bytes: z.number(),
  onnxruntime: z.string().nullable(),
  providers: z.array(z.object({ name: z.string(), bundled: z.boolean() })),
  device: z.string().nullable().describe("what computes"),
  models: z.array(z.object({ name: z.string(), path: z.string(), size_bytes: z.int(), sha256: z.string() })),
  checks: z.array(checkSchema),
});

export type DoctorReport = z.output<typeof reportSchema>;

/** Tells what this machine has, what computes, and what is missing, with the command that mends it. */
export const doctor = operation({
  name: "doctor",
  summary: "Tell what this machine has, what is missing, and the command that mends it.",
  input: z.object({ models: modelsFolder }),
  output: reportSchema,
  outcome: (report) => (report.checks.some((check) => check.status === "broken") ? "unmet" : "done"),
  async run(input, context) {
    const machine = context.parts.machine();
    const runtime = await attempt(() => context.parts.runtime());
    const listed = await listModels(context, input.models);
    const checks = [
      checkNode(machine),
      checkMemory(machine),
      checkRuntime(runtime),
      ...listed.checks,
      await checkCache(context.cacheFolder),
      checkSharp(await context.parts.optionalPackage("sharp")),
    ];
    return {
      node: machine.node,
      platform: machine.platform,
      cpu: machine.cpu,
      cores: machine.cores,
      memory_bytes: machine.memoryBytes,
      free_memory_bytes: machine.freeMemoryBytes,
      onnxruntime: runtime.value?.version ?? null,
      providers: runtime.value?.providers.map(({ name, bundled }) => ({ name, bundled })) ?? [],
      device: runtime.value?.device ?? null,
      models: listed.models,
      checks,
    };
  },
});

type Attempt<Value> =
  | { readonly value: Value; readonly error?: undefined }
  | { readonly value?: undefined; readonly error: Error };

async function attempt<Value>(run: () => Promise<Value>): Promise<Attempt<Value>> {
  try {
    return { value: await run() };
  } catch (thrown) {
    return { error: asFoveaError(thrown) };
  }
}

function checkNode({ node }: Machine): Check {
  const [major = 0, minor = 0] = node.split(".").map(Number);
  const isEnough = major > 20 || (major === 20 && minor >= 19);
  if (isEnough) return { name: "node", status: "ok", found: node };
  return { name: "node", status: "broken", found: `${node}, needed: 20.19 or newer`, help: "npx n 22" };
}

// Both models, the runtime and a 12-megapixel photo take less than this.
const smallestMemoryBytes = 512 * 1024 * 1024;

function checkMemory({ memoryBytes, freeMemoryBytes }: Machine): Check {
  const found = `${gigabytes(freeMemoryBytes)} of ${gigabytes(memoryBytes)} free`;
  if (freeMemoryBytes >= smallestMemoryBytes) return { name: "memory", status: "ok", found };
  return { name: "memory", status: "broken", found, help: "close other programs: Fovea needs half a GB" };
}

const gigabytes = (bytes: number): string => `${(bytes / 1024 ** 3).toFixed(1)} GB`;

function checkRuntime(runtime: Attempt<Runtime>): Check {
  if (runtime.error) return { name: "onnxruntime", status: "broken", found: runtime.error.message, help: "npm ci" };
  const { version, device, providers } = runtime.value;
  const names = providers.map(({ name, bundled }) => (bundled ? name : `${name} (not bundled)`));
  return { name: "onnxruntime", status: "ok", found: `${version} on ${device}; providers: ${names.join(", ")}` };
}

async function listModels(context: Context, folder: string | undefined) {
  const listed = await attempt(async () => {
    const files = await context.models(folder).list();
    return Promise.all(files.map(async (file) => ({ ...file, sha256: await hashFile(file.path) })));
  });
  if (listed.error) {
    return { models: [], checks: [{ name: "models", status: "broken", found: listed.error.message } satisfies Check] };
  }
  const models = listed.value.map(({ name, path, sizeBytes, sha256 }) => ({
    name,
    path,
    size_bytes: sizeBytes,
    sha256,
  }));
  const shipped = context.models().folders.filter(({ origin }) => origin === "shipped");
  const promised = await Promise.all(shipped.map(async ({ path }) => checkFolder(path, models)));
  const checks: Check[] = promised.flat();
  if (models.length === 0) {
    checks.push({
      name: "models",
      status: "broken",
      found: "none",
      help: `git checkout -- models, or fovea train recipes/NAME/recipe.yaml`,
    });
  }
  return { models, checks };
}

/** Compares a folder's models with its SHA256SUMS: each that is promised must be there and unchanged. */
async function checkFolder(folder: string, models: readonly { path: string; sha256: string }[]): Promise<Check[]> {
  const promised = await readChecksums(folder);
  return [...promised].map(([file, sha256]): Check => {
    const name = `model ${basename(file, ".onnx")}`;
    const found = models.find((model) => dirname(model.path) === folder && basename(model.path) === file);
    if (found?.sha256 === sha256) return { name, status: "ok", found: `sha256 ${sha256.slice(0, 12)} as shipped` };
    const path = join(folder, file);
    const help = `git checkout -- "${path}"`;
    if (!found) return { name, status: "broken", found: `${path} is missing`, help };
    return {
      name,
      status: "broken",
      found: `sha256 ${found.sha256.slice(0, 12)}, shipped: ${sha256.slice(0, 12)}`,
      help,
    };
  });
}

async function checkCache(folder: string): Promise<Check> {
  const probe = join(folder, `.write-test-${process.pid}`);
  try {
    await mkdir(folder, { recursive: true });
    await writeFile(probe, "");
    await rm(probe);
    return { name: "cache", status: "ok", found: `${folder} is writable` };
  } catch (thrown) {
    const help = `mkdir -p "${folder}" && chmod u+rwx "${folder}"`;
    return { name: "cache", status: "broken", found: (thrown as Error).message, help };
  }
}

const checkSharp = (version: string | undefined): Check =>
  version === undefined
    ? {
        name: "sharp",
        status: "optional",
        found: "not installed: CMYK is not read, and decoding is slower",
        help: "npm install sharp",
      }
    : { name: "sharp", status: "ok", found: version };
