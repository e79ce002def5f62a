import { type Graph, withWeights } from "@foveajs/graph";
import { createFeatureModel, type NetworkSpec } from "../../model/network.ts";
import { type Measurers, measureTask, type Predicted, type Validation } from "../measure.ts";
import type { Recipe } from "../recipe.ts";
import type { SampleSet } from "../sample-sets.ts";
import { validationLoss } from "../validation-loss.ts";
import { type BestHeadOptions, bestHead } from "./best-head.ts";
import { featuresOf } from "./features.ts";

export interface RefitOptions extends Omit<BestHeadOptions, "size" | "seed"> {
  readonly network: NetworkSpec;
  readonly sets: readonly SampleSet[];
  readonly measurers: Measurers;
}

/** What became of one task's head: validation losses of the network's own and of the one fitted anew, on samples that did not choose it. */
export interface RefitHead {
  readonly own: number;
  readonly refitted: number;
  /** Epoch of the fit that was taken; undefined where the network's own head is better. */
  readonly epoch: number | undefined;
}

/** A model with the better head of each task. */
export interface Refitted {
  readonly graph: Graph;
  readonly validation: Validation;
  readonly heads: Readonly<Record<string, RefitHead>>;
}

/** How often each training picture is looked at: once as it is, then moved at random. */
export const VIEWS = 4;

/**
 * Fits the heads of a trained model anew on its features, each to its own best epoch, and takes each that has the lower loss on
 * validation samples that did not choose its epoch. Heads that look at maps (landmarks) stay as they are.
 */
export async function refitHeads(
  graph: Graph,
  { metrics, predicted }: Validation,
  recipe: Recipe,
  { network, sets, measurers, threads, signal }: RefitOptions,
): Promise<Refitted> {
  const { model, preprocessing, seed } = recipe;
  const size = preprocessing.crop ?? preprocessing;
  const tasks = model.tasks.filter(({ kind, name }) => kind !== "landmarks" && predicted.has(name));
  const { train, valid } = await featuresOf(
    { ...recipe, model: { ...model, tasks } },
    {
      graph: withWeightsOf(createFeatureModel(network, preprocessing), graph),
      sets,
      threads,
      onProgress: () => signal.throwIfAborted(),
    },
    VIEWS,
  );
  const weights = new Map<string, Float32Array>();
  const heads: Record<string, RefitHead> = {};
  const told = new Map<string, Predicted>(predicted);
  let measured = metrics;
  for (const task of tasks) {
    const best = await bestHead(task, train.get(task.name)!, valid.get(task.name)!, { seed, size, threads, signal });
    const own = await validationLoss(task, predicted.get(task.name)!, size);
    const refitted = best.heldOut ? await validationLoss(task, best.heldOut, size) : Number.POSITIVE_INFINITY;
    const isBetter = refitted < own;
    heads[task.name] = { own, refitted, epoch: isBetter ? best.epoch.epoch : undefined };
    if (!isBetter) continue;
    for (const [name, values] of best.epoch.weights) weights.set(name, values);
    told.set(task.name, best.told);
    measured = { ...measured, ...measureTask(measurers, task, best.told) };
  }
  const slots = new Map([...weights.keys()].map((name) => [name, name]));
  return {
    graph: withWeights(graph, weights, slots),
    validation: { metrics: measured, predicted: told },
    heads,
  };
}

/** A graph with the weights of another under the same names. */
const withWeightsOf = (graph: Graph, trained: Graph): Graph => ({
  ...graph,
  initializers: new Map(
    [...graph.initializers].map(([name, tensor]) => [name, trained.initializers.get(name) ?? tensor]),
  ),
});
