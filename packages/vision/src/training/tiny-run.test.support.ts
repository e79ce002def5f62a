import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { stringify } from "yaml";
import { createRandom, type Random } from "../augment/random.ts";
import { encodePng } from "../image/encode.ts";
import type { Image } from "../image/image.ts";
import type { TrainingEvent } from "./events.ts";
import type { Measurers } from "./measure.ts";
import { type TrainOptions, train } from "./train.ts";

const side = 16;

/** A bright bar or disc anywhere on a dark picture, with noise. */
function drawing(kind: string, random: Random): Image {
  const [x, y] = [random.uniform(5, 11), random.uniform(5, 11)];
  const isUpright = random.chance(0.5);
  const data = Uint8Array.from({ length: side * side }, (_, index) => {
    const [across, down] = [(index % side) + 0.5 - x, Math.floor(index / side) + 0.5 - y];
    const isInside = kind === "discs" ? Math.hypot(across, down) < 4 : Math.abs(isUpright ? across : down) < 1.5;
    return Math.max(0, Math.min(255, (isInside ? 190 : 60) + random.normal(0, 20)));
  });
  return { width: side, height: side, order: "gray", data };
}

/** Writes data set `shapes`, a folder a class: by default 48 pictures to train on and 20 to validate of each. */
export async function drawShapes(folder: string, { train: trained = 48, valid = 20 } = {}): Promise<void> {
  for (const [part, count] of Object.entries({ train: trained, valid })) {
    for (const kind of ["bars", "discs"]) {
      const place = join(folder, "shapes", part, kind);
      if (count > 0) await mkdir(place, { recursive: true });
      for (let index = 0; index < count; index++) {
        await writeFile(
          join(place, `${index}.png`),
          await encodePng(drawing(kind, createRandom("shapes", part, kind, index))),
        );
      }
    }
  }
}

/** The recipe of a tiny net on them: 6 steps an epoch, 10 epochs, two sizes. */
export const tinyRecipe = {
  name: "shapes",
  seed: 7,
  card: { summary: "Bars and discs.", licence: "Apache-2.0", limits: "Drawings of 16 pixels." },
  data: {
    kind: "samples",
    sets: [{ reader: "folder", folder: "shapes", options: { task: "shape" } }],
    augmentation: { flip: 0.5, shift: 0.05 },
  },
  preprocessing: {
    width: side,
    height: side,
    color: "gray",
    fit: "stretch",
    filter: "bilinear",
    scale: 1 / 255,
    mean: [0.4],
    std: [0.3],
  },
  model: {
    backbone: { family: "residual", stem: 8, widths: [8, 16], blocks: [1, 1] },
    tasks: [{ kind: "classification", name: "shape", labels: ["bars", "discs"] }],
  },
  training: {
    batch: 16,
    epochs: 10,
    sizes: [
      { until: 0.4, size: 12 },
      { until: 1, size: 16 },
    ],
    groups: [
      { optimizer: "muon", rate: 0.05, weight_decay: 0.01, roles: ["hidden"] },
      { optimizer: "adamw", options: { beta2: 0.98 }, rate: 0.02, roles: ["edge", "vector"] },
    ],
    average_decay: 0.8,
  },
};

/** The recipe with parts of `training` replaced. */
export const withTraining = (training: object) => ({
  ...tinyRecipe,
  training: { ...tinyRecipe.training, ...training },
});

export const measurers: Measurers = {
  classification({ outputs, targets }) {
    const best = (row: Float32Array) => row.indexOf(Math.max(...row));
    const hits = outputs.filter((row, index) => best(row) === best(targets[index]![0]!));
    // the second is not defined, as metrics of classes that do not occur are not
    return { accuracy: hits.length / outputs.length, undefined_share: Number.NaN };
  },
  detection: () => ({}),
  landmarks: () => ({}),
  multilabel: () => ({}),
  ordinal: () => ({}),
  regression: () => ({}),
};

/** A folder for one test file, with what runs in it. */
export interface Place {
  readonly folder: string;
  readonly write: (name: string, recipe: object) => Promise<string>;
  /** Options of a run in this folder, with one thread. */
  readonly options: (recipe: string, run: string, more?: Partial<TrainOptions>) => TrainOptions;
  readonly remove: () => Promise<void>;
}

export async function makePlace(): Promise<Place> {
  const folder = await mkdtemp(join(tmpdir(), "fovea-training-"));
  return {
    folder,
    async write(name, recipe) {
      const path = join(folder, `${name}.yaml`);
      await writeFile(path, stringify(recipe));
      return path;
    },
    options: (recipe, run, more = {}) => ({
      recipe,
      run: join(folder, run),
      start: "auto",
      threads: 1,
      signal: new AbortController().signal,
      dataFolders: [folder],
      measurers,
      ...more,
    }),
    remove: () => rm(folder, { recursive: true, force: true }),
  };
}

/** Runs to the end, or to the error, and gives all events; `visit` sees each as it comes. */
export async function eventsOf(
  options: TrainOptions,
  visit: (event: TrainingEvent) => void = () => {},
): Promise<TrainingEvent[]> {
  const events: TrainingEvent[] = [];
  for await (const event of train(options)) {
    events.push(event);
    visit(event);
  }
  return events;
}
