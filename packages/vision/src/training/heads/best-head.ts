import type { TaskSpec } from "../../tasks/table.ts";
import type { InputSize } from "../../tasks/task.ts";
import { indexOfLeast } from "../course.ts";
import { halvesOf, joinedPredictions, type Predicted } from "../measure.ts";
import { openValidationLoss } from "../validation-loss.ts";
import type { TaughtFeatures } from "./features.ts";
import { fitHead, type HeadEpoch } from "./fit-head.ts";

/** A head that was fitted to the epoch that is best for its task. */
export interface BestHead {
  readonly epoch: HeadEpoch;
  /** What it says of the validation samples, by which the epoch was chosen. */
  readonly told: Predicted;
  /** The same, each half of the samples at the epoch that is best on the other; undefined where there is no other half. */
  readonly heldOut: Predicted | undefined;
}

export interface BestHeadOptions {
  readonly seed: number;
  readonly size: InputSize;
  readonly threads: number;
  readonly signal: AbortSignal;
}

/** Fits a task's head on features and takes its best epoch by the loss on the validation samples; the last one without any. */
export async function bestHead(
  task: TaskSpec,
  train: TaughtFeatures,
  valid: TaughtFeatures,
  options: BestHeadOptions,
): Promise<BestHead> {
  const epochs: HeadEpoch[] = [];
  for await (const epoch of fitHead(task, train, valid, options)) epochs.push(epoch);
  options.signal.throwIfAborted();
  const isJudged = valid.ids.length > 0;
  const epoch = isJudged ? epochs[indexOfLeast(epochs.map(({ validLoss }) => validLoss))]! : epochs.at(-1)!;
  const { ids, targets } = valid;
  const told: Predicted = { ids, outputs: epoch.outputs, targets };
  return { epoch, told, heldOut: await heldOutOf(task, epochs, told, options) };
}

async function heldOutOf(
  task: TaskSpec,
  epochs: readonly HeadEpoch[],
  told: Predicted,
  { size }: Pick<BestHeadOptions, "size">,
): Promise<Predicted | undefined> {
  if (told.ids.length < 2) return undefined;
  const byHalf = epochs.map((epoch) => halvesOf({ ...told, outputs: epoch.outputs }));
  const parts: Predicted[] = [];
  for (const [half, other] of [
    [0, 1],
    [1, 0],
  ] as const) {
    const judges = byHalf.map((halves) => halves[other]);
    const width = judges[0]!.outputs[0]!.length;
    const loss = await openValidationLoss(task, judges[0]!.targets, { width, size });
    const losses: number[] = [];
    for (const { outputs } of judges) losses.push(await loss.of(outputs));
    await loss.dispose();
    parts.push(byHalf[indexOfLeast(losses)]![half]);
  }
  return joinedPredictions(parts);
}
