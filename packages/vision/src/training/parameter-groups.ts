import { layerwise, type Optimizer, optimizers, type ParameterGroup } from "@foveajs/graph";
import { errors } from "../errors.ts";
import type { Parameter } from "../layers/scope.ts";
import type { Recipe } from "./recipe.ts";

/** Name of the step's input that carries a group's learning rate; blocks away from the tasks have inputs of their own. */
export const rateName = (index: number, block = 0): string =>
  block === 0 ? `rate/${index}` : `rate/${index}/${block}`;

/** Weights that are moved alike, and their learning rate at its peak. */
export interface RatedGroup extends ParameterGroup {
  readonly peak: number;
}

/** The recipe's optimizers with the weights that each moves; every weight that is not frozen must belong to exactly one. */
export function groupsOf(recipe: Recipe, parameters: readonly Parameter[]): readonly RatedGroup[] {
  const { name, training, model } = recipe;
  const moved = movedOf(recipe, parameters);
  for (const { name: weight, role } of moved) {
    const owners = training.groups.filter((group) => group.roles.includes(role)).length;
    if (owners !== 1)
      throw errors["recipe-invalid"]({
        path: name,
        detail: `training.groups: weights of role "${role}" (such as ${weight}) belong to ${owners} groups, expected 1`,
      });
  }
  const decay = model.from?.rate_decay ?? 1;
  const blocks = decay === 1 ? undefined : blocksFromTasks(parameters);
  return training.groups.flatMap(({ optimizer, options, weight_decay, roles, rate }, index): RatedGroup[] => {
    const own = moved.filter(({ role }) => roles.includes(role)).map((parameter) => parameter.name);
    const blockOf = (weight: string) => blocks?.get(weight) ?? 0;
    const used = [...new Set(own.map(blockOf))].sort((a, b) => a - b);
    const groups = used.map((block) => ({
      parameters: own.filter((weight) => blockOf(weight) === block),
      optimizer: (optimizers[optimizer] as (options: object) => Optimizer)(options),
      weightDecay: weight_decay,
      rate: rateName(index, block),
      peak: rate * decay ** block,
    }));
    const { layer_rates: layers } = training;
    if (!layers) return groups;
    return groups.flatMap((group) => layerwise(group, { ...layers, among: moved.map((parameter) => parameter.name) }));
  });
}

const BACKBONE = /^backbone\./;

/** Weights that no pattern of the recipe freezes. */
function movedOf({ name, model }: Recipe, parameters: readonly Parameter[]): readonly Parameter[] {
  const patterns = (model.from?.freeze ?? []).map((text) => {
    const fail = (detail: string) =>
      errors["recipe-invalid"]({ path: name, detail: `model.from.freeze: "${text}" ${detail}` });
    let pattern: RegExp;
    try {
      pattern = new RegExp(text);
    } catch (cause) {
      throw fail(`is no regular expression: ${(cause as Error).message}`);
    }
    if (parameters.some((weight) => BACKBONE.test(weight.name) && pattern.test(weight.name))) return pattern;
    const some = parameters.slice(0, 3).map((weight) => weight.name);
    throw fail(`fits no weight of the backbone; there are ${some.join(", ")} and others`);
  });
  return parameters.filter((weight) => !(BACKBONE.test(weight.name) && patterns.some((one) => one.test(weight.name))));
}

/**
 * How many blocks of the backbone lie between each weight and the tasks: 0 for the tasks' own, 1 for the last block. Blocks of our own
 * backbones are told by their names; in a graph of another maker, whose names mean nothing, every layer is a block.
 */
function blocksFromTasks(parameters: readonly Parameter[]): ReadonlyMap<string, number> {
  const own = parameters.filter(({ name }) => BACKBONE.test(name));
  const depths = new Set(own.flatMap(({ depth }) => depth ?? []));
  if (depths.size > 0) {
    const ranks = [...depths].sort((a, b) => a - b);
    return new Map(own.map(({ name, depth = 0 }) => [name, ranks.indexOf(depth) + 1]));
  }
  const blockOf = (name: string) => name.split(".").slice(0, -2).slice(0, 3).join(".");
  const order = [...new Set(own.map(({ name }) => blockOf(name)))];
  return new Map(own.map(({ name }) => [name, order.length - order.indexOf(blockOf(name))]));
}
