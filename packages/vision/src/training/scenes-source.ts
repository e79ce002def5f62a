import { openDataSet } from "#data-sets";
import { createRandom } from "../augment/random.ts";
import { type FalseFinds, readFalseFinds } from "../data/false-finds.ts";
import { createScenes } from "../data/scenes.ts";
import type { Dataset } from "../data/types.ts";
import { errors } from "../errors.ts";
import { preprocess } from "../image/preprocess.ts";
import { taskOf } from "../model/network.ts";
import type { InputSize } from "../tasks/task.ts";
import type { DataPlaces } from "./data-places.ts";
import type { Recipe } from "./recipe.ts";
import { heldOut } from "./sample-sets.ts";
import type { Source } from "./source.ts";
import { validateScenes } from "./validate-scenes.ts";

type ScenesSpec = Extract<Recipe["data"], { kind: "scenes" }>;

/** The data sets of scenes, their validation parts held out. */
export async function openSceneSets(spec: ScenesSpec, dataFolders: DataPlaces) {
  const open = async (set: ScenesSpec["photographs"]) => {
    const dataset = await openDataSet(set, dataFolders);
    return set.hold_out > 0 ? { ...dataset, samples: heldOut(dataset.samples, set.hold_out, 0) } : dataset;
  };
  const photographs = await open(spec.photographs);
  const backgrounds = await Promise.all(
    spec.backgrounds.map(async (set) => ({ dataset: await open(set), share: set.share })),
  );
  const cutouts = await Promise.all(spec.cutouts.map(open));
  return {
    photographs,
    backgrounds,
    cutouts,
    datasets: [photographs, ...backgrounds.map(({ dataset }) => dataset), ...cutouts],
  };
}

/** Scenes for a detector, each drawn anew; an epoch is a number of scenes. */
export async function openScenes(recipe: Recipe, spec: ScenesSpec, dataFolders: DataPlaces): Promise<Source> {
  const { photographs, backgrounds, cutouts, datasets } = await openSceneSets(spec, dataFolders);
  const named = [
    { dataset: photographs, folder: spec.photographs.folder },
    ...backgrounds.map(({ dataset }, index) => ({ dataset, folder: spec.backgrounds[index]!.folder })),
  ];
  const falseFinds = spec.false_finds ? falseFindsIn(await readFalseFinds(spec.false_finds), named) : [];
  const { tasks } = recipe.model;
  let scenes: { readonly size: number; readonly draw: ReturnType<typeof createScenes>["draw"] } | undefined;
  const scenesOf = ({ width }: InputSize) => {
    if (scenes?.size !== width) {
      const made = createScenes(
        { photographs, backgrounds, cutouts, falseFinds },
        {
          size: width,
          shares: { ...spec.shares, falseFinds: spec.false_finds?.share ?? 0 },
          faceSizes: spec.face_sizes,
        },
      );
      scenes = { size: width, draw: (random) => made.draw(random) };
    }
    return scenes;
  };
  return {
    datasets,
    samplesPerEpoch: spec.scenes_per_epoch,
    async draw(position, size) {
      const scene = await scenesOf(size).draw(createRandom(recipe.seed, "scene", position));
      const input = preprocess(scene.image, { ...recipe.preprocessing, ...size, fit: "stretch" });
      return [input.data, ...tasks.flatMap((task) => taskOf(task).encode(scene, task, size))];
    },
    validate: (session, measurers) => validateScenes(session, recipe, datasets, measurers),
  };
}

/** The false finds of each set with the set; a list that names another set belongs to another recipe. */
function falseFindsIn({ finds }: FalseFinds, sets: readonly { readonly dataset: Dataset; readonly folder: string }[]) {
  return Object.entries(finds).map(([folder, own]) => {
    const set = sets.find((one) => one.folder === folder);
    if (set === undefined) {
      const expected = `a set of the recipe (${sets.map((one) => one.folder).join(", ")})`;
      throw errors["data-count"]({ where: "data.false_finds", expected, received: folder });
    }
    return { dataset: set.dataset, finds: own };
  });
}
