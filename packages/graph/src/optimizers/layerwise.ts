import { errors } from "../errors.ts";

export interface LayerwiseOptions {
  /** Regular expression whose first capture is a number: the depth of a weight's layer, 0 nearest to the input. */
  readonly pattern: string;
  /** Factor of the learning rate for every layer away from the deepest. */
  readonly decay: number;
}

/** A part of a group, with the factor of its rate: what ParameterGroup takes. */
export type Layer<Group> = Group & { readonly rateFactor: number };

/**
 * A group of weights as one group for each depth, whose rates fall towards the input: factor = decay^(deepest - depth). Weights that do
 * not fit the pattern, as those of heads, keep the whole rate. Howard and Ruder 2018, arXiv:1801.06146 (discriminative fine-tuning).
 */
export function layerwise<Group extends { readonly parameters: readonly string[] }>(
  group: Group,
  { pattern, decay }: LayerwiseOptions,
): readonly Layer<Group>[] {
  const depths = new Map(group.parameters.map((name) => [name, depthOf(pattern, name)]));
  const known = [...depths.values()].filter((depth) => depth !== undefined);
  if (known.length === 0)
    throw errors["layer-pattern"]({ pattern, names: group.parameters.slice(0, 3).join(", ") });
  const deepest = Math.max(...known);
  const factors = new Map([...depths].map(([name, depth]) => [name, decay ** (deepest - (depth ?? deepest))]));
  return [...new Set(factors.values())]
    .sort((a, b) => b - a)
    .map((rateFactor) => ({
      ...group,
      parameters: group.parameters.filter((name) => factors.get(name) === rateFactor),
      rateFactor,
    }));
}

function depthOf(pattern: string, name: string): number | undefined {
  let found: RegExpExecArray | null;
  try {
    found = new RegExp(pattern).exec(name);
  } catch (cause) {
    throw errors["layer-pattern"]({ pattern, names: name }, { cause });
  }
  const digits = found?.[1];
  return digits !== undefined && /^\d+$/.test(digits) ? Number(digits) : undefined;
}
