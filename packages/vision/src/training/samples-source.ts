import { createRandom, type Random } from "../augment/random.ts";
import { randomAffine } from "../augment/random-affine.ts";
import { sampleOrder } from "../data/batch.ts";
import type { Sample } from "../data/types.ts";
import { type Affine, composeAffine } from "../image/affine.ts";
import { convertColor } from "../image/color.ts";
import type { Image } from "../image/image.ts";
import { type Preprocessing, preprocess } from "../image/preprocess.ts";
import { warpAffine } from "../image/warp.ts";
import { taskOf } from "../model/network.ts";
import type { InputSize } from "../tasks/task.ts";
import { openDataSet } from "./data-sets.ts";
import type { Recipe } from "./recipe.ts";
import type { Source } from "./source.ts";

type SamplesSpec = Extract<Recipe["data"], { kind: "samples" }>;

/** Labelled pictures, shuffled every epoch, each sampled once from its file through one random transformation. */
export async function openSamples(recipe: Recipe, { sets, augmentation }: SamplesSpec, dataFolders: readonly string[]): Promise<Source> {
  const datasets = await Promise.all(sets.map((set) => openDataSet(set, dataFolders)));
  const samples = datasets.flatMap((dataset) => dataset.samples.filter(({ split }) => split === "train").map((sample) => ({ dataset, sample })));
  const { tasks } = recipe.model;
  let order = { epoch: -1, indices: new Uint32Array() };
  const orderOf = (epoch: number): Uint32Array => {
    if (order.epoch !== epoch) order = { epoch, indices: sampleOrder(samples.length, epoch, recipe.seed) as Uint32Array<ArrayBuffer> };
    return order.indices;
  };
  return {
    datasets,
    samplesPerEpoch: samples.length,
    async draw(position, size) {
      const epoch = Math.floor(position / samples.length);
      const { dataset, sample } = samples[orderOf(epoch)[position % samples.length]!]!;
      const random = createRandom(recipe.seed, "augment", epoch, dataset.name, sample.id);
      const picture = augmented(await dataset.load(sample), recipe.preprocessing, augmentation, size, random);
      const targets = tasks.flatMap((task) => taskOf(task).encode(labelOf(sample, task.name), task, size));
      return [picture, ...targets];
    },
  };
}

const labelOf = (sample: Sample, task: string): Sample["labels"][string] => sample.labels[task];

/** The part of a picture that the model's preprocessing shows, moved at random and sampled at the size of training. */
function augmented(image: Image, spec: Preprocessing, { flip, rotation, scale, shift }: SamplesSpec["augmentation"], size: InputSize, random: Random): Float32Array {
  const moved = randomAffine(random, {
    centre: [size.width / 2, size.height / 2],
    rotation,
    scale: [1 / scale, scale],
    shift: [shift * size.width, shift * size.height],
  });
  const mirrored: Affine = random.chance(flip) ? [-1, 0, size.width, 0, 1, 0] : [1, 0, 0, 0, 1, 0];
  const matrix = composeAffine(composeAffine(mirrored, moved), shownPart(image, spec, size));
  const { crop: _, ...rest } = spec;
  const sampled = warpAffine(convertColor(image, spec.color), matrix, { ...size, border: "replicate" });
  return preprocess(sampled, { ...rest, ...size, fit: "stretch" }).data;
}

/** From pixels of an input of this size to pixels of the picture, as `preprocess` places them for fit stretch and cover. */
export function shownPart(image: Pick<Image, "width" | "height">, spec: Preprocessing, size: InputSize): Affine {
  const ratios = [image.width / spec.width, image.height / spec.height] as const;
  const [scaleX, scaleY] = spec.fit === "stretch" ? ratios : [Math.min(...ratios), Math.min(...ratios)];
  const shown = spec.crop ?? spec;
  const stepX = (shown.width / size.width) * scaleX;
  const stepY = (shown.height / size.height) * scaleY;
  return [stepX, 0, image.width / 2 - (stepX * size.width) / 2, 0, stepY, image.height / 2 - (stepY * size.height) / 2];
}

