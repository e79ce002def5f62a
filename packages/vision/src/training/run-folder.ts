import { existsSync } from "node:fs";
import { appendFile, mkdir, readFile, rm, truncate } from "node:fs/promises";
import { dirname, join } from "node:path";
import { errors } from "../errors.ts";
import { readCheckpoint, writeCheckpoint } from "./checkpoint.ts";
import type { LoadedRecipe } from "./recipe.ts";
import { madeFiles, mustGoOn, type OpenRunOptions, type RunFolder, runFiles } from "./run-files.ts";
import { writeWhole } from "./write-whole.ts";

/**
 * Opens the folder of a run to start or go on; refuses to go on with another recipe or thread count, since the result would differ,
 * and to repeat a run whose model is written.
 */
export async function openRun(path: string, loaded: LoadedRecipe, options: OpenRunOptions): Promise<RunFolder> {
  const { start } = options;
  const inFolder = (name: string) => join(path, name);
  const log = inFolder(runFiles.log);
  if (start !== "resume") {
    await mkdir(path, { recursive: true }).catch((cause: Error) => {
      throw errors["run-folder"]({ run: path, detail: cause.message }, { cause });
    });
  }
  if (start === "fresh") await removeRunFiles(path, madeFiles(loaded.recipe.name));
  const checkpoint = await readCheckpoint(inFolder(runFiles.checkpoint));
  mustGoOn(path, { checkpoint, isFinished: existsSync(inFolder(`${loaded.recipe.name}.onnx`)) }, loaded, options);
  const write = (name: string, data: string | Uint8Array) => writeRunFile(path, name, data);
  await endLastLine(log);
  if (!checkpoint) await write(runFiles.recipe, loaded.text);
  return {
    path,
    checkpoint,
    write,
    log: (event) => appendFile(log, `${JSON.stringify(event)}\n`),
    async save(state) {
      await writeCheckpoint(inFolder(runFiles.checkpoint), state);
      return inFolder(runFiles.checkpoint);
    },
  };
}

/** The bytes of a file of a run, undefined where it is not there. */
export const readRunFile = (path: string, name: string): Promise<Uint8Array | undefined> =>
  readFile(join(path, name)).catch((cause: NodeJS.ErrnoException) => {
    if (cause.code === "ENOENT" || cause.code === "ENOTDIR") return undefined;
    throw errors["run-folder"]({ run: path, detail: cause.message }, { cause });
  });

/** Writes a file of a run whole or not at all. */
export async function writeRunFile(path: string, name: string, data: string | Uint8Array): Promise<string> {
  const file = join(path, name);
  await mkdir(dirname(file), { recursive: true });
  await writeWhole(file, [data]);
  return file;
}

/** Removes files of a run, as far as they are there. */
export async function removeRunFiles(path: string, names: readonly string[]): Promise<void> {
  for (const name of names) await rm(join(path, name), { force: true, recursive: true });
}

/** Drops a last line that a crash has cut short, so that every line of the log stays whole. */
async function endLastLine(path: string): Promise<void> {
  if (!existsSync(path)) return;
  const bytes = await readFile(path);
  const end = bytes.lastIndexOf("\n") + 1;
  if (end < bytes.length) await truncate(path, end);
}
