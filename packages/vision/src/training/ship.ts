import { createHash } from "node:crypto";
import { type Graph, writeOnnx } from "@foveajs/graph";
import type { Dataset } from "../data/types.ts";
import { channelsOf } from "../image/image.ts";
import { type ModelCard, withCard } from "../model/card.ts";
import { makeGolden } from "../model/golden.ts";
import type { TaskSpec } from "../tasks/table.ts";
import type { Measures } from "./events.ts";
import type { ClassifiedSamples, Measurers } from "./measure.ts";
import type { LoadedRecipe, Recipe } from "./recipe.ts";
import { fitTemperature } from "./temperature.ts";
import type { Validation } from "./validate.ts";

export interface Shipped {
  readonly bytes: Uint8Array;
  readonly sha256: string;
  readonly card: ModelCard;
  readonly metrics: Measures;
}

/** Sides of the golden input of a model that takes any size. */
const GOLDEN_SIDE = 64;

/** The file of a trained model: calibrated, with its card and a golden output. */
export async function ship(
  graph: Graph,
  { recipe, sha256 }: LoadedRecipe,
  datasets: readonly Dataset[],
  { metrics, classified }: Validation,
  { measurers, threads }: { measurers: Measurers; threads: number },
): Promise<Shipped> {
  const calibrated = Object.fromEntries(
    [...classified].flatMap(([task, samples]) =>
      Object.entries(crossCalibrated(samples, measurers)).map(([name, value]) => [`${task}/calibrated_${name}`, value]),
    ),
  );
  const all = { ...metrics, ...calibrated };
  const tasks = recipe.model.tasks.map((task) => withTemperature(task, classified.get(task.name)));
  const card: ModelCard = {
    format: 1,
    name: recipe.name,
    ...recipe.card,
    tasks,
    preprocessing: recipe.preprocessing,
    sources: [
      ...datasets.map(({ name, terms }) => ({ name, licence: terms.licence, source: terms.source })),
      ...recipe.teachers,
    ],
    results: Object.entries(all).map(([metric, value]) => ({
      data: validationData(datasets, recipe.model.tasks),
      metric,
      value,
    })),
    recipe: { name: recipe.name, sha256, seed: recipe.seed },
    golden: await makeGolden(graph, goldenShape(recipe), recipe.preprocessing, { threads }),
  };
  const bytes = writeOnnx(withCard(graph, card));
  return { bytes, sha256: createHash("sha256").update(bytes).digest("hex"), card, metrics: all };
}

const withTemperature = (task: TaskSpec, samples: ClassifiedSamples | undefined): TaskSpec =>
  task.kind === "classification" && samples
    ? { ...task, temperature: fitTemperature(samples.logits, samples.targets) }
    : task;

/** Metrics after a temperature that was fitted on the other half of the samples, both ways: calibration on data that it has not seen. */
function crossCalibrated({ logits, targets }: ClassifiedSamples, measurers: Measurers): Measures {
  // of a single sample there is no other half
  if (logits.length < 2) return {};
  const half =
    (parity: number) =>
    <Item>(items: readonly Item[]) =>
      items.filter((_, index) => index % 2 === parity);
  const scaled = [0, 1].map((parity) => {
    const temperature = fitTemperature(half(1 - parity)(logits), half(1 - parity)(targets));
    return half(parity)(logits).map((row) => row.map((value) => value / temperature));
  });
  const measured = measurers.classification({
    logits: scaled.flat(),
    targets: [...half(0)(targets), ...half(1)(targets)],
  });
  return Object.fromEntries(Object.entries(measured).filter(([, value]) => Number.isFinite(value)));
}

/** "face_scenes valid (332)": the data sets that have validation samples with labels of these tasks, and how many. */
const validationData = (datasets: readonly Dataset[], tasks: readonly TaskSpec[]): string =>
  datasets
    .map(({ name, samples }) => {
      const used = samples.filter(({ split, labels }) => split === "valid" && tasks.some((task) => labels[task.name]));
      return { name, count: used.length };
    })
    .filter(({ count }) => count > 0)
    .map(({ name, count }) => `${name} valid (${count})`)
    .join(", ");

const goldenShape = ({ preprocessing }: Recipe): readonly number[] => {
  const { width, height } =
    preprocessing.fit === "limit" ? { width: GOLDEN_SIDE, height: GOLDEN_SIDE } : (preprocessing.crop ?? preprocessing);
  return [1, channelsOf(preprocessing.color), height, width];
};
