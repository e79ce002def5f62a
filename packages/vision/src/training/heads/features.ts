import { createSession, type Graph } from "@foveajs/graph";
import { createRandom } from "../../augment/random.ts";
import { channelsOf } from "../../image/image.ts";
import { taskOf } from "../../model/network.ts";
import type { TaskSpec } from "../../tasks/table.ts";
import type { Placement } from "../../tasks/task.ts";
import type { Recipe } from "../recipe.ts";
import { type SampleSet, type SamplesSpec, type SetSample, samplesOfPart } from "../sample-sets.ts";
import { augmented } from "../samples-source.ts";
import { inputOf, stacked, targetsOf } from "../validate-samples.ts";

/** What a frozen backbone makes of samples, and what a task makes of their labels. */
export interface TaughtFeatures {
  readonly ids: readonly string[];
  /** [samples][features] */
  readonly features: readonly Float32Array[];
  /** [samples], the task's targets; a sample without a label is not here. */
  readonly targets: readonly (readonly Float32Array[])[];
}

const BATCH = 64;

export interface FeatureOptions {
  /** The backbone up to its pooled features: input `image`, output `features`. */
  readonly graph: Graph;
  readonly sets: readonly SampleSet[];
  readonly threads: number;
  readonly onProgress: (done: number, total: number) => void;
}

/**
 * Features of the validation samples as they are served, and of the training samples `views` times: once as they are served, then
 * moved at random as in a training. By task, of the samples that are labelled for it.
 */
export async function featuresOf(
  recipe: Recipe,
  { graph, sets, threads, onProgress }: FeatureOptions,
  views: number,
): Promise<{ train: ReadonlyMap<string, TaughtFeatures>; valid: ReadonlyMap<string, TaughtFeatures> }> {
  const session = await createSession(graph, { threads });
  const parts = { train: samplesOfPart(sets, "train"), valid: samplesOfPart(sets, "valid") };
  const total = views * parts.train.length + parts.valid.length;
  let done = 0;
  const read = async (entries: readonly SetSample[], view: number, collected: Collected) => {
    for (let start = 0; start < entries.length; start += BATCH) {
      const part = entries.slice(start, start + BATCH);
      const inputs = await Promise.all(part.map((entry) => viewed(entry, recipe, view)));
      const outputs = await session.run({ image: stacked(inputs) }, { transfer: true });
      const values = outputs.features!.data as Float32Array;
      const width = values.length / part.length;
      part.forEach((entry, index) => {
        const features = values.slice(index * width, (index + 1) * width);
        for (const task of recipe.model.tasks) collect(collected, task, entry, inputs[index]!, features, recipe);
      });
      done += part.length;
      onProgress(done, total);
    }
  };
  try {
    const [train, valid] = [collection(recipe), collection(recipe)];
    for (let view = 0; view < views; view++) await read(parts.train, view, train);
    await read(parts.valid, 0, valid);
    return { train, valid };
  } finally {
    await session.dispose();
  }
}

type Collected = Map<string, { ids: string[]; features: Float32Array[]; targets: (readonly Float32Array[])[] }>;

const collection = ({ model }: Recipe): Collected =>
  new Map(model.tasks.map(({ name }) => [name, { ids: [], features: [], targets: [] }]));

/** View 0 is what the model is served with; the others are moved as in training, each differently. */
const viewed = async (entry: SetSample, recipe: Recipe, view: number) => {
  if (view === 0) return inputOf(entry, recipe.preprocessing);
  const { preprocessing, seed } = recipe;
  const size = preprocessing.crop ?? preprocessing;
  const random = createRandom(seed, "augment", view, entry.set.dataset.name, entry.sample.id);
  const { picture, placement } = await augmented(
    entry,
    recipe,
    (recipe.data as SamplesSpec).augmentation,
    size,
    random,
  );
  const shape = [channelsOf(preprocessing.color), size.height, size.width] as const;
  return { data: picture, shape, placement };
};

function collect(
  collected: Collected,
  task: TaskSpec,
  entry: SetSample,
  input: Awaited<ReturnType<typeof viewed>>,
  features: Float32Array,
  { preprocessing }: Recipe,
): void {
  const targets =
    "placement" in input
      ? placedTargets(entry, task, input.placement, preprocessing)
      : targetsOf(entry, input, task, preprocessing);
  if (!targets) return;
  const mine = collected.get(task.name)!;
  mine.ids.push(`${entry.set.dataset.name}/${entry.sample.id}`);
  mine.features.push(features);
  mine.targets.push(targets);
}

function placedTargets(
  { sample, set }: SetSample,
  task: TaskSpec,
  placement: Placement,
  preprocessing: Recipe["preprocessing"],
): readonly Float32Array[] | undefined {
  const label = set.labelOf(sample, task.name);
  if (label === undefined) return undefined;
  const { place, encode } = taskOf(task);
  return encode(place ? place(label, task, placement) : label, task, preprocessing.crop ?? preprocessing);
}
