import { errors } from "../errors.ts";
import { attributesOf } from "../ir/attributes.ts";
import type { Value } from "../ir/builder.ts";
import type { Graph, Node } from "../ir/types.ts";
import { type Build, createBuilder, operatorKey } from "../ops/build.ts";
import type { GradientRule } from "./rule.ts";
import { gradientRules, gradientStops } from "./table.ts";

export interface GradientOptions {
  /** Name of a scalar value of the graph. */
  readonly loss: string;
  /** Names of inputs or initializers. */
  readonly parameters: readonly string[];
}

/**
 * Appends the gradient of `loss` by each parameter (reverse accumulation: Griewank and Walther 2008, chapter 3).
 * Returns the builder, still open, with the value of each gradient by parameter name.
 * A parameter on which the loss does not depend, and an operator without a rule on the way, are errors.
 */
export function appendGradient(build: Build, { loss, parameters }: GradientOptions): ReadonlyMap<string, Value> {
  const forward = [...build.nodes];
  const active = dependentValues(forward, parameters);
  const lossValue = build.value(loss);
  const gradients = new Map<string, Value>([[loss, build.expand(build.scalar(1), lossValue.shape as number[])]]);
  const accumulate = (name: string, gradient: Value) => {
    const known = gradients.get(name);
    gradients.set(name, known ? build.add(known, gradient) : gradient);
  };
  for (const node of forward.toReversed()) {
    if (!node.outputs.some((output) => gradients.has(output) && active.has(output))) continue;
    if (gradientStops.has(operatorKey(node))) continue;
    const inputGradients = applyRule(build, node, gradients, active);
    node.inputs.forEach((input, index) => {
      const gradient = inputGradients[index];
      if (gradient && active.has(input)) accumulate(input, gradient);
    });
  }
  return new Map(
    parameters.map((name) => {
      const gradient = gradients.get(name);
      if (!gradient) throw errors["no-path-to-loss"]({ parameter: name, loss });
      return [name, gradient];
    }),
  );
}

/** The graph with one more output `gradient/NAME` for each parameter; see `appendGradient`. */
export function gradient(graph: Graph, options: GradientOptions): Graph {
  const build = createBuilder({ from: graph });
  for (const [name, value] of appendGradient(build, options)) build.output(value, `gradient/${name}`);
  return build.build();
}

function applyRule(
  build: Build,
  node: Node,
  gradients: ReadonlyMap<string, Value>,
  active: ReadonlySet<string>,
): readonly (Value | null)[] {
  const rule = (gradientRules as Record<string, GradientRule>)[operatorKey(node)];
  if (!rule) throw errors["no-gradient-rule"]({ node: node.name, op: operatorKey(node) });
  const outputGradients = node.outputs.map((output) => gradients.get(output));
  return rule({
    build,
    node,
    attributes: attributesOf(node),
    inputs: node.inputs.map((name) => (name === "" ? undefined : build.value(name)) as Value),
    outputs: node.outputs.map((name) => (name === "" ? undefined : build.value(name)) as Value),
    outputGradients,
    dy: outputGradients.find((value) => value !== undefined)!,
    needs: (index) => active.has(node.inputs[index] ?? ""),
  });
}

/** Values that depend on any of the given ones. */
function dependentValues(nodes: readonly Node[], sources: readonly string[]): ReadonlySet<string> {
  const dependent = new Set(sources);
  for (const node of nodes) {
    if (node.inputs.some((input) => dependent.has(input))) for (const output of node.outputs) dependent.add(output);
  }
  return dependent;
}
