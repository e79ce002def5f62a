import { existsSync } from "node:fs";
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { errors } from "../errors.ts";

/** Runs stand in a folder, or in folders of it: runs/NAME, runs/NAME/ID. */
const DEPTH = 2;

/** Folders with the log of a run in `folder`, itself among them, by name. */
export async function findRuns(folder: string, depth = DEPTH): Promise<readonly string[]> {
  if (existsSync(join(folder, "events.jsonl"))) return [folder];
  const entries = await readdir(folder, { withFileTypes: true }).catch((cause: NodeJS.ErrnoException) => {
    if (cause.code === "ENOENT") throw errors["missing-file"]({ path: folder }, { cause });
    throw errors["unreadable-file"]({ path: folder, reason: cause.message }, { cause });
  });
  if (depth === 0) return [];
  const names = entries.filter((entry) => entry.isDirectory() && !entry.name.startsWith(".")).map(({ name }) => name);
  const found: string[] = [];
  for (const name of names.sort()) found.push(...(await findRuns(join(folder, name), depth - 1)));
  return found;
}
