import type { Session, Tensor } from "@foveajs/graph";
import { sampleOrder } from "../data/batch.ts";
import { openDataset } from "../data/readers/table.ts";
import type { Dataset, Sample } from "../data/types.ts";
import { errors } from "../errors.ts";
import { convertColor } from "../image/color.ts";
import type { ModelCard } from "../model/card.ts";
import type { Measures } from "./events.ts";
import type { Measurers } from "./measure.ts";
import { heldOutGroups } from "./propose/hold-out.ts";
import type { SampleSet, SetSample } from "./sample-sets.ts";
import { inputOf, validateSamples } from "./validate-samples.ts";
import { validateScenes } from "./validate-scenes.ts";

/** A data set for a model that is trained already. */
export interface ModelSetOptions {
  readonly folder: string;
  readonly reader: string;
  /** The reader's own options, as a recipe has them. */
  readonly options?: unknown;
  /** Labels with the five points by which faces are cut out as the card says; absent: pictures go in as they are. */
  readonly alignedBy?: string | undefined;
}

/** What of a card says what a model reads and tells. */
export type ModelUse = Pick<ModelCard, "name" | "tasks" | "alignment" | "preprocessing">;

/** Samples by what they are for. */
export interface ModelSet {
  /** Of the training part where there is one, in a random but fixed order. */
  readonly calibration: readonly SetSample[];
  /** With labels of the model's tasks: of the validation part, else the test part, else what is held out of the training part. */
  readonly measured: readonly SetSample[];
  /** Which part calibrates. */
  readonly calibrationPart: "train" | "valid";
  /** Which part is measured. */
  readonly part: "valid" | "test" | "held out";
  /** Why nothing is measured, with the remedy; absent where something is. */
  readonly unmeasured?: string;
}

/**
 * Opens a data set to calibrate and measure a model on; its classes must be those of the model. Where all of it is a training part, whole
 * groups are held out of that as a training on it would hold them out.
 */
export async function openModelSet(
  model: ModelUse,
  { folder, reader, options, alignedBy }: ModelSetOptions,
): Promise<ModelSet> {
  const { tasks, alignment, preprocessing } = model;
  const dataset = await openDataset(reader, folder, { options });
  const labelName = (task: string) => task;
  checkClasses(model, { dataset, labelName });
  const set: SampleSet = {
    dataset,
    viewing: { alignedBy, framing: alignment },
    perBatch: undefined,
    taught: {},
    load: async (sample) => convertColor(await dataset.load(sample), preprocessing.color),
    labelName,
    labelOf: (sample, task) => sample.labels[task],
  };
  const entries = (samples: readonly Sample[]) => inFixedOrder(samples.map((sample) => ({ sample, set })));
  const of = (part: Sample["split"]) => dataset.samples.filter(({ split }) => split === part);
  const labelled = (samples: readonly Sample[]) =>
    samples.filter(({ labels }) => tasks.some(({ name }) => labels[name]));
  const [train, valid, test] = [of("train"), labelled(of("valid")), labelled(of("test"))];
  if (valid.length > 0 || test.length > 0) {
    const own =
      valid.length > 0 ? ({ measured: valid, part: "valid" } as const) : ({ measured: test, part: "test" } as const);
    const [calibrating, calibrationPart] =
      train.length > 0 ? [train, "train" as const] : [of("valid"), "valid" as const];
    return { calibration: entries(calibrating), calibrationPart, part: own.part, measured: entries(own.measured) };
  }
  const none = { calibrationPart: "train", part: "held out", measured: [] } as const;
  const here = labelled(train);
  if (here.length === 0) {
    const [has, wanted] = [labelsOf(dataset), tasks.map(({ name }) => name).join(", ")];
    const unmeasured = `${dataset.name} has labels named ${has}, none of the model's tasks (${wanted}); a recipe says which belongs to which: --recipe FILE`;
    return { ...none, calibration: entries(train), unmeasured };
  }
  const kept = new Set(heldOutGroups(dataset)?.valid.map(({ id }) => id));
  const measured = here.filter(({ id }) => kept.has(id));
  if (measured.length === 0) {
    const unmeasured = `${dataset.name} has no validation part, and its ${here.length} labelled pictures are too few to hold some out; name a data set with more`;
    return { ...none, calibration: entries(train), unmeasured };
  }
  return { ...none, calibration: entries(train.filter(({ id }) => !kept.has(id))), measured: entries(measured) };
}

/** The names of the labels of a data set, for messages. */
const labelsOf = ({ samples }: Dataset): string =>
  [...new Set(samples.flatMap(({ labels }) => Object.keys(labels)))].sort().join(", ") || "nothing";

/** Refuses a data set whose classes of a task are not the model's. */
export function checkClasses(
  { name, tasks }: Pick<ModelUse, "name" | "tasks">,
  { dataset, labelName }: Pick<SampleSet, "dataset" | "labelName">,
): void {
  for (const task of tasks) {
    const classes = dataset.classes[labelName(task.name)];
    if (!("labels" in task) || !task.labels || !classes || classes.join() === task.labels.join()) continue;
    throw errors["classes-differ"]({
      name,
      task: task.name,
      data: dataset.name,
      expected: task.labels.join(", "),
      received: classes.join(", "),
    });
  }
}

/** Samples in a random order that is the same each time. */
export const inFixedOrder = (entries: readonly SetSample[]): SetSample[] =>
  Array.from(sampleOrder(entries.length, 0, 0), (index) => entries[index]!);

/** "mtfl valid (839), landmarks68 valid (121)": the sets that samples are of, the largest first, their part, and how many are labelled for the task. */
export function partsOf(entries: readonly SetSample[], part: string, task?: string): string {
  const counts = new Map<string, number>();
  for (const { sample, set } of entries) {
    if (task !== undefined && set.labelOf(sample, task) === undefined) continue;
    counts.set(set.dataset.name, (counts.get(set.dataset.name) ?? 0) + 1);
  }
  const largestFirst = [...counts].sort(([, one], [, other]) => other - one);
  return largestFirst.map(([name, count]) => `${name} ${part} (${count})`).join(", ");
}

/** Samples as the model is served with them, one input [1, C, H, W] each. */
export async function* inputsOf(
  samples: readonly SetSample[],
  { preprocessing }: Pick<ModelCard, "preprocessing">,
): AsyncGenerator<Tensor> {
  for (const entry of samples) {
    const { data, shape } = await inputOf(entry, preprocessing);
    yield { dtype: "float32", shape: [1, ...shape], data };
  }
}

/** Metrics of a model on samples, by "TASK/METRIC", as its training validates it. */
export async function measureModel(
  session: Session,
  { preprocessing, tasks }: Pick<ModelCard, "preprocessing" | "tasks">,
  samples: readonly SetSample[],
  measurers: Measurers,
): Promise<Measures> {
  const recipe = { preprocessing, model: { tasks } };
  if (samples.length === 0) return {};
  if (!tasks.some(({ kind }) => kind === "detection"))
    return (await validateSamples(session, recipe, samples, measurers)).metrics;
  const datasets = [...new Set(samples.map(({ set }) => set))].map((set) => ({
    ...set.dataset,
    samples: samples.filter((entry) => entry.set === set).map(({ sample }) => ({ ...sample, split: "valid" as const })),
  }));
  return (await validateScenes(session, recipe, datasets, measurers)).metrics;
}
