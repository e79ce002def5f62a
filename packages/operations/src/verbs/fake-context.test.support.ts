import type { Context, Parts } from "../context.ts";
import { createModelStore, type ModelFolder } from "../models/store.ts";
import { nodeParts } from "../node/parts.ts";

/** A context whose parts are given, whose clock ticks 5 ms a look, with progress collected. */
export function fakeContext({
  parts = {},
  folders = [],
  signal = new AbortController().signal,
  cacheFolder = "/nonexistent/cache",
}: {
  parts?: Partial<Parts>;
  folders?: readonly ModelFolder[];
  signal?: AbortSignal;
  cacheFolder?: string;
} = {}): Context & { readonly reported: { done: number; total?: number }[] } {
  const reported: { done: number; total?: number }[] = [];
  let time = 0;
  return {
    parts: { ...nodeParts, ...parts },
    models: (folder) =>
      createModelStore(folder === undefined ? folders : [{ path: folder, origin: "named" }, ...folders]),
    cacheFolder,
    stdin: (async function* () {})(),
    signal,
    progress: (progress) => reported.push(progress),
    now: () => (time += 5),
    reported,
  };
}
