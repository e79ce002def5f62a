import { type Graph, writeOnnx } from "@foveajs/graph";
import { sha256 as hashOf } from "#host";
import type { Dataset } from "../data/types.ts";
import { channelsOf } from "../image/image.ts";
import { type ModelCard, withCard } from "../model/card.ts";
import { makeGolden } from "../model/golden.ts";
import type { Start } from "../model/start.ts";
import { withTrainingPictures } from "../model/training-pictures.ts";
import type { Classification } from "../tasks/classification.ts";
import type { TaskSpec } from "../tasks/table.ts";
import type { Measures } from "./events.ts";
import { labelSources } from "./label-sources.ts";
import { learntPictures } from "./learnt-pictures.ts";
import { halvesOf, joinedPredictions, type Measurers, type Predicted, type Validation } from "./measure.ts";
import type { LoadedRecipe, Recipe } from "./recipe.ts";
import { fitTemperature } from "./temperature.ts";

export interface Shipped {
  readonly bytes: Uint8Array;
  readonly sha256: string;
  readonly card: ModelCard;
  readonly metrics: Measures;
}

/** Sides of the golden input of a model that takes any size. */
const GOLDEN_SIDE = 64;

/**
 * The file of a trained model: calibrated, with its card, a golden output and the list of the pictures that it was trained on,
 * which are those of the data sets' training parts and what the file of its start lists.
 */
export async function ship(
  graph: Graph,
  { recipe, sha256 }: LoadedRecipe,
  datasets: readonly Dataset[],
  { metrics, predicted }: Validation,
  { measurers, threads, from }: { measurers: Measurers; threads: number; from?: Start | undefined },
): Promise<Shipped> {
  const calibrated = recipe.model.tasks.flatMap((task) => {
    const samples = predicted.get(task.name);
    if (task.kind !== "classification" || !samples) return [];
    const measured = crossCalibrated(samples, task, measurers);
    return Object.entries(measured).map(([name, value]) => [`${task.name}/calibrated_${name}`, value] as const);
  });
  const all = { ...metrics, ...Object.fromEntries(calibrated) };
  const tasks = recipe.model.tasks.map((task) => withTemperature(task, predicted.get(task.name)));
  const card: ModelCard = {
    format: 1,
    name: recipe.name,
    ...recipe.card,
    tasks,
    preprocessing: recipe.preprocessing,
    sources: labelSources(recipe, datasets),
    results: Object.entries(all).map(([metric, value]) => ({
      data: dataOf(metric.slice(0, metric.indexOf("/")), predicted) ?? validationData(datasets, recipe.model.tasks),
      metric,
      value,
    })),
    recipe: { name: recipe.name, sha256, seed: recipe.seed },
    golden: await makeGolden(graph, goldenShape(recipe), recipe.preprocessing, { threads }),
  };
  const learnt = await learntPictures(datasets, { from });
  const bytes = writeOnnx(withTrainingPictures(withCard(graph, card), learnt));
  return { bytes, sha256: hashOf(bytes), card, metrics: all };
}

const withTemperature = (task: TaskSpec, samples: Predicted | undefined): TaskSpec =>
  task.kind === "classification" && samples
    ? { ...task, temperature: fitTemperature(samples.outputs, sharesOf(samples)) }
    : task;

/** Shares of the classes of each sample: the first target of a classification. */
const sharesOf = ({ targets }: Predicted): readonly Float32Array[] => targets.map(([shares]) => shares!);

/** Metrics after a temperature that was fitted on the other half of the samples, both ways: calibration on data that it has not seen. */
function crossCalibrated(predicted: Predicted, task: Classification, measurers: Measurers): Measures {
  // of a single sample there is no other half
  if (predicted.outputs.length < 2) return {};
  const halves = halvesOf(predicted);
  const scaled = halves.map((half, index): Predicted => {
    const other = halves[1 - index]!;
    const temperature = fitTemperature(other.outputs, sharesOf(other));
    return { ...half, outputs: half.outputs.map((row) => row.map((value) => value / temperature)) };
  });
  const measured = measurers.classification(joinedPredictions(scaled), task);
  return Object.fromEntries(Object.entries(measured).filter(([, value]) => Number.isFinite(value)));
}

/** "mtfl valid (839), landmarks68 valid (121)": where a task's predictions are from; undefined where there are none. */
function dataOf(task: string, predicted: Validation["predicted"]): string | undefined {
  const counts = new Map<string, number>();
  for (const id of predicted.get(task)?.ids ?? []) {
    const name = id.slice(0, id.indexOf("/"));
    counts.set(name, (counts.get(name) ?? 0) + 1);
  }
  return counts.size === 0 ? undefined : [...counts].map(([name, count]) => `${name} valid (${count})`).join(", ");
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
