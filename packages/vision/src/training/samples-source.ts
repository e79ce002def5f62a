import { createRandom, type Random } from "../augment/random.ts";
import { randomAffine } from "../augment/random-affine.ts";
import { sampleOrder } from "../data/batch.ts";
import type { Dataset, Sample } from "../data/types.ts";
import { errors } from "../errors.ts";
import { type Affine, composeAffine } from "../image/affine.ts";
import { convertColor } from "../image/color.ts";
import type { Image } from "../image/image.ts";
import { type Preprocessing, preprocess } from "../image/preprocess.ts";
import { warpAffine } from "../image/warp.ts";
import { taskOf } from "../model/network.ts";
import type { TaskSpec } from "../tasks/table.ts";
import type { InputSize } from "../tasks/task.ts";
import { openDataSet } from "./data-sets.ts";
import type { Recipe } from "./recipe.ts";
import type { Source } from "./source.ts";

type SamplesSpec = Extract<Recipe["data"], { kind: "samples" }>;

/** Labelled pictures, shuffled every epoch, each sampled once from its file through one random transformation. */
export async function openSamples(
  recipe: Recipe,
  { sets, augmentation }: SamplesSpec,
  dataFolders: readonly string[],
): Promise<Source> {
  const datasets = await Promise.all(sets.map((set) => openDataSet(set, dataFolders)));
  const samples = datasets.flatMap((dataset) =>
    dataset.samples.filter(({ split }) => split === "train").map((sample) => ({ dataset, sample })),
  );
  if (samples.length === 0) throw errors["data-empty"]({ where: `${recipe.name}, training samples` });
  const { tasks } = recipe.model;
  for (const task of tasks) checkLabels(recipe, task, datasets);
  let order = { epoch: -1, indices: new Uint32Array() };
  const orderOf = (epoch: number): Uint32Array => {
    if (order.epoch !== epoch)
      order = { epoch, indices: sampleOrder(samples.length, epoch, recipe.seed) as Uint32Array<ArrayBuffer> };
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

/** Labels are numbers into the data's own list of classes: another list in the recipe would teach the wrong words. */
function checkLabels({ name, model }: Recipe, task: TaskSpec, datasets: readonly Dataset[]): void {
  const fail = (what: string, expected: string, received: string) =>
    errors["recipe-invalid"]({
      path: name,
      detail: `model.tasks[${model.tasks.indexOf(task)}].${what}: expected ${expected}, received ${received}`,
    });
  const told = new Set(
    datasets.flatMap(({ samples }) =>
      samples.flatMap(({ split, labels }) =>
        split === "train" ? Object.keys(labels).filter((key) => labels[key]) : [],
      ),
    ),
  );
  if (!told.has(task.name))
    throw fail(
      "name",
      `a task that the training samples have labels of (${[...told].join(", ") || "none"})`,
      task.name,
    );
  for (const dataset of datasets) {
    const classes = dataset.classes[task.name];
    if (task.kind !== "classification" || !classes || classes.join() === task.labels.join()) continue;
    throw fail("labels", `${classes.join(", ")}, as data set ${dataset.name} has them`, task.labels.join(", "));
  }
}

const labelOf = (sample: Sample, task: string): Sample["labels"][string] => sample.labels[task];

/** The part of a picture that the model's preprocessing shows, moved at random and sampled at the size of training. */
function augmented(
  image: Image,
  spec: Preprocessing,
  { flip, rotation, scale, shift }: SamplesSpec["augmentation"],
  size: InputSize,
  random: Random,
): Float32Array {
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
