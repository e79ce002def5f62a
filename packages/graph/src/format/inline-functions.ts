import { errors } from "../errors.ts";
import type { Attribute, Attributes, Graph, Node, ValueInfo } from "../ir/types.ts";
import type { LocalFunction } from "./read-function.ts";
import { uniqueNames } from "./unique-names.ts";

/** Most nodes that calls may grow to: functions that call others twice each double them at every level. */
const MOST_NODES = 100_000;

/**
 * Replaces every call of a model's own functions by the function's nodes, also inside of inner graphs and of other functions. Values
 * inside are called CALL/VALUE. A function hides the operator of its name (ONNX IR specification, "Functions").
 */
export function inlineFunctions(graph: Graph, functions: readonly LocalFunction[]): Graph {
  if (functions.length === 0) return graph;
  const table = new Map<string, LocalFunction>();
  for (const local of functions) {
    if (table.has(keyOf(local.domain, local.name)))
      throw errors["onnx-malformed"]({ where: `function "${local.name}"`, problem: "stands there twice" });
    table.set(keyOf(local.domain, local.name), local);
  }
  const state: Inlining = { table, opsets: { ...graph.opsets }, taken: new Set(valueNames(graph)), made: 0 };
  const inlined = inlineIn(graph, state, []);
  const withOpsets = (inner: Graph): Graph => ({
    ...inner,
    opsets: state.opsets,
    nodes: inner.nodes.map((node) => ({ ...node, attributes: mapGraphs(node.attributes, withOpsets) })),
  });
  return withOpsets(inlined);
}

interface Inlining {
  readonly table: ReadonlyMap<string, LocalFunction>;
  readonly opsets: Record<string, number>;
  readonly taken: Set<string>;
  made: number;
}

const keyOf = (domain: string, name: string): string => `${domain}\n${name}`;

const inlineIn = (graph: Graph, state: Inlining, callers: readonly LocalFunction[]): Graph => ({
  ...graph,
  nodes: uniqueNames(graph.nodes.flatMap((node) => inlineNode(node, state, callers))),
});

function inlineNode(node: Node, state: Inlining, callers: readonly LocalFunction[]): readonly Node[] {
  const local = state.table.get(keyOf(node.domain, node.op));
  if (!local) return [{ ...node, attributes: mapGraphs(node.attributes, (inner) => inlineIn(inner, state, callers)) }];
  if (callers.includes(local))
    throw errors["onnx-malformed"]({ where: `function "${local.name}"`, problem: "calls itself" });
  addOpsets(state.opsets, local);
  return callNodes(node, local, state).flatMap((inner) => inlineNode(inner, state, [...callers, local]));
}

/** The nodes of one call, with values and attributes of the call in place of the function's. */
function callNodes(call: Node, local: LocalFunction, state: Inlining): Node[] {
  if (call.inputs.length > local.inputs.length || call.outputs.length > local.outputs.length) {
    const problem = `has ${call.inputs.length} inputs and ${call.outputs.length} outputs, "${local.name}" has ${local.inputs.length} and ${local.outputs.length}`;
    throw errors["onnx-malformed"]({ where: `node "${call.name}"`, problem });
  }
  state.made += local.nodes.length + local.outputs.length;
  if (state.made > MOST_NODES) {
    const remedy = "Inline the model's functions in the tool that made it.";
    throw errors["onnx-unsupported"]({
      where: "The model",
      feature: `functions that grow to more than ${MOST_NODES} nodes`,
      remedy,
    });
  }
  const names = new Map<string, string>([["", ""]]);
  for (const [index, input] of local.inputs.entries()) names.set(input, call.inputs[index] ?? "");
  const passedOn: Node[] = [];
  for (const [index, output] of local.outputs.entries()) {
    const outer = call.outputs[index] ?? "";
    if (outer === "") continue;
    // an output that is an input, or another output once more, is a copy
    if (names.has(output)) passedOn.push(copyNode(call, names.get(output)!, outer));
    else names.set(output, outer);
  }
  const rename = (name: string): string => {
    const known = names.get(name);
    if (known !== undefined) return known;
    let made = `${call.name}/${name}`;
    while (state.taken.has(made)) made = `${made}_`;
    state.taken.add(made);
    names.set(name, made);
    return made;
  };
  const nodes = local.nodes.map(({ node, references }, index): Node => {
    const given = Object.entries(references).flatMap(([attribute, parameter]): [string, Attribute][] => {
      const value = call.attributes[parameter] ?? local.defaults[parameter];
      return value === undefined ? [] : [[attribute, value]];
    });
    const own = mapGraphs(node.attributes, (inner) => renameIn(inner, rename));
    const attributes = { ...own, ...Object.fromEntries(given) };
    return { ...renamed(node, rename), name: `${call.name}/${node.name || `${node.op}_${index}`}`, attributes };
  });
  return [...nodes, ...passedOn];
}

const copyNode = (call: Node, input: string, output: string): Node => ({
  name: `${call.name}/${output}`,
  domain: "",
  op: "Identity",
  inputs: [input],
  outputs: [output],
  attributes: {},
});

const renamed = (node: Node, rename: (name: string) => string): Node => ({
  ...node,
  inputs: node.inputs.map(rename),
  outputs: node.outputs.map(rename),
});

/** An inner graph of a function sees nothing but the function's values: all its names change. */
function renameIn(graph: Graph, rename: (name: string) => string): Graph {
  const info = (value: ValueInfo): ValueInfo => ({ ...value, name: rename(value.name) });
  return {
    ...graph,
    inputs: graph.inputs.map(info),
    outputs: graph.outputs.map(info),
    initializers: new Map([...graph.initializers].map(([name, tensor]) => [rename(name), tensor])),
    nodes: graph.nodes.map((node) => ({
      ...renamed(node, rename),
      attributes: mapGraphs(node.attributes, (inner) => renameIn(inner, rename)),
    })),
  };
}

function mapGraphs(attributes: Attributes, change: (graph: Graph) => Graph): Attributes {
  if (!Object.values(attributes).some(({ type }) => type === "graph")) return attributes;
  return Object.fromEntries(
    Object.entries(attributes).map(([name, found]) => [
      name,
      found.type === "graph" ? { type: "graph" as const, value: change(found.value) } : found,
    ]),
  );
}

/** A function may import domains that the model does not; another version of the same domain would mean other operators. */
function addOpsets(opsets: Record<string, number>, local: LocalFunction): void {
  const used = new Set(local.nodes.map(({ node }) => node.domain));
  for (const [domain, version] of Object.entries(local.opsets)) {
    if (!used.has(domain)) continue;
    opsets[domain] ??= version;
    if (opsets[domain] === version) continue;
    const remedy = "Export the model again with one version for the whole file.";
    const feature = `version ${version} of the domain "${domain}", of which the model imports ${opsets[domain]}`;
    throw errors["onnx-unsupported"]({ where: `Function "${local.name}"`, feature, remedy });
  }
}

function* valueNames({ inputs, initializers, nodes, outputs }: Graph): Generator<string> {
  for (const { name } of [...inputs, ...outputs]) yield name;
  yield* initializers.keys();
  for (const node of nodes) {
    yield* node.outputs;
    for (const found of Object.values(node.attributes)) if (found.type === "graph") yield* valueNames(found.value);
  }
}
