import { type Optimizer, optimizers, type ParameterGroup } from "@foveajs/graph";
import { errors } from "../errors.ts";
import type { Parameter } from "../layers/scope.ts";
import type { Recipe } from "./recipe.ts";

/** Name of the step's input that carries a group's learning rate. */
export const rateName = (index: number): string => `rate/${index}`;

/** The recipe's optimizers with the weights that each moves; every weight must belong to exactly one. */
export function groupsOf({ name, training }: Recipe, parameters: readonly Parameter[]): readonly ParameterGroup[] {
  for (const { name: weight, role } of parameters) {
    const owners = training.groups.filter((group) => group.roles.includes(role)).length;
    if (owners !== 1)
      throw errors["recipe-invalid"]({
        path: name,
        detail: `training.groups: weights of role "${role}" (such as ${weight}) belong to ${owners} groups, expected 1`,
      });
  }
  return training.groups.flatMap(({ optimizer, options, weight_decay, roles }, index): ParameterGroup[] => {
    const own = parameters.filter(({ role }) => roles.includes(role)).map((parameter) => parameter.name);
    if (own.length === 0) return [];
    return [
      {
        parameters: own,
        optimizer: (optimizers[optimizer] as (options: object) => Optimizer)(options),
        weightDecay: weight_decay,
        rate: rateName(index),
      },
    ];
  });
}
