import { errors } from "../errors.ts";
import { attributesOf } from "../ir/attributes.ts";
import type { Value } from "../ir/builder.ts";
import { staticShape } from "../ir/shapes.ts";
import type { Graph, Node } from "../ir/types.ts";
import { type Build, createBuilder, operatorKey } from "../ops/build.ts";
import { type Recomputation, type Recompute, recomputation } from "./recompute.ts";
import type { GradientRule } from "./rule.ts";
import { gradientRules, gradientStops } from "./table.ts";

/** Of what a gradient is taken, and by what. */
export interface GradientOptions {
  /** Name of a scalar value of the graph. */
  readonly loss: string;
  /** Names of inputs or initializers. */
  readonly parameters: readonly string[];
  /** Segments of the forward pass that are computed again; none without it. */
  readonly recompute?: Recompute | undefined;
  /** Factor of all gradients, [1] or a scalar; 1 without it. */
  readonly scale?: Value | undefined;
}

/**
 * Appends the gradient of `loss` by each parameter (reverse accumulation: Griewank and Walther 2008, chapter 3).
 * Returns the builder, still open, with the value of each gradient by parameter name.
 * A parameter on which the loss does not depend, and an operator without a rule on the way, are errors.
 */
export function appendGradient(
  build: Build,
  { loss, parameters, recompute, scale }: GradientOptions,
): ReadonlyMap<string, Value> {
  const forward = [...build.nodes];
  const active = dependentValues(forward, parameters);
  const lossValue = build.value(loss);
  const one = scale
    ? build.reshape(scale, lossValue.shape as number[])
    : build.expand(build.scalar(1), lossValue.shape as number[]);
  const again = recompute === undefined ? undefined : recomputation(build, forward, { recompute, parameters, active });
  const gradients = accumulated(build, forward, active, new Map([[loss, one]]), again);
  return new Map(
    parameters.map((name) => {
      const gradient = gradients.get(name);
      if (!gradient) throw errors["no-path-to-loss"]({ parameter: name, loss });
      return [name, gradient];
    }),
  );
}

/** Gradients of all active values, from those of some: the rules of the nodes in reverse order, sums where a value is read more than once. */
function accumulated(
  build: Build,
  nodes: readonly Node[],
  active: ReadonlySet<string>,
  known: ReadonlyMap<string, Value>,
  again?: Recomputation,
): ReadonlyMap<string, Value> {
  const gradients = new Map(known);
  let fresh: Value[] = []; // gradients of weights that the last node gave
  const accumulate = (name: string, gradient: Value) => {
    const sum = gradients.get(name);
    gradients.set(name, sum ? build.add(sum, gradient) : gradient);
  };
  for (const node of nodes.toReversed()) {
    if (!node.outputs.some((output) => gradients.has(output) && active.has(output))) continue;
    if (gradientStops.has(operatorKey(node))) continue;
    if (again && fresh.length > 0) {
      for (const name of node.outputs) {
        const gradient = gradients.get(name);
        if (gradient) gradients.set(name, again.behind(gradient, fresh));
      }
      fresh = [];
    }
    const inputGradients = isEmpty(build, node, gradients, active)
      ? zeroGradients(build, node, active)
      : applyRule(build, node, gradients, active, again?.remember);
    node.inputs.forEach((input, index) => {
      const gradient = inputGradients[index];
      if (!gradient || !active.has(input)) return;
      accumulate(input, gradient);
      if (again?.isWeight(input)) fresh.push(gradients.get(input)!);
    });
  }
  return gradients;
}

/**
 * The graph with one more output `gradient/NAME` for each parameter, of its shape (reverse accumulation: Griewank and Walther 2008, chapter
 * 3). A parameter on which the loss does not depend (`graph/no-path-to-loss`) and an operator without a rule on the way are errors. What it
 * gives holds operators of our own: `lower` it before a session.
 */
export function gradient(graph: Graph, options: GradientOptions): Graph {
  const build = createBuilder({ from: graph });
  for (const [name, value] of appendGradient(build, options)) build.output(value, `gradient/${name}`);
  return build.build();
}

/** Whether there is nothing to carry back: all outputs with a gradient, or all inputs that want one, have no elements (an empty batch). */
function isEmpty(
  build: Build,
  node: Node,
  gradients: ReadonlyMap<string, Value>,
  active: ReadonlySet<string>,
): boolean {
  const hasNone = (name: string) => build.value(name).shape.includes(0);
  return (
    node.outputs.filter((output) => gradients.has(output)).every(hasNone) ||
    node.inputs.filter((input) => active.has(input)).every(hasNone)
  );
}

/** Zeros for every input that wants a gradient. So rules need not know of empty shapes, whose 0 Reshape reads as "copied". */
const zeroGradients = (build: Build, node: Node, active: ReadonlySet<string>): readonly (Value | null)[] =>
  node.inputs.map((name) => {
    if (!active.has(name)) return null;
    const { shape, dtype } = build.value(name);
    return dtype === "float32" ? build.expand(build.scalar(0), staticShape(shape, name)) : null;
  });

function applyRule(
  build: Build,
  node: Node,
  gradients: ReadonlyMap<string, Value>,
  active: ReadonlySet<string>,
  remember: Recomputation["remember"] = (same) => same,
): readonly (Value | null)[] {
  const rule = (gradientRules as Record<string, GradientRule>)[operatorKey(node)];
  if (!rule) throw errors["no-gradient-rule"]({ node: node.name, op: operatorKey(node) });
  const outputGradients = node.outputs.map((output) => gradients.get(output));
  const needs = (index: number) => active.has(node.inputs[index] ?? "");
  const dy = outputGradients.find((value) => value !== undefined)!;
  const seen = remember(node, dy);
  return rule({
    build,
    node: seen,
    attributes: attributesOf(seen),
    inputs: seen.inputs.map((name) => (name === "" ? undefined : build.value(name)) as Value),
    outputs: seen.outputs.map((name) => (name === "" ? undefined : build.value(name)) as Value),
    outputGradients,
    dy,
    needs,
    through: (write) => through(build, seen, outputGradients, needs, write),
  });
}

function through(
  build: Build,
  { inputs }: Node,
  outputGradients: readonly (Value | undefined)[],
  needs: (index: number) => boolean,
  write: () => readonly Value[],
): readonly (Value | null)[] {
  const first = build.nodes.length;
  const outputs = write();
  const written = build.nodes.slice(first);
  const wanted = inputs.filter((_, index) => needs(index));
  const known = new Map<string, Value>();
  outputs.forEach(({ name }, index) => {
    const gradient = outputGradients[index];
    if (!gradient) return;
    const sum = known.get(name); // two outputs may be one value
    known.set(name, sum ? build.add(sum, gradient) : gradient);
  });
  const gradients = accumulated(build, written, dependentValues(written, wanted), known);
  // a value that stands at two places has the sum of both already
  return inputs.map((name, index) => (inputs.indexOf(name) === index ? (gradients.get(name) ?? null) : null));
}

/** Values that depend on any of the given ones. */
function dependentValues(nodes: readonly Node[], sources: readonly string[]): ReadonlySet<string> {
  const dependent = new Set(sources);
  for (const node of nodes) {
    if (node.inputs.some((input) => dependent.has(input))) for (const output of node.outputs) dependent.add(output);
  }
  return dependent;
}
