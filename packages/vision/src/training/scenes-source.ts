import { createRandom } from "../augment/random.ts";
import { createScenes } from "../data/scenes.ts";
import { preprocess } from "../image/preprocess.ts";
import { taskOf } from "../model/network.ts";
import type { InputSize } from "../tasks/task.ts";
import { openDataSet } from "./data-sets.ts";
import type { Recipe } from "./recipe.ts";
import type { Source } from "./source.ts";
import { validateScenes } from "./validate-scenes.ts";

type ScenesSpec = Extract<Recipe["data"], { kind: "scenes" }>;

/** Scenes for a detector, each drawn anew; an epoch is a number of scenes. */
export async function openScenes(recipe: Recipe, spec: ScenesSpec, dataFolders: readonly string[]): Promise<Source> {
  const open = (set: ScenesSpec["photographs"]) => openDataSet(set, dataFolders);
  const photographs = await open(spec.photographs);
  const backgrounds = await Promise.all(
    spec.backgrounds.map(async (set) => ({ dataset: await open(set), share: set.share })),
  );
  const cutouts = await Promise.all(spec.cutouts.map(open));
  const { tasks } = recipe.model;
  let scenes: { readonly size: number; readonly draw: ReturnType<typeof createScenes>["draw"] } | undefined;
  const scenesOf = ({ width }: InputSize) => {
    if (scenes?.size !== width) {
      const made = createScenes(
        { photographs, backgrounds, cutouts },
        { size: width, shares: spec.shares, faceSizes: spec.face_sizes },
      );
      scenes = { size: width, draw: (random) => made.draw(random) };
    }
    return scenes;
  };
  const datasets = [photographs, ...backgrounds.map(({ dataset }) => dataset), ...cutouts];
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
