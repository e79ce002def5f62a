import { openDataSet } from "#data-sets";
import { createImageCache } from "../data/cache.ts";
import { regroup } from "../data/regroup.ts";
import { splitByGroup } from "../data/split.ts";
import type { Dataset, Label, Sample } from "../data/types.ts";
import { convertColor } from "../image/color.ts";
import type { Image } from "../image/image.ts";
import type { Viewing } from "../model/view.ts";
import type { DataPlaces } from "./data-places.ts";
import type { Recipe } from "./recipe.ts";

/** Bound of the pictures kept in memory, in bytes of pixels, in their model's colours. */
const CACHE_BYTES = 384 * 2 ** 20;

export type SamplesSpec = Extract<Recipe["data"], { kind: "samples" }>;

type SetSpec = SamplesSpec["sets"][number];

/** A set of any kind of data with labelled samples: what only some kinds have may be absent. */
export type AnySetSpec = Omit<SetSpec, "labels" | "aligned_by" | "per_batch" | "taught"> &
  Partial<Pick<SetSpec, "labels" | "aligned_by" | "per_batch" | "taught">>;

/** Labels that teachers gave, by name of the data set, id of the sample and task. */
export type TaughtLabels = Readonly<Record<string, Readonly<Record<string, Readonly<Record<string, Label>>>>>>;

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
  /** The sample's own label, or what a teacher told; validation samples have no teacher. */
  readonly labelOf: (sample: Sample, task: string) => Label | undefined;
  /** By task, who is asked for labels of the training samples. */
  readonly taught?: SetSpec["taught"];
  /** Name of a task's labels in the data set. */
  readonly labelName: (task: string) => string;
}

/** Opens the data sets of a recipe, their validation parts held out. */
export const openSampleSets = async (
  { seed, card, preprocessing }: Recipe,
  { sets }: { readonly sets: readonly AnySetSpec[] },
  dataFolders: DataPlaces,
  answers: TaughtLabels = {},
): Promise<SampleSet[]> => {
  const cache = createImageCache({ maximumBytes: CACHE_BYTES });
  return Promise.all(
    sets.map(async ({ labels = {}, aligned_by, per_batch, taught = {}, ...spec }): Promise<SampleSet> => {
      const dataset = usedPart(await openDataSet(spec, dataFolders), spec, seed);
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
        taught,
        labelOf: (sample, task) => answers[dataset.name]?.[sample.id]?.[task] ?? sample.labels[labelName(task)],
      };
    }),
  );
};

/** A data set without the samples that are left out, in the groups of the rule, a part of the training samples held out. */
export function usedPart(
  whole: Dataset,
  { hold_out, skip, group_by }: Pick<AnySetSpec, "hold_out" | "skip" | "group_by">,
  seed: number,
): Dataset {
  if (hold_out === 0 && !skip && !group_by) return whole;
  const skipped = new Set(skip);
  const kept = skip ? whole.samples.filter(({ id }) => !skipped.has(id)) : whole.samples;
  const grouped = group_by ? regroup(kept, group_by) : kept;
  return { ...whole, samples: hold_out === 0 ? grouped : heldOut(grouped, hold_out, seed) };
}

/** A share of the training part's groups becomes validation; which ones depends on their names and the seed. */
export function heldOut(samples: readonly Sample[], share: number, seed: number): readonly Sample[] {
  const rest = samples.filter(({ split }) => split !== "train");
  const train = samples.filter(({ split }) => split === "train");
  return [...rest, ...splitByGroup(train, { fractions: { train: 1 - share, valid: share }, seed })];
}

export const samplesOfPart = (sets: readonly SampleSet[], part: Sample["split"]): SetSample[] =>
  sets.flatMap((set) => set.dataset.samples.filter(({ split }) => split === part).map((sample) => ({ sample, set })));
