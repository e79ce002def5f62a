import { createBuilder, createSession, probeTarget } from "@foveajs/graph";
import { sha256, usableThreads } from "#host";
import { readRunFile, removeRunFiles, writeRunFile } from "#run-folder";
import type { Dataset } from "../data/types.ts";
import { errors } from "../errors.ts";
import type { ModelCard } from "../model/card.ts";
import { readModelCard } from "../model/load.ts";
import { AT_HAND } from "./data-places.ts";
import type { Measures, TrainingEvent } from "./events.ts";
import {
  datasetOf,
  decodeExamples,
  type ExampleSource,
  type Examples,
  encodeExamples,
  readExamples,
} from "./examples.ts";
import { type HeldOutExample, readHeldOut } from "./held-out.ts";
import type { Measurers } from "./measure.ts";
import { proposeFor } from "./propose/propose-for.ts";
import { commandOf } from "./propose/recipe-text.ts";
import { type LoadedRecipe, parseRecipe } from "./recipe.ts";
import { madeFiles, runFiles } from "./run-files.ts";
import { trainAtHand } from "./train-at-hand.ts";

export interface TrainInMemoryOptions {
  /** Examples by class, two classes at least; absent: those that the run was started with. */
  readonly classes?: Readonly<Record<string, readonly ExampleSource[]>>;
  /** How long all may take; a run that goes on keeps what it was started with. */
  readonly minutes?: number;
  /** Name of the model: small letters, digits and hyphens. */
  readonly name?: string;
  /** Where the run is kept; runs/NAME unless told. */
  readonly run?: string;
  /** Threads inside an operator; what the host has unless told. A run goes on with as many as it was started with. */
  readonly threads?: number;
  /** Whether pictures may be mirrored; absent: as the data suggest. */
  readonly flip?: boolean;
  /** `auto`: goes on with a run of the same examples that was interrupted, else starts anew. */
  readonly start?: "auto" | "resume" | "fresh";
  /** How validation becomes numbers; the share of right answers unless told. */
  readonly measurers?: Measurers;
  /** Least seconds that the pace is measured at a size; 2 unless told. */
  readonly paceSeconds?: number;
  readonly onEvent?: (event: TrainingEvent) => void;
  /** Stops: the state is saved first, and the same call goes on from it. */
  readonly signal?: AbortSignal;
}

/** A model that was trained in memory. */
export interface TrainedModel {
  /** The .onnx file with its card: `loadModel` opens it, in Node too. */
  readonly bytes: Uint8Array;
  readonly sha256: string;
  readonly card: ModelCard;
  readonly metrics: Measures;
  /** What it says of the examples that were held out of its training. */
  readonly heldOut: readonly HeldOutExample[];
}

const EXAMPLES = "examples.bin";
/** Steps at this side take a part of a second even in a page with one thread, so that the measure of the pace leaves time to train. */
const FIRST_SIDE = 32;

/**
 * Trains a classifier on pictures in memory, with a recipe that suits them and the time, in Node or in a page. The run is kept (in a page
 * in its own database, in Node in the folder runs/NAME) with its examples, so that it goes on after a reload, bit for bit as if it had
 * not been interrupted; a run that has ended gives its model again.
 */
export async function trainInMemory({
  classes,
  minutes = 3,
  name = "examples",
  run = runOf(name),
  threads = usableThreads(),
  flip,
  start = "auto",
  measurers = onlyAccuracy,
  paceSeconds = 2,
  onEvent = () => {},
  signal = new AbortController().signal,
}: TrainInMemoryOptions): Promise<TrainedModel> {
  const given = classes && (await readExamples(classes, { signal }));
  const kept = start === "fresh" ? undefined : await readKept(run, name);
  const examples = given ?? kept?.examples;
  if (!examples || (start === "resume" && !kept)) throw errors["run-missing"]({ run });
  const encoded = encodeExamples(examples);
  const command = `--examples ${sha256(encoded).slice(0, 16)}`;
  const isSame = kept !== undefined && commandOf(kept.loaded.text) === command;
  if (kept && !isSame && start === "resume") throw errors["run-changed"]({ run, what: "set of examples" });
  if (isSame && kept.model) return trained(kept.model, { name, run });
  const dataset = datasetOf(name, examples);
  const loaded = isSame
    ? kept.loaded
    : await proposed(dataset, run, { minutes, flip, threads, paceSeconds, command, onEvent, signal });
  // of other examples: they go first, so that they never stand beside a recipe that is not theirs
  if (!isSame) await removeRunFiles(run, [EXAMPLES]);
  // where no examples are kept, a run that stands there is another's, and it is not written into
  const opening = start === "fresh" || (kept && !isSame) ? "fresh" : "auto";
  const events = trainAtHand(loaded, { datasets: [dataset], run, start: opening, threads, signal, measurers });
  for await (const event of events) {
    if (event.type === "start" && !isSame) await writeRunFile(run, EXAMPLES, encoded);
    onEvent(event);
  }
  return trained((await readRunFile(run, `${name}.onnx`))!, { name, run });
}

/** Which run is meant, as `trainInMemory` was told. */
export type RunName = Pick<TrainInMemoryOptions, "name" | "run">;

/** A run that is kept. */
export interface StoredRun {
  readonly examples: Examples;
  readonly isFinished: boolean;
}

/** The examples of a run that is kept, and whether its model is made; undefined where there is none. */
export async function storedExamples({
  name = "examples",
  run = runOf(name),
}: RunName = {}): Promise<StoredRun | undefined> {
  const kept = await readKept(run, name);
  return kept && { examples: kept.examples, isFinished: kept.model !== undefined };
}

/** Removes a run with its examples and its model. */
export async function forgetExamples({ name = "examples", run = runOf(name) }: RunName = {}): Promise<void> {
  await removeRunFiles(run, [EXAMPLES, runFiles.recipe, ...madeFiles(name)]);
}

const runOf = (name: string): string => `runs/${name}`;

interface Kept {
  readonly loaded: LoadedRecipe;
  readonly examples: Examples;
  readonly model: Uint8Array | undefined;
}

async function readKept(path: string, name: string): Promise<Kept | undefined> {
  const [recipe, examples, model] = await Promise.all(
    [runFiles.recipe, EXAMPLES, `${name}.onnx`].map((file) => readRunFile(path, file)),
  );
  // written last before the first step: without it nothing is lost
  if (!recipe || !examples) return undefined;
  return {
    loaded: parseRecipe(new TextDecoder().decode(recipe), `${path}/${runFiles.recipe}`),
    examples: decodeExamples(examples, `${path}/${EXAMPLES}`),
    model,
  };
}

async function trained(bytes: Uint8Array, { name, run }: Required<RunName>): Promise<TrainedModel> {
  const card = readModelCard(bytes, `${name}.onnx`);
  const metrics = Object.fromEntries(card.results.map(({ metric, value }) => [metric, value]));
  return { bytes, sha256: sha256(bytes), card, metrics, heldOut: await readHeldOut(run, card) };
}

interface ProposedOptions
  extends Required<Pick<TrainInMemoryOptions, "minutes" | "threads" | "paceSeconds" | "onEvent" | "signal">> {
  readonly flip: boolean | undefined;
  readonly command: string;
}

async function proposed(
  dataset: Dataset,
  run: string,
  { minutes, flip, onEvent, ...options }: ProposedOptions,
): Promise<LoadedRecipe> {
  const begun = performance.now();
  const { name } = dataset;
  await probeTarget();
  const sessionSeconds = await secondsToOpen();
  const { loaded, notes, skipped } = await proposeFor(
    {
      name,
      data: { spec: { reader: AT_HAND, folder: name, options: {} }, dataset, groupBy: undefined, hasBoxes: false },
      pictures: name,
      flip,
      minutes: minutes - (performance.now() - begun) / 60_000,
    },
    { ...options, dataFolders: [dataset], sessionSeconds, firstSide: FIRST_SIDE, sizeOf: dataset.load },
  );
  onEvent({ type: "proposal", recipe: `${run}/${runFiles.recipe}`, notes, skipped });
  return loaded;
}

/** How often the opening of a session is timed. */
const OPENINGS = 3;

/**
 * Seconds that a session takes to open; a page loads the runtime anew for each. The least of three: a plan counts many sessions, and one
 * that was slow because the machine was busy elsewhere would take the time of the training.
 */
async function secondsToOpen(): Promise<number> {
  const build = createBuilder();
  build.output(build.neg(build.scalar(1)), "y");
  const graph = build.build();
  let least = Number.POSITIVE_INFINITY;
  for (let opening = 0; opening < OPENINGS; opening++) {
    const begun = performance.now();
    await (await createSession(graph, { threads: 1 })).dispose();
    least = Math.min(least, (performance.now() - begun) / 1000);
  }
  return least;
}

const indexOfLargest = (row: Float32Array): number => row.indexOf(Math.max(...row));

/** The share of right answers of a classification; other kinds of tasks do not come of examples by class. */
const onlyAccuracy: Measurers = {
  classification: ({ outputs, targets }) => ({
    accuracy:
      outputs.filter((row, index) => indexOfLargest(row) === indexOfLargest(targets[index]![0]!)).length /
      outputs.length,
  }),
  detection: () => ({}),
  landmarks: () => ({}),
  multilabel: () => ({}),
  ordinal: () => ({}),
  regression: () => ({}),
};
