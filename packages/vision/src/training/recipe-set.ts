import { convertColor } from "../image/color.ts";
import type { DataPlaces } from "./data-places.ts";
import { checkClasses, inFixedOrder, type ModelSet, type ModelUse } from "./measure-model.ts";
import type { Recipe } from "./recipe.ts";
import { openSampleSets, type SampleSet, samplesOfPart } from "./sample-sets.ts";
import { openSceneSets } from "./scenes-source.ts";

/**
 * The data sets of a model's own recipe, as its training opened them: labels under the recipe's names, the same samples held out. The
 * training part calibrates, of scenes that of the photographs alone; the validation part measures.
 */
export async function openRecipeSet(model: ModelUse, recipe: Recipe, dataFolders: DataPlaces): Promise<ModelSet> {
  const { data } = recipe;
  const sets =
    data.kind === "scenes"
      ? await setsOfScenes(recipe, data, dataFolders)
      : await openSampleSets(recipe, data, dataFolders);
  for (const set of sets) checkClasses(model, set);
  const measured = samplesOfPart(sets, "valid").filter(({ sample, set }) =>
    model.tasks.some(({ name }) => set.labelOf(sample, name) !== undefined),
  );
  const calibrating = data.kind === "scenes" ? sets.slice(0, 1) : sets;
  const none = `recipe ${recipe.name} keeps no labelled pictures for validation; name a data set that has some`;
  return {
    calibration: inFixedOrder(samplesOfPart(calibrating, "train")),
    calibrationPart: "train",
    measured: inFixedOrder(measured),
    part: "valid",
    ...(measured.length > 0 ? {} : { unmeasured: none }),
  };
}

/** The data sets that scenes are made of, the photographs first. */
async function setsOfScenes(
  { preprocessing }: Recipe,
  spec: Extract<Recipe["data"], { kind: "scenes" }>,
  dataFolders: DataPlaces,
): Promise<SampleSet[]> {
  const { datasets } = await openSceneSets(spec, dataFolders);
  return datasets.map((dataset) => ({
    dataset,
    viewing: {},
    perBatch: undefined,
    load: async (sample) => convertColor(await dataset.load(sample), preprocessing.color),
    labelName: (task) => task,
    labelOf: (sample, task) => sample.labels[task],
  }));
}
