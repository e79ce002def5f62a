import { errors } from "../errors.ts";

/** How the names of weights tell their layer, and by how much rates fall from one layer to the one before. */
export interface LayerwiseOptions {
  /** Regular expression whose captures are numbers that order the layers from the input on, such as `stage(\d+)\.(\d+)`. */
  readonly pattern: string;
  /** Factor of the learning rate for every layer away from the last. */
  readonly decay: number;
  /** Weights whose layers are counted, where a group does not hold a weight of each; the group's own unless told. */
  readonly among?: readonly string[];
}

/** A part of a group, with the factor of its rate: what ParameterGroup takes. */
export type Layer<Group> = Group & { readonly rateFactor: number };

/**
 * A group of weights as one group for each layer, whose rates fall towards the input: factor = decay^(layers behind it). Weights that do
 * not fit the pattern, as those of heads, keep the whole rate. Howard and Ruder 2018, arXiv:1801.06146 (discriminative fine-tuning).
 */
export function layerwise<Group extends { readonly parameters: readonly string[] }>(
  group: Group,
  { pattern, decay, among = group.parameters }: LayerwiseOptions,
): readonly Layer<Group>[] {
  const placeOf = placesBy(pattern);
  const places = among.map(placeOf).filter((place) => place !== undefined);
  const layers = new Map(places.map((place) => [place.join(), place]));
  if (layers.size === 0) throw errors["layer-pattern"]({ pattern, names: among.slice(0, 3).join(", ") });
  const order = [...layers.values()].sort(byNumbers).map((place) => place.join());
  const factorOf = (name: string): number => {
    const index = order.indexOf(placeOf(name)?.join() ?? "");
    return index < 0 ? 1 : decay ** (order.length - 1 - index);
  };
  const factors = new Map(group.parameters.map((name) => [name, factorOf(name)]));
  return [...new Set(factors.values())]
    .sort((a, b) => b - a)
    .map((rateFactor) => ({
      ...group,
      parameters: group.parameters.filter((name) => factors.get(name) === rateFactor),
      rateFactor,
    }));
}

const byNumbers = (a: readonly number[], b: readonly number[]): number => {
  const place = a.findIndex((number, index) => number !== b[index]);
  return place < 0 ? a.length - b.length : a[place]! - (b[place] ?? -1);
};

/** Numbers that a pattern captures in a name; undefined where it does not fit. */
function placesBy(pattern: string): (name: string) => readonly number[] | undefined {
  let expression: RegExp;
  try {
    expression = new RegExp(pattern);
  } catch (cause) {
    throw errors["layer-pattern"]({ pattern, names: (cause as Error).message }, { cause });
  }
  return (name) => {
    const captures = expression
      .exec(name)
      ?.slice(1)
      .filter((text) => text !== undefined);
    return captures?.length && captures.every((text) => /^\d+$/.test(text)) ? captures.map(Number) : undefined;
  };
}
