import { homedir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import type { Context } from "../context.ts";
import { createModelStore, type ModelFolder } from "../models/store.ts";
import { nodeParts } from "./parts.ts";

/** What an edge adds to a context: where progress goes, and how the user stops. */
export interface ContextEdge extends Pick<Context, "signal" | "progress" | "onFailure"> {
  /** Absent: those of this package. */
  readonly parts?: Context["parts"];
  /** Folders of models; absent: the shipped ones and the user's cache. */
  readonly folders?: readonly ModelFolder[];
  readonly env?: Readonly<Record<string, string | undefined>>;
}

/** A context on this machine: shipped models, the user's cache, standard input and the real clock. */
export function createNodeContext({ parts = nodeParts, folders, env = process.env, ...edge }: ContextEdge): Context {
  const cacheFolder = join(env.XDG_CACHE_HOME || join(homedir(), ".cache"), "fovea");
  const usual: readonly ModelFolder[] = folders ?? [
    { path: shippedFolder, origin: "shipped" },
    { path: cacheFolder, origin: "user" },
  ];
  return {
    ...edge,
    parts,
    cacheFolder,
    models: (folder) =>
      createModelStore(folder === undefined ? usual : [{ path: resolve(folder), origin: "named" }, ...usual]),
    stdin: process.stdin,
    now: performance.now.bind(performance),
  };
}

/** models/ at the root of the repository: dist/node, package, packages, root. */
const shippedFolder = join(dirname(fileURLToPath(import.meta.url)), "..", "..", "..", "..", "models");
