import { halvesOf } from "@foveajs/evaluation";
import {
  type DetectedSample,
  type Measures,
  type Predicted,
  type PredictedBoxes,
  type TaskSpec,
  validationLoss,
} from "@foveajs/vision";
import { measurers } from "../node/measurers.ts";
import { byTask, type MainMetric, mainMetric, mainValue } from "./metric-kinds.ts";
import type { Predictions, RunRecord } from "./run-record.ts";

/** What one epoch's predictions come to for one task. */
export interface MeasuredTask {
  readonly samples: number;
  /** The task's loss over them, before its weight; NaN for detectors, which have none on whole pictures. */
  readonly loss: number;
  readonly metrics: Measures;
  /** The same over each half of the samples. */
  readonly halves: readonly [Measures, Measures];
}

/** One task over the epochs of a run: a value for each of them, NaN where there is none. */
export interface TaskCourse {
  readonly task: TaskSpec;
  /** Labelled validation samples; 0 where no predictions are kept. */
  readonly samples: number;
  readonly trainingLoss: readonly number[];
  readonly validationLoss: readonly number[];
  /** Validation metrics by name. */
  readonly metrics: ReadonlyMap<string, readonly number[]>;
  readonly main: (MainMetric & Course) | undefined;
}

interface Course {
  readonly all: readonly number[];
  readonly halves: readonly [readonly number[], readonly number[]];
}

/** A run with what its predictions come to. */
export interface MeasuredRun {
  readonly record: RunRecord;
  readonly courses: readonly TaskCourse[];
  /** The last kept predictions. */
  readonly last: ({ readonly epoch: number } & Predictions) | undefined;
  /** Half of a validation sample by its name. */
  readonly isFirstHalf: (id: string) => boolean;
}

/** What was measured of epochs before, so that each is read once while a run goes on: by epoch, then task. */
export type MeasuredEpochs = Map<number, ReadonlyMap<string, MeasuredTask>>;

/** Measures every epoch whose predictions are kept; those in `known` are not read again, others are added to it. */
export async function measureRun(record: RunRecord, known: MeasuredEpochs = new Map()): Promise<MeasuredRun> {
  const { recipe } = record.loaded;
  const lastEpoch = record.predicted.at(-1);
  const last = lastEpoch === undefined ? undefined : { epoch: lastEpoch, ...(await record.predictions(lastEpoch)) };
  const kept = [...(last?.samples.values() ?? []), ...(last?.boxes.values() ?? [])];
  const isFirstHalf = halvesOf(kept.flatMap(({ ids }) => ids));
  for (const epoch of record.predicted) {
    if (known.has(epoch)) continue;
    const { samples, boxes } = epoch === last?.epoch ? last : await record.predictions(epoch);
    const measured = new Map<string, MeasuredTask>();
    for (const task of recipe.model.tasks) {
      const predicted = samples.get(task.name);
      const found = boxes.get(task.name);
      if (predicted) measured.set(task.name, await measureTask(record, task, predicted, isFirstHalf));
      else if (found && task.kind === "detection") measured.set(task.name, measureBoxes(task, found, isFirstHalf));
    }
    known.set(epoch, measured);
  }
  return { record, courses: recipe.model.tasks.map((task) => courseOf(record, task, known)), last, isFirstHalf };
}

async function measureTask(
  { loaded: { recipe } }: RunRecord,
  task: TaskSpec,
  predicted: Predicted,
  isFirstHalf: (id: string) => boolean,
): Promise<MeasuredTask> {
  const measure = measurers[task.kind] as (predicted: Predicted, task: TaskSpec) => Measures;
  const half = (isFirst: boolean) => {
    const part = partOf(predicted, (id) => isFirstHalf(id) === isFirst);
    return part.ids.length === 0 ? {} : measure(part, task);
  };
  return {
    samples: predicted.ids.length,
    loss: await validationLoss(task, predicted, recipe.preprocessing.crop ?? recipe.preprocessing),
    metrics: measure(predicted, task),
    halves: [half(true), half(false)],
  };
}

/** Of the finds that are kept, the surest of each picture. */
function measureBoxes(
  task: Extract<TaskSpec, { kind: "detection" }>,
  { ids, found, labelled }: PredictedBoxes,
  isFirstHalf: (id: string) => boolean,
): MeasuredTask {
  const pictures = ids.map(
    (id, i): DetectedSample => ({
      sample: {
        id,
        image: { file: id },
        labels: { [task.name]: { kind: "boxes", boxes: labelled[i]! } },
        group: id,
        split: "valid",
      },
      detections: found[i]!.map((find) => ({ ...find, points: [] })),
    }),
  );
  const half = (isFirst: boolean) => {
    const part = pictures.filter(({ sample }) => isFirstHalf(sample.id) === isFirst);
    return part.length === 0 ? {} : measurers.detection(part, task);
  };
  return {
    samples: ids.length,
    loss: Number.NaN,
    metrics: measurers.detection(pictures, task),
    halves: [half(true), half(false)],
  };
}

function partOf({ ids, outputs, targets }: Predicted, isWanted: (id: string) => boolean): Predicted {
  const places = [...ids.keys()].filter((i) => isWanted(ids[i]!));
  return {
    ids: places.map((i) => ids[i]!),
    outputs: places.map((i) => outputs[i]!),
    targets: places.map((i) => targets[i]!),
  };
}

function courseOf({ epochs }: RunRecord, task: TaskSpec, known: MeasuredEpochs): TaskCourse {
  // the log has metrics of every validation, also of runs that keep no predictions
  const logged = epochs.map(({ metrics }) => byTask(metrics).get(task.name) ?? {});
  const measured = epochs.map(({ epoch }) => known.get(epoch)?.get(task.name));
  const names = [...new Set(logged.flatMap((metrics) => Object.keys(metrics)))];
  const main = mainMetric(Object.assign({}, ...logged));
  const course = (valuesOf: (epoch: number) => Measures): readonly number[] =>
    epochs.map((_, epoch) => (main === undefined ? Number.NaN : mainValue(main, valuesOf(epoch))));
  return {
    task,
    samples: measured.findLast((epoch) => epoch !== undefined)?.samples ?? 0,
    trainingLoss: epochs.map(({ losses }) => losses[task.name] ?? Number.NaN),
    validationLoss: measured.map((epoch) => epoch?.loss ?? Number.NaN),
    metrics: new Map(names.map((name) => [name, logged.map((metrics) => metrics[name] ?? Number.NaN)])),
    main: main && {
      ...main,
      all: course((epoch) => logged[epoch]!),
      halves: [
        course((epoch) => measured[epoch]?.halves[0] ?? {}),
        course((epoch) => measured[epoch]?.halves[1] ?? {}),
      ],
    },
  };
}
