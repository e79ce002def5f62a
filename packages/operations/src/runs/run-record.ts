import { readdir, readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import {
  type LoadedRecipe,
  type Measures,
  type Predicted,
  type PredictedBoxes,
  readBoxes,
  readRecipe,
  type TakenMoment,
  type TrainingDone,
  type TrainingEpoch,
  type TrainingEvent,
  type TrainingStart,
  type TrainingStep,
} from "@foveajs/vision";
import { errors } from "../errors.ts";

/** What the log of a run tells: each step and epoch once, as it was done last. */
export interface RunLog {
  readonly start: TrainingStart;
  readonly steps: readonly TrainingStep[];
  readonly epochs: readonly TrainingEpoch[];
  readonly done: TrainingDone | undefined;
  /** When the log was written to last, in milliseconds of the clock. */
  readonly changed: number;
}

/** What the model said of the validation samples after one epoch, by task. */
export interface Predictions {
  readonly samples: ReadonlyMap<string, Predicted>;
  /** Of detectors. */
  readonly boxes: ReadonlyMap<string, PredictedBoxes>;
}

/** All that the folder of a run holds but its weights. */
export interface RunRecord extends RunLog {
  readonly folder: string;
  readonly loaded: LoadedRecipe;
  /** What was measured of the finished model. */
  readonly metrics: Measures | undefined;
  /** Epochs whose predictions are kept, rising. */
  readonly predicted: readonly number[];
  readonly predictions: (epoch: number) => Promise<Predictions>;
  /** What was taken at the end, where the recipe chooses a moment. */
  readonly moment: TakenMoment | undefined;
}

/** Reads a run folder; one without a log, a recipe or a first line is none. */
export async function readRun(folder: string): Promise<RunRecord> {
  const log = await readRunLog(folder);
  const loaded = await readRecipe(join(folder, "recipe.yaml"));
  const [metrics, moment] = await Promise.all([
    readIfThere<Measures>(join(folder, "metrics.json")),
    readIfThere<TakenMoment>(join(folder, "moments.json")),
  ]);
  const files = await readdir(join(folder, "predictions")).catch((): string[] => []);
  const predicted = files.flatMap((name) => /^epoch-(\d+)\.json$/.exec(name)?.slice(1) ?? []).map(Number);
  return {
    ...log,
    folder,
    loaded,
    metrics,
    moment,
    // those of an epoch that is not in the log are of a validation that was cut short
    predicted: predicted.filter((epoch) => log.epochs.some((told) => told.epoch === epoch)).sort((a, b) => a - b),
    predictions: (epoch) =>
      readPredictions(join(folder, "predictions", `epoch-${String(epoch).padStart(3, "0")}.json`)),
  };
}

/** Reads events.jsonl alone. */
export async function readRunLog(folder: string): Promise<RunLog> {
  const path = join(folder, "events.jsonl");
  const text = await readFile(path, "utf8").catch((cause: Error) => {
    throw errors["no-run"]({ folder, reason: cause.message }, { cause });
  });
  const { mtimeMs } = await stat(path);
  // a line that is being written has no end yet
  const lines = text.slice(0, text.lastIndexOf("\n") + 1).split("\n");
  const events = lines.filter((line) => line !== "").map((line) => parsed<TrainingEvent>(line, path));
  const steps = new Map<number, TrainingStep>();
  const epochs = new Map<number, TrainingEpoch>();
  let [start, done]: [TrainingStart?, TrainingDone?] = [];
  for (const event of events) {
    if (event.type === "start") start = event;
    else if (event.type === "step") steps.set(event.step, event);
    else if (event.type === "epoch") epochs.set(event.epoch, event);
    else if (event.type === "done") done = event;
  }
  if (start === undefined) throw errors["no-run"]({ folder, reason: "its log has no start" });
  const inOrder = <Value>(values: ReadonlyMap<number, Value>) =>
    [...values].sort(([a], [b]) => a - b).map(([, value]) => value);
  return { start, steps: inOrder(steps), epochs: inOrder(epochs), done, changed: mtimeMs };
}

/** A task that is no detection, as it stands in a prediction file. */
interface SamplesText {
  readonly ids: readonly string[];
  readonly outputs: number[][];
  readonly targets: number[][][];
}

async function readPredictions(path: string): Promise<Predictions> {
  const tasks = parsed<Readonly<Record<string, object>>>(await readFile(path, "utf8"), path);
  const samples = new Map<string, Predicted>();
  const boxes = new Map<string, PredictedBoxes>();
  for (const [task, entry] of Object.entries(tasks)) {
    const found = readBoxes(entry);
    if (found) {
      boxes.set(task, found);
      continue;
    }
    const { ids, outputs, targets } = entry as SamplesText;
    samples.set(task, {
      ids,
      outputs: outputs.map((row) => Float32Array.from(row)),
      targets: targets.map((tensors) => tensors.map((values) => Float32Array.from(values))),
    });
  }
  return { samples, boxes };
}

const readIfThere = <Value>(path: string): Promise<Value | undefined> =>
  readFile(path, "utf8").then(
    (text) => parsed<Value>(text, path),
    () => undefined,
  );

function parsed<Value>(text: string, file: string): Value {
  try {
    return JSON.parse(text) as Value;
  } catch (cause) {
    throw errors["bad-run-file"]({ file, reason: (cause as Error).message }, { cause });
  }
}
