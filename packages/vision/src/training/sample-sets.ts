import { createImageCache } from "../data/cache.ts";
import { splitByGroup } from "../data/split.ts";
import type { Dataset, Label, Sample } from "../data/types.ts";
import { convertColor } from "../image/color.ts";
import type { Image } from "../image/image.ts";
import type { TaskSpec } from "../tasks/table.ts";
import { openDataSet } from "./data-sets.ts";
import type { Recipe } from "./recipe.ts";
import type { Viewing } from "./view.ts";

/** Bound of the pictures kept in memory, in bytes of pixels, in their model's colours. */
const CACHE_BYTES = 384 * 2 ** 20;

export type SamplesSpec = Extract<Recipe["data"], { kind: "samples" }>;

/** A sample of one of a recipe's data sets. */
export interface SetSample {
  readonly sample: Sample;
  readonly set: SampleSet;
}

/** A data set as a recipe uses it. */
export interface SampleSet {
  readonly dataset: Dataset;
  readonly viewing: Viewing;
  /** Samples of each batch, undefined where all sets are shuffled together. */
  readonly perBatch: number | undefined;
  readonly load: (sample: Sample) => Promise<Image>;
  readonly labelOf: (sample: Sample, task: string) => Label | undefined;
  /** Name of a task's labels in the data set. */
  readonly labelName: (task: string) => string;
}

/** Opens the data sets of a recipe, their validation parts held out. */
export const openSampleSets = async (
  { seed, card, preprocessing }: Recipe,
  { sets }: SamplesSpec,
  dataFolders: readonly string[],
): Promise<SampleSet[]> => {
  const cache = createImageCache({ maximumBytes: CACHE_BYTES });
  return Promise.all(
    sets.map(async ({ hold_out, labels, aligned_by, per_batch, ...spec }): Promise<SampleSet> => {
      const whole = await openDataSet(spec, dataFolders);
      const dataset = hold_out === 0 ? whole : { ...whole, samples: heldOut(whole.samples, hold_out, seed) };
      const labelName = (task: string) => labels[task] ?? task;
      return {
        dataset,
        viewing: { alignedBy: aligned_by, framing: card.alignment },
        perBatch: per_batch,
        load: (sample) =>
          cache.get(`${dataset.name}/${sample.id}`, async () =>
            convertColor(await dataset.load(sample), preprocessing.color),
          ),
        labelName,
        labelOf: (sample, task) => sample.labels[labelName(task)],
      };
    }),
  );
};

/** A share of the training part's groups becomes validation; which ones depends on their names and the seed. */
function heldOut(samples: readonly Sample[], share: number, seed: number): readonly Sample[] {
  const rest = samples.filter(({ split }) => split !== "train");
  const train = samples.filter(({ split }) => split === "train");
  return [...rest, ...splitByGroup(train, { fractions: { train: 1 - share, valid: share }, seed })];
}

export const samplesOfPart = (sets: readonly SampleSet[], part: Sample["split"]): SetSample[] =>
  sets.flatMap((set) => set.dataset.samples.filter(({ split }) => split === part).map((sample) => ({ sample, set })));

/** The samples of one part that are labelled for a task. */
export const labelledFor = (samples: readonly SetSample[], { name }: Pick<TaskSpec, "name">): SetSample[] =>
  samples.filter(({ sample, set }) => set.labelOf(sample, name) !== undefined);
