import type { Session, Tensor } from "@foveajs/graph";
import { sampleOrder } from "../data/batch.ts";
import { openDataset } from "../data/readers/table.ts";
import type { Sample } from "../data/types.ts";
import { errors } from "../errors.ts";
import { convertColor } from "../image/color.ts";
import type { ModelCard } from "../model/card.ts";
import type { Measures } from "./events.ts";
import type { Measurers } from "./measure.ts";
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

/** The samples of a data set by what they are for. */
export interface ModelSet {
  readonly name: string;
  /** Of the training part where there is one, in a random but fixed order. */
  readonly calibration: readonly SetSample[];
  /** Of the validation part, else the test part, with labels of the model's tasks. */
  readonly measured: readonly SetSample[];
  /** Which part calibrates. */
  readonly calibrationPart: "train" | "valid";
  /** Which part is measured. */
  readonly part: "valid" | "test";
}

/** Opens a data set to calibrate and measure a model on; its classes must be those of the model. */
export async function openModelSet(
  { name, tasks, alignment, preprocessing }: Pick<ModelCard, "name" | "tasks" | "alignment" | "preprocessing">,
  { folder, reader, options, alignedBy }: ModelSetOptions,
): Promise<ModelSet> {
  const dataset = await openDataset(reader, folder, { options });
  for (const task of tasks) {
    const classes = dataset.classes[task.name];
    if (!("labels" in task) || !task.labels || !classes || classes.join() === task.labels.join()) continue;
    throw errors["classes-differ"]({
      name,
      task: task.name,
      data: dataset.name,
      expected: task.labels.join(", "),
      received: classes.join(", "),
    });
  }
  const set: SampleSet = {
    dataset,
    viewing: { alignedBy, framing: alignment },
    perBatch: undefined,
    taught: {},
    load: async (sample) => convertColor(await dataset.load(sample), preprocessing.color),
    labelName: (task) => task,
    labelOf: (sample, task) => sample.labels[task],
  };
  const of = (part: Sample["split"]) => dataset.samples.filter(({ split }) => split === part);
  const inOrder = (samples: readonly Sample[]): SetSample[] =>
    Array.from(sampleOrder(samples.length, 0, 0), (index) => ({ sample: samples[index]!, set }));
  const labelled = (samples: readonly Sample[]) =>
    samples.filter(({ labels }) => tasks.some((task) => labels[task.name]));
  const [train, valid, test] = [of("train"), labelled(of("valid")), labelled(of("test"))];
  return {
    name: dataset.name,
    calibration: inOrder(train.length > 0 ? train : of("valid")),
    calibrationPart: train.length > 0 ? "train" : "valid",
    measured: inOrder(valid.length > 0 ? valid : test),
    part: valid.length > 0 ? "valid" : "test",
  };
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
  const [first] = samples;
  if (!first) return {};
  if (!tasks.some(({ kind }) => kind === "detection"))
    return (await validateSamples(session, recipe, samples, measurers)).metrics;
  const scenes = samples.map(({ sample }) => ({ ...sample, split: "valid" as const }));
  return (await validateScenes(session, recipe, [{ ...first.set.dataset, samples: scenes }], measurers)).metrics;
}
