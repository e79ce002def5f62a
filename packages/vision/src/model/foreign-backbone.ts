import {
  createBuilder,
  type Graph,
  int64,
  type Node,
  numbersOf,
  prepareForeign,
  prune,
  type Tensor,
  type Value,
} from "@foveajs/graph";
import { errors } from "../errors.ts";
import type { ParameterRole, Scope } from "../layers/scope.ts";
import { depthsOf } from "./foreign-depths.ts";

/** A graph of another maker from its picture to the value that tasks read. */
export interface ForeignBackbone {
  /** One input, the picture [N, C, H, W]; one output, the features. */
  readonly graph: Graph;
  /** Channels of the picture, and its sides where the graph fixes them. */
  readonly channels: number;
  readonly width?: number;
  readonly height?: number;
  /** Initializers that training may move. */
  readonly trained: ReadonlySet<string>;
}

/**
 * Cuts a graph after its features: the value of this name, or the one that its last pooling over the whole map reads, or else the last
 * map [N, C, H, W] before its first output. The graph is made ready for training first (`prepareForeign`).
 */
export function foreignBackbone(
  original: Graph,
  { file, features }: { file: string; features?: string | undefined },
): ForeignBackbone {
  const fail = (expected: string, received: string) => errors["start-file"]({ file, expected, received });
  const { graph, parameters } = prepareForeign(original, { normalization: "trained" });
  const inputs = graph.inputs.filter(({ name }) => !graph.initializers.has(name));
  const [picture] = inputs;
  const [, channels, height, width] = picture?.shape ?? [];
  if (
    inputs.length !== 1 ||
    picture?.shape?.length !== 4 ||
    typeof channels !== "number" ||
    ![1, 3].includes(channels)
  ) {
    const shapes = inputs.map(({ name, shape }) => `${name} [${shape?.join(", ") ?? "?"}]`).join(", ");
    throw fail("one picture as input, [N, 3, H, W] or [N, 1, H, W]", shapes);
  }
  const found = features ?? featuresOf(graph);
  if (found === undefined)
    throw fail("a map of features before the first output", "none; name one with model.from.features");
  const maker = graph.nodes.find(({ outputs }) => outputs.includes(found));
  if (!maker) {
    const some = graph.nodes.slice(-4).map(({ outputs }) => outputs[0]);
    throw fail(`a value named "${found}"`, `a graph that ends with ${some.join(", ")}`);
  }
  const cut = prune({ ...graph, inputs: [picture], outputs: [{ name: found, dtype: "float32", shape: undefined }] });
  return {
    graph: withOpenBatch(cut),
    trained: new Set(parameters),
    channels,
    ...(typeof width === "number" ? { width } : {}),
    ...(typeof height === "number" ? { height } : {}),
  };
}

/** Files of one sample write its 1 into the shapes of Reshape; 0 copies the extent that is there. */
function withOpenBatch(graph: Graph): Graph {
  if (graph.inputs[0]!.shape?.[0] !== 1) return graph;
  const initializers = new Map(graph.initializers);
  const nodes = graph.nodes.map((node): Node => {
    const shape = node.op === "Reshape" ? graph.initializers.get(node.inputs[1]!) : undefined;
    const extents = shape ? numbersOf(shape) : [];
    if (extents.length < 2 || extents[0] !== 1) return node;
    const name = `${node.inputs[1]}/batch`;
    initializers.set(name, int64([0, ...extents.slice(1)]));
    return { ...node, inputs: [node.inputs[0]!, name] };
  });
  return prune({ ...graph, nodes, initializers });
}

/** A map of fewer channels is an answer, not features. */
const FEWEST_FEATURES = 4;

/** Shape inference over the graph as it is, and what its last pooling or its last map is. */
function featuresOf(graph: Graph): string | undefined {
  const needed = prune({ ...graph, outputs: graph.outputs.slice(0, 1) });
  const build = createBuilder({ from: needed });
  const shapeOf = (name: string | undefined) => (name && build.has(name) ? build.value(name).shape : undefined);
  const isMap = (name: string | undefined): boolean => shapeOf(name)?.length === 4;
  const isWhole = ({ op, outputs }: Node): boolean => {
    if (op === "GlobalAveragePool") return true;
    const shape = shapeOf(outputs[0]);
    return (
      /^(ReduceMean|AveragePool)$/.test(op) &&
      (shape?.length === 2 || shape?.slice(2).every((side) => side === 1) === true)
    );
  };
  // gates of squeeze and excitation pool whole maps too: what multiplies a map again is none
  const pooling = needed.nodes.findLast(
    (node) => isWhole(node) && isMap(node.inputs[0]) && !leadsToMap(node, needed, isMap),
  );
  if (pooling) return pooling.inputs[0];
  const map = needed.nodes.findLast(({ outputs }) => {
    const [, channels, height] = shapeOf(outputs[0]) ?? [];
    return isMap(outputs[0]) && height !== 1 && Number(channels) >= FEWEST_FEATURES;
  });
  return map?.outputs[0];
}

/** Whether a value that follows from a node is a map of more than one place again. */
function leadsToMap(node: Node, { nodes }: Graph, isMap: (name: string | undefined) => boolean): boolean {
  const reached = new Set(node.outputs);
  return nodes.some((other) => {
    if (other === node || !other.inputs.some((name) => reached.has(name))) return false;
    for (const name of other.outputs) reached.add(name);
    return other.op === "Mul" && other.inputs.every(isMap);
  });
}

/** The backbone's nodes and weights under the scope's name; gives its features as a map [N, C, H, W]. */
export function appendForeignBackbone(scope: Scope, image: Value, foreign: ForeignBackbone | undefined): Value {
  if (!foreign) {
    throw errors["start-file"]({ file: "the recipe", expected: "the file of model.from", received: "none" });
  }
  const { build, path, parameters } = scope;
  const { graph } = foreign;
  const full = (name: string) => `${path}.${name}`;
  const roles = rolesOf(foreign);
  const depths = depthsOf(graph, foreign.trained);
  const values = new Map<string, Value>([[graph.inputs[0]!.name, image]]);
  for (const [name, tensor] of graph.initializers) {
    values.set(name, build.constant(tensor, full(name)));
    const role = roles.get(name);
    if (role) parameters.push({ name: full(name), role, depth: depths.get(name) });
  }
  graph.nodes.forEach((node, index) => {
    const outputs = node.outputs.map((name) => (name === "" ? "" : full(name)));
    const inputs = node.inputs.map((name) => (name === "" ? "" : values.get(name)!.name));
    const made = build.append({ ...node, name: `${path}/${node.name || node.op}/${index}`, inputs, outputs });
    node.outputs.forEach((name, k) => {
      values.set(name, made[k]!);
    });
  });
  const features = values.get(graph.outputs[0]!.name)!;
  const channels = features.shape[1];
  if (features.shape.length === 4) return features;
  if (features.shape.length === 2 && typeof channels === "number") {
    return build.reshape(features, [0, channels, 1, 1]);
  }
  const received = `[${features.shape.join(", ")}]`;
  throw errors["start-file"]({ file: graph.name, expected: "features [N, C, H, W] or [N, C]", received });
}

/** The role of each tensor that training may move; constants and statistics have none. */
function rolesOf({ graph, trained }: ForeignBackbone): ReadonlyMap<string, ParameterRole> {
  const roles = new Map<string, ParameterRole>();
  for (const { inputs } of graph.nodes) {
    for (const name of inputs) {
      const tensor = graph.initializers.get(name);
      if (tensor && trained.has(name)) roles.set(name, roleOf(tensor, inputs[0] === graph.inputs[0]!.name));
    }
  }
  return roles;
}

function roleOf({ shape }: Tensor, isFirst: boolean): ParameterRole {
  if (shape.length < 2 || shape.slice(1).every((extent) => extent === 1)) return "vector";
  return isFirst || shape[1] === 1 ? "edge" : "hidden";
}
