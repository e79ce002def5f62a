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
