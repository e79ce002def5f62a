import { readRunFile } from "#run-folder";
import type { ModelCard } from "../model/card.ts";
import { probabilitiesOf } from "../tasks/classification.ts";
import type { TrainingEvent } from "./events.ts";
import { predictionsName } from "./predictions-file.ts";
import { runFiles } from "./run-files.ts";

/** What a model says of an example that was held out of its training. */
export interface HeldOutExample {
  /** Place of its class among the classes, from 0. */
  readonly class: number;
  /** Its place among the examples of its class, from 0. */
  readonly at: number;
  /** Of each class, 0 to 1, with the card's temperature; of logits that were kept to four digits. */
  readonly probabilities: readonly number[];
}

/** A file of predictions, by task. */
type Predictions = Readonly<Record<string, { readonly ids: readonly string[]; readonly outputs: readonly number[][] }>>;

/**
 * The examples that were held out and what the finished model says of them, as the last validation of its run found; empty where the
 * run keeps none. Examples are named "SET/CLASS/PLACE".
 */
export async function readHeldOut(
  run: string,
  { tasks }: Pick<ModelCard, "tasks">,
): Promise<readonly HeldOutExample[]> {
  const [task] = tasks;
  const log = await readRunFile(run, runFiles.log);
  const epoch = log && lastValidated(new TextDecoder().decode(log));
  const file = epoch && (await readRunFile(run, predictionsName(epoch)));
  if (!file || task?.kind !== "classification") return [];
  const predicted = (JSON.parse(new TextDecoder().decode(file)) as Predictions)[task.name];
  return (predicted?.ids ?? []).map((id, index) => {
    const [at, own] = id.split("/").reverse().map(Number);
    return { class: own!, at: at!, probabilities: probabilitiesOf(predicted!.outputs[index]!, task) };
  });
}

/** The last epoch with a validation, by the log of a run. */
function lastValidated(log: string): number | undefined {
  const events = log
    .split("\n")
    .filter((line) => line.includes('"epoch"'))
    .map((line) => JSON.parse(line) as TrainingEvent);
  const last = events.findLast((event) => event.type === "epoch" && Object.keys(event.metrics).length > 0);
  return last?.type === "epoch" ? last.epoch : undefined;
}
