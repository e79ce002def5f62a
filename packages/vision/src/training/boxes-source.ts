import { createRandom, type Random } from "../augment/random.ts";
import { sampleOrder } from "../data/batch.ts";
import { cutTile } from "../data/scene-tile.ts";
import type { Label, LabelledBox } from "../data/types.ts";
import { errors } from "../errors.ts";
import type { Box, Image } from "../image/image.ts";
import { preprocess } from "../image/preprocess.ts";
import { taskOf } from "../model/network.ts";
import type { InputSize } from "../tasks/task.ts";
import type { DataPlaces } from "./data-places.ts";
import type { Recipe } from "./recipe.ts";
import { openSampleSets, samplesOfPart } from "./sample-sets.ts";
import { checkLabels, jittered } from "./samples-source.ts";
import type { Source } from "./source.ts";
import { validateScenes } from "./validate-scenes.ts";

type BoxesSpec = Extract<Recipe["data"], { kind: "boxes" }>;

/** Whole pictures with boxes of any data set, shuffled every epoch, each zoomed, cut, mirrored and coloured at random. */
export async function openBoxes(recipe: Recipe, spec: BoxesSpec, dataFolders: DataPlaces): Promise<Source> {
  const sets = await openSampleSets(recipe, spec, dataFolders);
  const datasets = sets.map(({ dataset }) => dataset);
  const { tasks } = recipe.model;
  for (const task of tasks) checkLabels(recipe, task, sets);
  const entries = samplesOfPart(sets, "train").filter(({ sample }) => tasks.some(({ name }) => sample.labels[name]));
  if (entries.length === 0) {
    const where = `${recipe.name}, training samples of ${datasets.map(({ name }) => name).join(", ")}`;
    throw errors["data-empty"]({ where });
  }
  let order = { epoch: -1, indices: new Uint32Array() };
  return {
    datasets,
    samplesPerEpoch: entries.length,
    async draw(position, size) {
      const epoch = Math.floor(position / entries.length);
      if (order.epoch !== epoch) order = { epoch, indices: sampleOrder(entries.length, epoch, recipe.seed) };
      const { sample, set } = entries[order.indices[position % entries.length]!]!;
      const random = createRandom(recipe.seed, "augment", epoch, set.dataset.name, sample.id);
      const image = await set.load(sample);
      const { flip, zoom, ...jitter } = spec.augmentation;
      const from = shownPart(image, recipe.preprocessing.width, { size, zoom, random });
      const options = { ...size, from, flip: random.chance(flip), minimumFace: spec.smallest };
      const scenes = tasks.map((task) => cutTile(image, boxesOf(sample.labels[task.name]), options));
      const picture = jittered(scenes[0]!.image, jitter, random);
      const input = preprocess(picture, { ...recipe.preprocessing, ...size, fit: "stretch" });
      return [input.data, ...tasks.flatMap((task, index) => taskOf(task).encode(scenes[index]!, task, size))];
    },
    validate: (session, measurers) => validateScenes(session, recipe, datasets, measurers),
  };
}

const boxesOf = (label: Label | undefined): readonly LabelledBox[] => (label?.kind === "boxes" ? label.boxes : []);

/**
 * The part of a picture that fills an input, in whole pixels. At the size of serving and a zoom of 1 a picture is scaled as it is
 * served (its longer side at most `limit`); smaller inputs show as much of it. What is larger than the picture lies
 * around it anywhere, what is smaller lies in it anywhere.
 */
function shownPart(
  { width, height }: Pick<Image, "width" | "height">,
  limit: number,
  { size, zoom, random }: { size: InputSize; zoom: number; random: Random },
): Box {
  const served = Math.min(1, limit / Math.max(width, height));
  const scale = (served * size.width * zoom ** random.uniform(-1, 1)) / limit;
  const along = (extent: number, length: number) => {
    const start = random.uniform(Math.min(0, extent - length), Math.max(0, extent - length));
    return { start: Math.round(start), length: Math.max(1, Math.round(length)) };
  };
  const x = along(width, size.width / scale);
  const y = along(height, size.height / scale);
  return { x: x.start, y: y.start, width: x.length, height: y.length };
}
