import { madeEvents, makeRun } from "./made-run.test.support.ts";

/** Four pictures with a cup at the left each, and a plate at the right of the first two; the last has a crowd that counts neither way. */
export const pictureIds: readonly string[] = [0, 1, 2, 3].map((i) => `table/p${i}.jpg`);

const cup = [10, 10, 20, 40] as const;
const plate = [60, 10, 30, 20] as const;
const crowd = [0, 60, 100, 40] as const;

const labelled = pictureIds.map((_, i) => [
  ["face", ...cup, 0],
  ...(i < 2 ? [["face", ...plate, 1]] : []),
  ...(i === 3 ? [["ignore", ...crowd, 0]] : []),
]);

/**
 * The finds of an epoch: the cups of the first so many pictures, surer in each than in the next; the first plate as a cup; a find in
 * the crowd; and one where nothing is, of the score that is told.
 */
const foundBy = (cups: number, nothing: number) =>
  pictureIds.map((_, i) => [
    ...(i < cups ? [[...cup, 0.9 - 0.1 * i, 0]] : []),
    ...(i === 0 ? [[...plate, 0.65, 0]] : []),
    ...(i === 1 ? [[...plate, 0.95, 1]] : []),
    ...(i === 2 ? [[70, 70, 20, 20, nothing, 1]] : []),
    ...(i === 3 ? [[...crowd, 0.99, 0]] : []),
  ]);

const recipe = {
  name: "made",
  seed: 3,
  card: { summary: "A made-up detector.", licence: "CC0-1.0", limits: "None of it is real." },
  data: { kind: "boxes", sets: [{ reader: "coco", folder: "table" }] },
  preprocessing: {
    width: 96,
    height: 96,
    color: "rgb",
    fit: "limit",
    multiple: 32,
    filter: "bilinear",
    scale: 1,
    mean: [0, 0, 0],
    std: [1, 1, 1],
  },
  model: {
    backbone: { family: "pyramid", stem: [8, 8], widths: [8, 8, 8], blocks: [1, 0, 0], lateral: 8 },
    tasks: [{ kind: "detection", name: "things", points: 0, labels: ["cup", "plate"] }],
  },
  training: {
    batch: 4,
    sizes: [{ until: 1, size: 64 }],
    epochs: 4,
    groups: [{ optimizer: "adamw", rate: 0.01, roles: ["hidden", "edge", "vector"] }],
  },
};

/** mAP50 by epoch, told to the log. */
export const precisions = [0.5, 0.75, 0.6] as const;

const logged = madeEvents.map((event) =>
  "epoch" in event && "metrics" in event
    ? {
        ...event,
        losses: { things: 2 },
        metrics: { "things/map50": precisions[(event.epoch as number) - 1], "things/recall": 0.5 },
      }
    : event,
);

/** A run of a detector of two classes, three epochs of four done. */
export const makeBoxesRun = () =>
  makeRun(logged, {
    recipe,
    predictions: [foundBy(1, 0.1), foundBy(4, 0.2), foundBy(3, 0.8)].map((found) => ({
      things: { ids: pictureIds, found, labelled },
    })),
  });
