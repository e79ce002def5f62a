import { errors } from "../errors.ts";
import { attributesOf } from "../ir/attributes.ts";
import { knownShape, type Value } from "../ir/builder.ts";
import { FOVEA_DOMAIN, type Graph, type Node } from "../ir/types.ts";
import { type Build, createBuilder } from "../ops/build.ts";
import { bypassIdentities } from "../passes/bypass-identities.ts";
import { deduplicate } from "../passes/deduplicate.ts";
import { prune } from "../passes/prune.ts";
import { absorbScale } from "./absorb-scale.ts";
import type { Form, LoweringContext, Target } from "./form.ts";
import { loweringForms } from "./table.ts";

/** Chooses the form of a node; tests replace it to try every form. */
export type ChooseForm = (forms: readonly Form[], context: LoweringContext) => Form | undefined;

const firstThatApplies: ChooseForm = (forms, context) => forms.find((form) => form.applies(context));

/** Turns Fovea's own operators into ones that the target runs. Forms may use such operators again; they are lowered in turn. */
export function lower(
  graph: Graph,
  target: Target,
  { choose = firstThatApplies }: { choose?: ChooseForm } = {},
): Graph {
  let lowered = absorbScale(graph);
  while (lowered.nodes.some((node) => node.domain === FOVEA_DOMAIN)) lowered = lowerOnce(lowered, target, choose);
  return prune(deduplicate(bypassIdentities(lowered)));
}

function lowerOnce(graph: Graph, target: Target, choose: ChooseForm): Graph {
  const build = createBuilder({ name: graph.name, avoiding: graph });
  const values = new Map<string, Value>();
  for (const input of graph.inputs) {
    if (!graph.initializers.has(input.name))
      values.set(input.name, build.input(input.name, knownShape(input), input.dtype));
  }
  for (const [name, tensor] of graph.initializers) values.set(name, build.constant(tensor, name));
  for (const node of graph.nodes) {
    const outputs =
      node.domain === FOVEA_DOMAIN ? lowerNode(build, node, values, target, choose) : copyNode(build, node, values);
    node.outputs.forEach((name, index) => {
      if (name !== "") values.set(name, outputs[index]!);
    });
  }
  for (const { name } of graph.outputs) build.output(values.get(name)!, name);
  return build.build({ metadata: graph.metadata });
}

/** Outputs of a graph keep their names; every other value takes a new one, so that forms cannot clash with it. */
const copyNode = (build: Build, node: Node, values: ReadonlyMap<string, Value>): readonly Value[] => {
  const inputs = node.inputs.map((name) => (name === "" ? undefined : values.get(name)));
  return build.nodeOutputs(node.op, inputs, {
    domain: node.domain,
    attributes: node.attributes,
    outputCount: node.outputs.length,
  });
};

function lowerNode(
  build: Build,
  node: Node,
  values: ReadonlyMap<string, Value>,
  target: Target,
  choose: ChooseForm,
): readonly Value[] {
  const forms = (loweringForms as Record<string, readonly Form[]>)[node.op];
  const inputs = node.inputs.map((name) => values.get(name)!);
  const context = { build, node, attributes: attributesOf(node), inputs, target };
  const form = forms && choose(forms, context);
  if (!form) throw errors["no-lowering"]({ node: node.name, op: node.op });
  return form.lower(context);
}
