import { attribute, attributesOf } from "../ir/attributes.ts";
import { sameShape, sizeOf } from "../ir/shapes.ts";
import { numbersOf } from "../ir/tensors.ts";
import type { Graph, Node } from "../ir/types.ts";
import { type Build, createBuilder } from "../ops/build.ts";
import { capturedValues } from "../passes/prune.ts";
import type { Target } from "./form.ts";

/**
 * Published operators of a training step as they are fast: moves of data that nothing needs are left out, products read an operand as
 * it lies instead of a transposed copy, and sums over the two leading axes take one after the other, which is twice as fast and more
 * exact. All types are known: a step is made of operators with shape rules.
 */
export function fasterOperators(graph: Graph, target: Target): Graph {
  const types = createBuilder({ from: graph });
  const straight = withoutTranspositions(withoutIdleReshapes(graph, types));
  const folded = target.fusedMatMul ? foldTranspositions(straight, types) : straight;
  const nodes = folded.nodes.flatMap((node) =>
    isPublished(node, "ReduceSum") ? sumInTurn(node, folded, types) : [node],
  );
  return { ...folded, nodes, initializers: types.build().initializers };
}

const isPublished = (node: Node | undefined, op: string): node is Node => node?.domain === "" && node.op === op;

const makersOf = ({ nodes }: Graph): ReadonlyMap<string, Node> =>
  new Map(nodes.flatMap((node) => node.outputs.map((output) => [output, node] as const)));

/**
 * Of several reshapes in a row only the last counts, and one to the shape that is there none. Those whose shape is computed stay as
 * they are: recomputed values wait by them.
 */
function withoutIdleReshapes(graph: Graph, types: Build): Graph {
  const kept = new Set([
    ...graph.outputs.map(({ name }) => name),
    ...graph.nodes.flatMap((node) => capturedValues(node.attributes)),
  ]);
  const fed = new Set(graph.inputs.map(({ name }) => name));
  const sources = new Map<string, string>();
  const same = new Map<string, string>();
  const nodes = graph.nodes.flatMap((original): Node[] => {
    const node = { ...original, inputs: original.inputs.map((name) => same.get(name) ?? name) };
    if (!isPublished(node, "Reshape") || !graph.initializers.has(node.inputs[1]!)) return [node];
    const [x, output] = [node.inputs[0]!, node.outputs[0]!];
    const source = sources.get(x) ?? x;
    // onnxruntime copies what is fed at every reshape of it, and only views what is computed
    if (!fed.has(source)) sources.set(output, source);
    const { shape } = types.value(output);
    if (sameShape(types.value(source).shape, shape) && !kept.has(output)) {
      same.set(output, source);
      return [];
    }
    if (source === x) return [node];
    return [{ ...node, inputs: [source, types.integers(shape as number[]).name], attributes: {} }];
  });
  return { ...graph, nodes };
}

const permutationOf = (node: Node): readonly number[] => attributesOf(node).ints("perm", []);

/** Pairs of transpositions in a row that undo each other are passed over. */
function withoutTranspositions(graph: Graph): Graph {
  const makers = makersOf(graph);
  const behind = (name: string): string => {
    const outer = makers.get(name);
    const inner = isPublished(outer, "Transpose") ? makers.get(outer.inputs[0]!) : undefined;
    if (!outer || !isPublished(inner, "Transpose")) return name;
    const [first, second] = [permutationOf(inner), permutationOf(outer)];
    const isUndone = first.length > 0 && first.length === second.length && second.every((axis, i) => first[axis] === i);
    return isUndone ? behind(inner.inputs[0]!) : name;
  };
  return { ...graph, nodes: graph.nodes.map((node) => ({ ...node, inputs: node.inputs.map(behind) })) };
}

const swapsLastTwo = (permutation: readonly number[]): boolean => {
  const axes = permutation.map((_, axis) => axis);
  const swapped = [...axes.slice(0, -2), axes.at(-1), axes.at(-2)];
  return permutation.length >= 2 && permutation.every((axis, index) => axis === swapped[index]);
};

/**
 * A product whose operand is a transposed copy that nothing else reads takes the original, where many small matrices are multiplied
 * or the copy is the larger operand; a small one is copied sooner than read across. One operand at most.
 */
function foldTranspositions(graph: Graph, types: Build): Graph {
  const makers = makersOf(graph);
  const readers = new Map<string, number>();
  for (const { inputs } of graph.nodes) for (const name of inputs) readers.set(name, (readers.get(name) ?? 0) + 1);
  for (const { name } of graph.outputs) readers.set(name, (readers.get(name) ?? 0) + 1);
  const shapeOf = (name: string) => types.value(name).shape as number[];
  const originalOf = (name: string): string | undefined => {
    const maker = makers.get(name);
    const isCopy = isPublished(maker, "Transpose") && swapsLastTwo(permutationOf(maker)) && readers.get(name) === 1;
    return isCopy ? maker.inputs[0]! : undefined;
  };
  const product = (node: Node): Node => {
    const [a, b] = node.inputs as [string, string];
    const [left, right] = [shapeOf(a), shapeOf(b)];
    if (left.length < 2 || right.length < 2 || types.value(a).dtype !== "float32") return node;
    const first = left.length > 2 || sizeOf(left) > sizeOf(right) ? originalOf(a) : undefined;
    const second = first === undefined && right.length > 2 ? originalOf(b) : undefined;
    if (first === undefined && second === undefined) return node;
    const attributes = {
      transA: attribute.int(Number(first !== undefined)),
      transB: attribute.int(Number(second !== undefined)),
    };
    return { ...node, op: "FusedMatMul", domain: "com.microsoft", inputs: [first ?? a, second ?? b], attributes };
  };
  const nodes = graph.nodes.map((node) => (isPublished(node, "MatMul") ? product(node) : node));
  const opsets = nodes.some(({ op }) => op === "FusedMatMul") ? { ...graph.opsets, "com.microsoft": 1 } : graph.opsets;
  return { ...graph, nodes, opsets };
}

function sumInTurn(node: Node, graph: Graph, types: Build): readonly Node[] {
  const tensor = graph.initializers.get(node.inputs[1] ?? "");
  const axes = tensor ? numbersOf(tensor) : [];
  const isLeading = axes.length === 2 && axes.every((axis, index) => axis === index);
  if (!isLeading || types.value(node.inputs[0]!).shape.length !== 3) return [node];
  const inner = types.uniqueName(`${node.outputs[0]}/inner`);
  const first: Node = {
    ...node,
    name: inner,
    inputs: [node.inputs[0]!, types.integers([1]).name],
    outputs: [inner],
    attributes: { keepdims: attribute.int(1) },
  };
  // without the axes of extent 1, where they are not wanted
  const rest = attributesOf(node).int("keepdims", 1) === 1 ? [0] : [0, 1];
  return [first, { ...node, inputs: [inner, types.integers(rest).name] }];
}
