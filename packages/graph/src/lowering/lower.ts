import { errors } from "../errors.ts";
import { attributesOf } from "../ir/attributes.ts";
import { knownShape, type Value } from "../ir/builder.ts";
import { FOVEA_DOMAIN, type Graph, type Node } from "../ir/types.ts";
import { type Build, createBuilder } from "../ops/build.ts";
import { bypassIdentities } from "../passes/bypass-identities.ts";
import { deduplicate } from "../passes/deduplicate.ts";
import { prune } from "../passes/prune.ts";
import { CURRENT_OPSET } from "../passes/upgrade-opset.ts";
import { absorbProduct } from "./absorb-product.ts";
import { absorbScale } from "./absorb-scale.ts";
import type { Form, LoweringContext, Target } from "./form.ts";
import { orderScatters } from "./order-scatters.ts";
import { loweringForms } from "./table.ts";
import { replacements } from "./webgpu.ts";

/** Chooses the form of a node; tests replace it to try every form. */
export type ChooseForm = (forms: readonly Form[], context: LoweringContext) => Form | undefined;

const firstThatApplies: ChooseForm = (forms, context) => forms.find((form) => form.applies(context));

/**
 * Turns Fovea's own operators, and those of the standard that the target lacks, into ones that it runs. Forms may use operators of
 * our own again; they are lowered in turn.
 */
export function lower(
  graph: Graph,
  target: Target,
  { choose = firstThatApplies }: { choose?: ChooseForm } = {},
): Graph {
  let lowered = absorbScale(absorbProduct(orderScatters(graph)));
  while (lowered.nodes.some((node) => node.domain === FOVEA_DOMAIN)) lowered = lowerOnce(lowered, target, choose);
  if (lowered.nodes.some((node) => isLacking(node, target))) lowered = lowerOnce(lowered, target, choose);
  return prune(deduplicate(bypassIdentities(lowered)));
}

const isLacking = ({ domain, op }: Node, { lacks }: Target): boolean => domain === "" && lacks.includes(op);

function lowerOnce(graph: Graph, target: Target, choose: ChooseForm): Graph {
  const opset = Math.max(graph.opsets[""] ?? 1, CURRENT_OPSET);
  const build = createBuilder({ name: graph.name, opset, avoiding: graph });
  const values = new Map<string, Value>();
  for (const input of graph.inputs) {
    if (!graph.initializers.has(input.name))
      values.set(input.name, build.input(input.name, knownShape(input), input.dtype));
  }
  for (const [name, tensor] of graph.initializers) values.set(name, build.constant(tensor, name));
  for (const node of graph.nodes) {
    const outputs =
      node.domain === FOVEA_DOMAIN
        ? lowerNode(build, node, values, target, choose)
        : (replaceNode(build, node, values, target) ?? copyNode(build, node, values));
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

/** A published operator that the target lacks, written with others; undefined where it may stay. */
function replaceNode(
  build: Build,
  node: Node,
  values: ReadonlyMap<string, Value>,
  target: Target,
): readonly Value[] | undefined {
  if (!isLacking(node, target)) return undefined;
  const inputs = node.inputs.map((name) => values.get(name)!);
  const context = { build, node, attributes: attributesOf(node), inputs, target };
  const forms = (replacements as Record<string, readonly Form[]>)[node.op] ?? [];
  return firstThatApplies(forms, context)?.lower(context);
}

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
