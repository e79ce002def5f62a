import type { Measures } from "./events.ts";
import type { Recipe } from "./recipe.ts";
import type { Source } from "./source.ts";

/**
 * The recipe with its losses weighted by counts, where it says so: the number of labels of the task that has most over that of each,
 * as for the heads of MT-EmotiEffNet (arXiv:2207.09508), times the weights by hand.
 */
export function balanced(recipe: Recipe, { labels = {} }: Pick<Source, "labels">): Recipe {
  const { training, model } = recipe;
  if (training.loss_balance !== "count") return recipe;
  const most = Math.max(...Object.values(labels));
  const weights = model.tasks.map(({ name }) => {
    const byHand = training.loss_weights[name] ?? 1;
    return [name, byHand * (most / (labels[name] ?? most))] as const;
  });
  return { ...recipe, training: { ...training, loss_weights: Object.fromEntries(weights) } };
}

/** By task, the factor of its loss that was learned, exp(-s) times the weight by hand; undefined where none is learned. */
export function learnedWeights(
  { model, training }: Recipe,
  state: ReadonlyMap<string, Float32Array>,
): Measures | undefined {
  if (training.loss_balance !== "uncertainty") return undefined;
  const weights = model.tasks.map(({ name }) => {
    const [logVariance] = state.get(`parameter/loss_balance.${name}`)!;
    return [name, (training.loss_weights[name] ?? 1) * Math.exp(-logVariance!)] as const;
  });
  return Object.fromEntries(weights);
}
