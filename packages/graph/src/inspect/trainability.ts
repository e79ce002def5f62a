import { sizeOf } from "../ir/shapes.ts";
import type { Graph, Node } from "../ir/types.ts";
import { operatorKey } from "../ops/build.ts";
import { type InferredValues, inferValues } from "../passes/infer-values.ts";
import { gradientFault } from "./node-gradient.ts";
import { type WeightRole, weightRoles } from "./weights.ts";

/** A weight, normalisation factor or table that a training leaves as it is, and why. */
export interface FrozenTensor {
  readonly name: string;
  readonly elements: number;
  readonly role: WeightRole;
  readonly reason: string;
}

/** An input of a node through which no gradient passes although one arrives at the node's outputs. */
export interface GradientGap {
  readonly node: string;
  readonly op: string;
  /** Value that gets no gradient. */
  readonly input: string;
  readonly reason: string;
}

/** Elements up to which a constant is an operand (scales, bounds) and not worth telling. */
const SMALL_OPERAND = 16;

/** What of a graph can be trained by a loss on its float32 outputs. */
export interface Trainability {
  /** Initializers that hold learnt numbers and have a gradient, with their roles. */
  readonly trainable: ReadonlyMap<string, "weight" | "normalization">;
  readonly frozen: readonly FrozenTensor[];
  readonly gaps: readonly GradientGap[];
}

/**
 * Follows gradients from the outputs back to every initializer, rule by rule. `graph` should be of the current opset (upgradeOpset); shapes
 * that are open do no harm, but rules may still refuse them once they are numbers.
 */
export function trainability(graph: Graph, values: InferredValues = inferValues(graph)): Trainability {
  const depends = learntValues(graph);
  const reached = new Set(graph.outputs.filter(({ dtype }) => dtype === "float32").map(({ name }) => name));
  const gaps: GradientGap[] = [];
  const faults = new Map<string, string | undefined>();
  const opset = graph.opsets[""] ?? 1;
  for (const node of graph.nodes.toReversed()) {
    if (!node.outputs.some((output) => reached.has(output))) continue;
    node.inputs.forEach((name, index) => {
      if (!depends.has(name) || reached.has(name) || node.inputs.indexOf(name) !== index) return;
      const dtype = values.types.get(name)?.dtype ?? "float32";
      if (dtype !== "float32" && dtype !== "float16") return; // shapes, indices and masks have no gradient
      const key = keyOf(node, index, values);
      if (!faults.has(key)) faults.set(key, gradientFault(node, index, values, opset));
      const reason = faults.get(key);
      if (reason === undefined) reached.add(name);
      else gaps.push({ node: node.name, op: operatorKey(node), input: name, reason });
    });
  }
  const trainable = new Map<string, "weight" | "normalization">();
  const frozen: FrozenTensor[] = [];
  for (const [name, role] of weightRoles(graph)) {
    const tensor = graph.initializers.get(name)!;
    if ((role === "weight" || role === "normalization") && tensor.dtype === "float32" && reached.has(name)) {
      trainable.set(name, role);
    } else if (role !== "constant" || sizeOf(tensor.shape) > SMALL_OPERAND) {
      frozen.push({ name, elements: sizeOf(tensor.shape), role, reason: reasonOf(name, role, graph, gaps) });
    }
  }
  return { trainable, frozen, gaps };
}

function reasonOf(name: string, role: WeightRole, graph: Graph, gaps: readonly GradientGap[]): string {
  if (role === "statistic") return "a running statistic";
  if (role === "constant") return "a constant table";
  const { dtype } = graph.initializers.get(name)!;
  if (dtype !== "float32") return `its elements are ${dtype}`;
  const behind = dependentsOf(name, graph);
  const gap = gaps.find(({ input }) => behind.has(input));
  return gap ? `no gradient passes ${gap.op} "${gap.node}"` : "no output depends on it";
}

function dependentsOf(name: string, graph: Graph): ReadonlySet<string> {
  const found = new Set([name]);
  for (const node of graph.nodes)
    if (node.inputs.some((input) => found.has(input))) for (const output of node.outputs) found.add(output);
  return found;
}

/** Values that depend on floating initializers: only there a gradient is of use. */
function learntValues(graph: Graph): ReadonlySet<string> {
  const roles = weightRoles(graph);
  const found = new Set(
    [...roles].filter(([, role]) => role === "weight" || role === "normalization").map(([name]) => name),
  );
  for (const node of graph.nodes)
    if (node.inputs.some((input) => found.has(input))) for (const output of node.outputs) found.add(output);
  return found;
}

/** Equal for nodes whose rules see the same. */
function keyOf(node: Node, input: number, values: InferredValues): string {
  const operands = node.inputs.map((name) => {
    const type = values.types.get(name);
    const constant = values.constants.get(name);
    const small =
      constant && constant.data.length <= 16 ? Array.from(constant.data as ArrayLike<number>, String) : constant && "c";
    return [node.inputs.indexOf(name), type?.dtype, type?.shape, small];
  });
  const attributes = Object.entries(node.attributes).map(([name, { type, value }]) => [
    name,
    type === "graph" || type === "tensor" ? node.name : value,
  ]);
  return JSON.stringify([operatorKey(node), input, operands, attributes, node.outputs.map((name) => name !== "")]);
}
