import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** Names of the eight validation samples. */
export const sampleIds: readonly string[] = Array.from({ length: 8 }, (_, i) => `made/s${i}`);

const recipe = {
  name: "made",
  seed: 3,
  card: { summary: "A made-up model.", licence: "CC0-1.0", limits: "None of it is real." },
  data: { kind: "samples", sets: [{ reader: "folder", folder: "made" }] },
  preprocessing: {
    width: 32,
    height: 32,
    color: "gray",
    fit: "stretch",
    filter: "bilinear",
    scale: 1,
    mean: [0],
    std: [1],
  },
  model: {
    backbone: { family: "residual", stem: 8, widths: [8, 16], blocks: [1, 1] },
    tasks: [
      { kind: "classification", name: "kind", labels: ["no", "yes"] },
      { kind: "multilabel", name: "parts", labels: ["wheel", "wing"] },
      { kind: "regression", name: "numbers", values: ["size"] },
      { kind: "ordinal", name: "grade", labels: ["low", "middle", "high"] },
      { kind: "landmarks", name: "points", scheme: "five" },
    ],
  },
  training: {
    batch: 4,
    sizes: [{ until: 1, size: 32 }],
    epochs: 4,
    groups: [{ optimizer: "adamw", rate: 0.01, roles: ["hidden", "edge", "vector"] }],
  },
};

/** What the model says at an epoch: `kind` is right for so many samples; `size` is off by `error` everywhere. */
const epochs = [
  { right: 4, error: 1 },
  { right: 6, error: 0.5 },
  { right: 8, error: 2 },
] as const;

const points = [0.3, 0.4, 0.7, 0.4, 0.5, 0.5, 0.35, 0.7, 0.65, 0.7];

/** Half of the samples are of class "yes", have a wheel and are of grade "high". */
function predictionsOf({ right, error }: (typeof epochs)[number]) {
  const each = <Value>(make: (i: number) => Value) => sampleIds.map((_, i) => make(i));
  const isYes = (i: number) => i % 2;
  return {
    kind: {
      ids: sampleIds,
      outputs: each((i) => (isYes(i) === Number(i < right) ? [-2, 2] : [2, -2])),
      targets: each((i) => [[1 - isYes(i), isYes(i)], [1]]),
    },
    parts: {
      ids: sampleIds,
      outputs: each((i) => [isYes(i) ? -0.5 : -1, -3]),
      // nobody knows of wings but in the first sample
      targets: each((i) => [
        [isYes(i), 0],
        [1, i === 0 ? 1 : 0],
      ]),
    },
    numbers: {
      ids: sampleIds,
      outputs: each((i) => [i + error]),
      targets: each((i) => [[i], [1]]),
    },
    grade: {
      ids: sampleIds,
      outputs: each((i) => (isYes(i) ? [9, 9] : [9, -9])),
      targets: each((i) => [isYes(i) ? [1, 1] : [0, 0], [1]]),
    },
    points: {
      ids: sampleIds.slice(0, 2),
      // the second is off by a tenth of the input to the right, a quarter of the distance between the eyes
      outputs: [points, points.map((value, i) => value + (i % 2 === 0 ? 0.1 : 0))],
      targets: [0, 1].map(() => [
        [...points, ...Array(10).fill(0)],
        [...Array(10).fill(0.1), ...Array(10).fill(0)],
      ]),
    },
  };
}

const place = { steps: 8, epochs: 4 };
const losses = { kind: 0.5, parts: 0.5, numbers: 0.25, grade: 0.5, points: 0.01 };
const start = {
  type: "start",
  run: "runs/made",
  step: 0,
  ...place,
  epoch: 1,
  parameters: 1234,
  samples: { train: 8, valid: 8 },
  device: "cpu, 1 thread",
  seed: 3,
};
const step = (number: number) => ({
  type: "step",
  step: number,
  ...place,
  epoch: Math.ceil(number / 2),
  loss: 8 / number,
  losses,
  learning_rate: 0.01,
  images_per_second: 100,
  seconds_left: 60 * (8 - number),
});
const epoch = (number: number) => ({
  type: "epoch",
  step: 2 * number,
  ...place,
  epoch: number,
  loss: 1 / number,
  losses,
  metrics: {
    "kind/accuracy": epochs[number - 1]!.right / 8,
    "numbers/ccc_size": 0.5,
    "numbers/mae_size": epochs[number - 1]!.error,
    "parts/mean_f1": 0,
    "grade/accuracy": 0.5,
    "points/nme": 0.125,
  },
  images_per_second: 100,
  seconds: 10,
  seconds_left: 10 * (4 - number),
  seconds_by_part: { computation: 7, validation: 2 },
  peak_memory_bytes: 5e8 * number,
});

/** The log of three epochs of four. */
export const madeEvents: readonly object[] = [
  start,
  step(1),
  step(2),
  epoch(1),
  step(3),
  step(4),
  epoch(2),
  step(5),
  step(6),
  epoch(3),
  { type: "checkpoint", step: 6, path: "runs/made/checkpoint.bin" },
];

export const madeDone = {
  type: "done",
  step: 8,
  seconds: 45,
  model: "runs/made/made.onnx",
  sha256: "ab".repeat(32),
  metrics: { "kind/accuracy": 1, "kind/nll": 0.3, "kind/calibrated_nll": 0.2 },
};

/** What a run holds besides its log: the recipe, and predictions by epoch from 1. */
interface MadeRun {
  readonly recipe: object;
  readonly predictions: readonly object[];
}

/** A folder with a run in `runs/made`: by default of five tasks, three epochs of four done. */
export async function makeRun(
  events: readonly object[] = madeEvents,
  { recipe: own, predictions }: MadeRun = { recipe, predictions: epochs.map(predictionsOf) },
) {
  const folder = await mkdtemp(join(tmpdir(), "fovea-run-"));
  const run = join(folder, "runs", "made");
  await mkdir(join(run, "predictions"), { recursive: true });
  await writeFile(join(run, "recipe.yaml"), JSON.stringify(own));
  await writeFile(join(run, "events.jsonl"), events.map((event) => `${JSON.stringify(event)}\n`).join(""));
  for (const [i, told] of predictions.entries())
    await writeFile(join(run, "predictions", `epoch-00${i + 1}.json`), JSON.stringify(told));
  return { folder, run, remove: () => rm(folder, { recursive: true }) };
}
