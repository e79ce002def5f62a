import { appendFile, mkdir, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { errors } from "../errors.ts";
import { type Checkpoint, readCheckpoint, writeCheckpoint } from "./checkpoint.ts";
import type { TrainingEvent } from "./events.ts";
import type { LoadedRecipe } from "./recipe.ts";

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

/** Opens the folder of a run to start or go on; refuses to go on with another recipe or thread count, since the result would differ. */
export async function openRun(path: string, { text, sha256, recipe }: LoadedRecipe, { start, threads }: OpenRunOptions): Promise<RunFolder> {
  await mkdir(path, { recursive: true });
  const inFolder = (name: string) => join(path, name);
  if (start === "fresh") for (const name of [CHECKPOINT, "events.jsonl", "metrics.json", `${recipe.name}.onnx`]) await rm(inFolder(name), { force: true });
  const checkpoint = await readCheckpoint(inFolder(CHECKPOINT));
  if (!checkpoint && start === "resume") throw errors["run-missing"]({ run: path });
  if (checkpoint && checkpoint.recipe !== sha256) throw errors["run-changed"]({ run: path, what: "recipe" });
  if (checkpoint && checkpoint.threads !== threads) throw errors["run-changed"]({ run: path, what: `number of threads (${checkpoint.threads})` });
  const write = async (name: string, data: string | Uint8Array) => {
    const target = inFolder(name);
    await writeFile(`${target}.part`, data);
    await rename(`${target}.part`, target);
    return target;
  };
  if (!checkpoint) await write("recipe.yaml", text);
  return {
    path,
    checkpoint,
    write,
    log: (event) => appendFile(inFolder("events.jsonl"), `${JSON.stringify(event)}\n`),
    async save(state) {
      await writeCheckpoint(inFolder(CHECKPOINT), state);
      return inFolder(CHECKPOINT);
    },
  };
}
