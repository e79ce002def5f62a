import { existsSync } from "node:fs";
import { appendFile, mkdir, readFile, rm, truncate } from "node:fs/promises";
import { dirname, join } from "node:path";
import { errors } from "../errors.ts";
import { type Checkpoint, readCheckpoint, writeCheckpoint } from "./checkpoint.ts";
import type { TrainingEvent } from "./events.ts";
import type { LoadedRecipe } from "./recipe.ts";
import { writeWhole } from "./write-whole.ts";

/** The folder of one run; everything in it but the checkpoint can be read without Fovea. */
export interface RunFolder {
  readonly path: string;
  /** Where a run that was started before stands; undefined for a new one. */
  readonly checkpoint: Checkpoint | undefined;
  /** Appends to events.jsonl. */
  log(event: TrainingEvent): Promise<void>;
  save(checkpoint: Checkpoint): Promise<string>;
  /** Writes a file whole or not at all. */
  write(name: string, data: string | Uint8Array): Promise<string>;
}

export interface OpenRunOptions {
  readonly start: "auto" | "resume" | "fresh";
  readonly threads: number;
}

const CHECKPOINT = "checkpoint.bin";

/**
 * Opens the folder of a run to start or go on; refuses to go on with another recipe or thread count, since the result would differ,
 * and to repeat a run whose model is written.
 */
export async function openRun(
  path: string,
  { text, sha256, recipe }: LoadedRecipe,
  { start, threads }: OpenRunOptions,
): Promise<RunFolder> {
  const inFolder = (name: string) => join(path, name);
  const model = inFolder(`${recipe.name}.onnx`);
  const log = inFolder("events.jsonl");
  if (start !== "resume") {
    await mkdir(path, { recursive: true }).catch((cause: Error) => {
      throw errors["run-folder"]({ run: path, detail: cause.message }, { cause });
    });
  }
  if (start === "fresh") {
    // the model last: as long as it is there, nothing is trained into this folder by accident
    const made = [inFolder(CHECKPOINT), log, inFolder("predictions"), inFolder("metrics.json"), model];
    for (const file of made) await rm(file, { force: true, recursive: true });
  }
  const checkpoint = await readCheckpoint(inFolder(CHECKPOINT));
  if (!checkpoint && start === "resume") throw errors["run-missing"]({ run: path });
  if (checkpoint && checkpoint.recipe !== sha256) throw errors["run-changed"]({ run: path, what: "recipe" });
  if (checkpoint && checkpoint.threads !== threads)
    throw errors["run-changed"]({ run: path, what: `number of threads (${checkpoint.threads})` });
  if (existsSync(model)) throw errors["run-finished"]({ run: path });
  const write = async (name: string, data: string | Uint8Array) => {
    await mkdir(dirname(inFolder(name)), { recursive: true });
    await writeWhole(inFolder(name), [data]);
    return inFolder(name);
  };
  await endLastLine(log);
  if (!checkpoint) await write("recipe.yaml", text);
  return {
    path,
    checkpoint,
    write,
    log: (event) => appendFile(log, `${JSON.stringify(event)}\n`),
    async save(state) {
      await writeCheckpoint(inFolder(CHECKPOINT), state);
      return inFolder(CHECKPOINT);
    },
  };
}

/** Drops a last line that a crash has cut short, so that every line of the log stays whole. */
async function endLastLine(path: string): Promise<void> {
  if (!existsSync(path)) return;
  const bytes = await readFile(path);
  const end = bytes.lastIndexOf("\n") + 1;
  if (end < bytes.length) await truncate(path, end);
}
