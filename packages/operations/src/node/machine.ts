import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { availableParallelism, cpus, freemem, totalmem } from "node:os";
import { join } from "node:path";
import type { Machine } from "../context.ts";

/** This machine by node:os; cores are those that this process may use. */
export const readMachine = (): Machine => ({
  node: process.versions.node,
  platform: `${process.platform} ${process.arch}`,
  cpu: cpus()[0]?.model.trim() ?? "unknown",
  cores: availableParallelism(),
  memoryBytes: totalmem(),
  freeMemoryBytes: freemem(),
});

/** The version in a package's manifest; undefined where the package is not installed. The package is not loaded. */
export async function optionalPackage(name: string): Promise<string | undefined> {
  const folders = createRequire(import.meta.url).resolve.paths(name) ?? [];
  for (const folder of folders) {
    try {
      const manifest = await readFile(join(folder, name, "package.json"), "utf8");
      return (JSON.parse(manifest) as { version: string }).version;
    } catch {
      // Not in this folder: the next one may have it.
    }
  }
  return undefined;
}
