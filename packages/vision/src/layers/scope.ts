import type { Build, Tensor, Value } from "@foveajs/graph";
import type { Random } from "../augment/random.ts";

/**
 * What a trained tensor is to its optimizer: `hidden` kernels map features to features, `edge` weights touch the input or the output
 * or see one channel only, `vector` is a bias or a scale.
 */
export type ParameterRole = "hidden" | "edge" | "vector";

export interface Parameter {
  readonly name: string;
  readonly role: ParameterRole;
  /** In a graph of another maker: how many layers lie between it and what the tasks read. */
  readonly depth?: number | undefined;
}

/** Chances by which a network that is trained leaves out features and branches at random. */
export interface Drops {
  /** Of each channel that the tasks read. */
  readonly features?: number | undefined;
  /** Of the branch of the last residual block. */
  readonly paths?: number | undefined;
}

/** A place in a network that is being built: layers write their nodes and weights under its name. */
export interface Scope {
  readonly build: Build;
  /** Prefix of the names of weights. */
  readonly path: string;
  readonly random: Random;
  /** Every trained weight so far, in the order of the network; shared by all scopes of one. */
  readonly parameters: Parameter[];
  /** Only where a network is trained that drops anything. */
  readonly drops?: Drops;
}

export const createScope = (build: Build, random: Random, drops?: Drops): Scope => ({
  build,
  path: "",
  random,
  parameters: [],
  ...(drops ? { drops } : {}),
});

/** A scope one level deeper, with random numbers of its own. */
export const inside = (scope: Scope, name: string): Scope => ({
  ...scope,
  path: scope.path === "" ? name : `${scope.path}.${name}`,
  random: scope.random.fork(name),
});

/** Adds a trained weight. */
export function parameter(
  { build, path, parameters }: Scope,
  name: string,
  tensor: Tensor,
  role: ParameterRole,
): Value {
  const full = `${path}.${name}`;
  parameters.push({ name: full, role });
  return build.constant(tensor, full);
}

/** Adds a tensor that belongs to the model but follows no gradient (running statistics). */
export const buffer = ({ build, path }: Scope, name: string, tensor: Tensor): Value =>
  build.constant(tensor, `${path}.${name}`);
