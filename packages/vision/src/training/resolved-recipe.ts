import { stringify } from "yaml";
import { withDefaults } from "#data-sets";
import type { Start } from "../model/start.ts";
import type { Recipe } from "./recipe.ts";

const HEADING =
  "# What this run does in full: recipe.yaml with every default written out and with what was worked out from the data " +
  "(weights of losses, the features of a foreign graph). Fields that are not here are not used.";

/**
 * A recipe as it is carried out, as YAML that is a recipe too: defaults of fields, optimizers and readers written out, a weight for each
 * task's loss. `recipe` has its weights by count already (`balanced`), which is why they stand there as if set by hand.
 */
export function resolvedText(recipe: Recipe, { from }: { from?: Start | undefined } = {}): string {
  const { training, model, data } = recipe;
  const balance = training.loss_balance === "count" ? "hand" : training.loss_balance;
  const weights = model.tasks.map(({ name }) => [name, training.loss_weights[name] ?? 1] as const);
  const features = model.from?.features ?? from?.foreign?.graph.outputs[0]?.name;
  const resolved = {
    ...recipe,
    data: withReaders(data),
    model: { ...model, ...(model.from ? { from: { ...model.from, features } } : {}) },
    training: { ...training, loss_balance: balance, loss_weights: Object.fromEntries(weights) },
  };
  return `${HEADING}\n${stringify(resolved, { lineWidth: 120, aliasDuplicateObjects: false })}`;
}

/** The data with the readers' own defaults. */
function withReaders(data: Recipe["data"]): Recipe["data"] {
  if (data.kind === "scenes")
    return {
      ...data,
      photographs: withDefaults(data.photographs),
      backgrounds: data.backgrounds.map(withDefaults),
      cutouts: data.cutouts.map(withDefaults),
    };
  if (data.kind === "boxes") return { ...data, sets: data.sets.map(withDefaults) };
  return { ...data, sets: data.sets.map(withDefaults) };
}
