import { colorJitter } from "../augment/color-jitter.ts";
import { downscale } from "../augment/downscale.ts";
import { erase as eraseRectangle } from "../augment/erase.ts";
import { mixed } from "../augment/mixup.ts";
import { createRandom, type Random } from "../augment/random.ts";
import { randomAffine } from "../augment/random-affine.ts";
import { sampleOrder } from "../data/batch.ts";
import { errors } from "../errors.ts";
import { type Affine, composeAffine, invertAffine } from "../image/affine.ts";
import type { Image } from "../image/image.ts";
import { preprocess } from "../image/preprocess.ts";
import { warpAffine } from "../image/warp.ts";
import { taskOf } from "../model/network.ts";
import { viewOf } from "../model/view.ts";
import type { TaskSpec } from "../tasks/table.ts";
import type { InputSize } from "../tasks/task.ts";
import type { DataPlaces } from "./data-places.ts";
import type { Recipe } from "./recipe.ts";
import {
  openSampleSets,
  type SampleSet,
  type SamplesSpec,
  type SetSample,
  samplesOfPart,
  type TaughtLabels,
} from "./sample-sets.ts";
import type { Source } from "./source.ts";
import { validateSamples } from "./validate-samples.ts";

/** Labelled pictures, shuffled every epoch, each sampled once from its file through one random transformation. */
export async function openSamples(
  recipe: Recipe,
  spec: SamplesSpec,
  dataFolders: DataPlaces,
  taught: TaughtLabels = {},
): Promise<Source> {
  const sets = await openSampleSets(recipe, spec, dataFolders, taught);
  const { tasks } = recipe.model;
  const lanes = lanesOf(recipe, sets);
  for (const task of tasks) checkLabels(recipe, task, sets);
  const { batch } = recipe.training;
  return {
    datasets: sets.map(({ dataset }) => dataset),
    samplesPerEpoch: samplesPerEpoch(lanes, batch),
    labels: labelCounts(tasks, samplesOfPart(sets, "train")),
    async draw(position, size) {
      const own = await drawn(entryAt(lanes, position, batch, recipe.seed), recipe, spec, size);
      const { mixup } = spec.augmentation;
      const random = createRandom(recipe.seed, "mixup", position);
      if (!mixup || !random.chance(mixup.chance)) return own;
      const lane = laneAt(lanes, position % batch);
      const other = position - (position % batch) + lane.first + random.integer(lane.perBatch);
      return mixed(
        own,
        await drawn(entryAt(lanes, other, batch, recipe.seed), recipe, spec, size),
        random.beta(mixup.alpha),
      );
    },
    validate: (session, measurers) => validateSamples(session, recipe, samplesOfPart(sets, "valid"), measurers),
  };
}

/** Samples that fill the same places of every batch, in an order of their own. */
interface Lane {
  readonly entries: readonly SetSample[];
  readonly first: number;
  readonly perBatch: number;
  order: { readonly epoch: number; readonly indices: Uint32Array };
}

/** One lane for all sets that are shuffled together, or one a set. */
function lanesOf({ name, training }: Recipe, sets: readonly SampleSet[]): Lane[] {
  const parts = sets.some(({ perBatch }) => perBatch !== undefined) ? sets.map((set) => [set]) : [sets];
  let first = 0;
  return parts.map((part) => {
    const entries = samplesOfPart(part, "train");
    if (entries.length === 0) {
      throw errors["data-empty"]({
        where: `${name}, training samples of ${part.map((set) => set.dataset.name).join(", ")}`,
      });
    }
    const perBatch = (parts.length > 1 ? part[0]!.perBatch : undefined) ?? training.batch;
    const lane = { entries, first, perBatch, order: { epoch: -1, indices: new Uint32Array() } };
    first += perBatch;
    return lane;
  });
}

const labelCounts = (tasks: readonly TaskSpec[], samples: readonly SetSample[]): Record<string, number> =>
  Object.fromEntries(
    tasks.map(({ name }) => [name, samples.filter(({ sample, set }) => set.labelOf(sample, name)).length]),
  );

/** An epoch is a pass over the first lane. */
const samplesPerEpoch = ([lane]: readonly Lane[], batch: number): number =>
  lane!.perBatch === batch
    ? lane!.entries.length
    : Math.max(1, Math.floor(lane!.entries.length / lane!.perBatch)) * batch;

/** The sample at a position of the whole training, and how often its lane was passed over before. */
function entryAt(
  lanes: readonly Lane[],
  position: number,
  batch: number,
  seed: number,
): { readonly entry: SetSample; readonly epoch: number } {
  const slot = position % batch;
  const lane = laneAt(lanes, slot);
  const index = Math.floor(position / batch) * lane.perBatch + slot - lane.first;
  const { length } = lane.entries;
  const epoch = Math.floor(index / length);
  if (lane.order.epoch !== epoch) lane.order = { epoch, indices: sampleOrder(length, epoch, seed) };
  return { entry: lane.entries[lane.order.indices[index % length]!]!, epoch };
}

const laneAt = (lanes: readonly Lane[], slot: number): Lane => lanes.findLast(({ first }) => first <= slot)!;

/** A sample moved at random: the picture, then the targets of every task. */
async function drawn(
  { entry, epoch }: ReturnType<typeof entryAt>,
  recipe: Recipe,
  spec: SamplesSpec,
  size: InputSize,
): Promise<Float32Array[]> {
  const { sample, set } = entry;
  const random = createRandom(recipe.seed, "augment", epoch, set.dataset.name, sample.id);
  const { picture, placement } = await augmented(entry, recipe, spec.augmentation, size, random);
  const targets = recipe.model.tasks.flatMap((task) => {
    const { place, encode } = taskOf(task);
    const label = set.labelOf(sample, task.name);
    return encode(label && place ? place(label, task, placement) : label, task, size);
  });
  return [picture, ...targets];
}

/** Labels are numbers into the data's own list of classes: another list in the recipe would teach the wrong words. */
export function checkLabels({ name, model }: Recipe, task: TaskSpec, sets: readonly SampleSet[]): void {
  const fail = (what: string, expected: string, received: string) =>
    errors["recipe-invalid"]({
      path: name,
      detail: `model.tasks[${model.tasks.indexOf(task)}].${what}: expected ${expected}, received ${received}`,
    });
  const train = samplesOfPart(sets, "train");
  if (!train.some(({ sample, set }) => set.labelOf(sample, task.name))) {
    const told = new Set(train.flatMap(({ sample: { labels } }) => Object.keys(labels).filter((key) => labels[key])));
    const expected = `a task that the training samples have labels of (${[...told].join(", ") || "none"})`;
    throw fail("name", expected, task.name);
  }
  for (const { dataset, labelName } of sets) {
    const classes = dataset.classes[labelName(task.name)];
    if (!("labels" in task) || !task.labels || !classes || classes.join() === task.labels.join()) continue;
    throw fail("labels", `${classes.join(", ")}, as data set ${dataset.name} has them`, task.labels.join(", "));
  }
}

/** The part of a picture that the model's preprocessing shows, moved at random and sampled at the size of training. */
export async function augmented(
  { sample, set }: SetSample,
  { preprocessing }: Recipe,
  { flip, rotation, scale, shift, low_resolution, erase, ...jitter }: SamplesSpec["augmentation"],
  size: InputSize,
  random: Random,
) {
  const image = await set.load(sample);
  const moved = randomAffine(random, {
    centre: [size.width / 2, size.height / 2],
    rotation,
    scale: [1 / scale, scale],
    shift: [shift * size.width, shift * size.height],
  });
  const isMirrored = random.chance(flip);
  const mirrored: Affine = isMirrored ? [-1, 0, size.width, 0, 1, 0] : [1, 0, 0, 0, 1, 0];
  const view = viewOf(image, sample, set.viewing, preprocessing, size);
  const toPicture = composeAffine(composeAffine(mirrored, moved), view);
  const { crop: _, ...rest } = preprocessing;
  const coloured = jittered(warpAffine(image, toPicture, { ...size, border: "replicate" }), jitter, random);
  const sampled = worsened(coloured, { low_resolution, erase }, random);
  return {
    picture: preprocess(sampled, { ...rest, ...size, fit: "stretch" }).data,
    placement: { toInput: invertAffine(toPicture), isMirrored },
  };
}

/** The picture in other colours, the same one where the recipe changes none. */
export function jittered(image: Image, { brightness = 0, contrast = 0, gain = 0 }: Jitter, random: Random): Image {
  return brightness + contrast + gain === 0 ? image : colorJitter(image, random, { brightness, contrast, gain });
}

/** The picture with less to see in it, the same one where the recipe takes nothing away. */
function worsened(image: Image, { low_resolution, erase }: Worsening, random: Random): Image {
  const isCoarse = low_resolution && random.chance(low_resolution.chance);
  const seen = isCoarse ? downscale(image, random, { factor: [1, low_resolution.factor] }) : image;
  return erase ? eraseRectangle(seen, random, { chance: erase.chance, area: [0, erase.area] }) : seen;
}

type Worsening = Pick<SamplesSpec["augmentation"], "low_resolution" | "erase">;

type Jitter = Pick<SamplesSpec["augmentation"], "brightness" | "contrast" | "gain">;
