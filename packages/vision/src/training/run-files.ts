import { errors } from "../errors.ts";
import type { Checkpoint } from "./checkpoint-bytes.ts";
import type { TrainingEvent } from "./events.ts";
import type { LoadedRecipe } from "./recipe.ts";

/** Where one run is kept: a folder in Node, the page's own database in a browser. Everything in it but the checkpoint can be read without Fovea. */
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
  /** "cpu" unless told. */
  readonly device?: string | undefined;
}

/** Names of the files of a run. */
export const runFiles = {
  checkpoint: "checkpoint.bin",
  log: "events.jsonl",
  recipe: "recipe.yaml",
  resolved: "resolved.yaml",
} as const;

/** Which epoch and which heads were taken, where the recipe chooses a moment. */
export const momentsName = "moments.json";

/** The model after an epoch, kept where the recipe chooses a moment. */
export const epochModelName = (epoch: number): string => `epochs/epoch-${String(epoch).padStart(3, "0")}.onnx`;

/**
 * Files that a training of this name makes in its run, in the order in which a fresh start removes them: the model last, since as long as it is
 * there, nothing is trained into this run by accident.
 */
export const madeFiles = (name: string): readonly string[] => [
  runFiles.checkpoint,
  runFiles.log,
  runFiles.resolved,
  "predictions",
  "epochs",
  momentsName,
  "metrics.json",
  "report.html",
  `${name}.onnx`,
];

/**
 * Refuses to go on with another recipe, thread count or device, since the result would differ, and to repeat a run whose model is written.
 */
export function mustGoOn(
  run: string,
  { checkpoint, isFinished }: { readonly checkpoint: Checkpoint | undefined; readonly isFinished: boolean },
  { sha256 }: Pick<LoadedRecipe, "sha256">,
  { start, threads, device = "cpu" }: OpenRunOptions,
): void {
  if (!checkpoint && start === "resume") throw errors["run-missing"]({ run });
  if (checkpoint && checkpoint.recipe !== sha256) throw errors["run-changed"]({ run, what: "recipe" });
  if (checkpoint && checkpoint.threads !== threads)
    throw errors["run-changed"]({ run, what: `number of threads (${checkpoint.threads})` });
  if (checkpoint && (checkpoint.device ?? "cpu") !== device)
    throw errors["run-changed"]({ run, what: `device (${checkpoint.device ?? "cpu"})` });
  if (isFinished) throw errors["run-finished"]({ run });
}
