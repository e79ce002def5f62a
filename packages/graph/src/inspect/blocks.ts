import { attributesOf } from "../ir/attributes.ts";
import type { Graph, Node, Shape } from "../ir/types.ts";
import { operatorKey } from "../ops/build.ts";
import type { InferredValues } from "../passes/infer-values.ts";

/** What a block does, for its color. */
export type BlockFamily =
  | "input"
  | "output"
  | "convolution"
  | "product"
  | "pool"
  | "join"
  | "shape"
  | "elementwise"
  | "other";

/** One box of a drawing: a node with the nodes behind it that only it feeds (a convolution, its normalisation, its activation). */
export interface Block {
  readonly id: string;
  readonly family: BlockFamily;
  /** What it says, the first line in bold. */
  readonly lines: readonly string[];
  /** Names of its nodes. */
  readonly nodes: readonly string[];
}

/** What a drawing shows: boxes, and which of them reads what another makes. */
export interface BlockGraph {
  readonly blocks: readonly Block[];
  /** Pairs of block ids, from maker to reader. */
  readonly edges: readonly (readonly [string, string])[];
}

const families: Readonly<Record<string, BlockFamily>> = {
  ...Object.fromEntries(["Conv", "ConvTranspose", "com.microsoft.FusedConv"].map((op) => [op, "convolution" as const])),
  ...Object.fromEntries(["Gemm", "MatMul", "Einsum", "LSTM", "GRU", "Attention"].map((op) => [op, "product" as const])),
  ...Object.fromEntries(
    ["MaxPool", "AveragePool", "GlobalAveragePool", "GlobalMaxPool", "ReduceMean", "ReduceMax", "ReduceSum"].map(
      (op) => [op, "pool" as const],
    ),
  ),
  ...Object.fromEntries(
    ["Add", "Sub", "Mul", "Div", "Concat", "Sum", "Max", "Min", "Where"].map((op) => [op, "join" as const]),
  ),
  ...Object.fromEntries(
    [
      "Reshape",
      "Transpose",
      "Flatten",
      "Squeeze",
      "Unsqueeze",
      "Slice",
      "Split",
      "Pad",
      "Resize",
      "Upsample",
      "Expand",
      "Gather",
      "DepthToSpace",
      "SpaceToDepth",
      "Tile",
    ].map((op) => [op, "shape" as const]),
  ),
  ...Object.fromEntries(
    [
      "Relu",
      "PRelu",
      "LeakyRelu",
      "Sigmoid",
      "Tanh",
      "Clip",
      "Softmax",
      "LogSoftmax",
      "BatchNormalization",
      "LayerNormalization",
      "InstanceNormalization",
      "HardSigmoid",
      "HardSwish",
      "Elu",
      "Gelu",
      "Exp",
      "Sqrt",
      "Pow",
      "Dropout",
      "Cast",
      "Identity",
    ].map((op) => [op, "elementwise" as const]),
  ),
};

/** Families that may follow others in one box, where they read one value. */
const followers: ReadonlySet<BlockFamily> = new Set(["elementwise", "shape", "join"]);

/** Boxes and lines of a graph; what follows from constants alone, and constants themselves, are not drawn. */
export function blocksOf(graph: Graph, values: InferredValues): BlockGraph {
  const shown = graph.nodes.filter(
    ({ outputs }) => !outputs.every((name) => name === "" || values.constants.has(name)),
  );
  const readers = new Map<string, number>();
  const isData = (name: string) => name !== "" && !values.constants.has(name);
  for (const { inputs } of shown) for (const name of inputs) readers.set(name, (readers.get(name) ?? 0) + 1);
  for (const { name } of graph.outputs) readers.set(name, (readers.get(name) ?? 0) + 1);
  const blockOf = new Map<string, number>(); // value to the index of the block that makes it
  const members: Node[][] = [];
  for (const node of shown) {
    const data = [...new Set(node.inputs.filter(isData))];
    const before = data.length === 1 ? blockOf.get(data[0]!) : undefined;
    const joins = before !== undefined && readers.get(data[0]!) === 1 && followers.has(familyOf(node));
    const index = joins ? before : members.push([]) - 1;
    members[index]!.push(node);
    for (const output of node.outputs) blockOf.set(output, index);
  }
  const inputs = graph.inputs.map(
    ({ name, shape }): Block => ({ id: `input ${name}`, family: "input", lines: [name, shapeText(shape)], nodes: [] }),
  );
  const outputs = graph.outputs.map(({ name, shape }): Block => {
    const inferred = values.types.get(name)?.shape ?? shape;
    return { id: `output ${name}`, family: "output", lines: [name, shapeText(inferred)], nodes: [] };
  });
  const makers = new Map<string, string>([
    ...graph.inputs.map(({ name }) => [name, `input ${name}`] as const),
    ...[...blockOf].map(([value, index]) => [value, `block ${index}`] as const),
  ]);
  const all: readonly (readonly [string | undefined, string])[] = [
    ...members.flatMap((nodes, index) =>
      nodes.flatMap((node) => node.inputs.filter(isData).map((name) => [makers.get(name), `block ${index}`] as const)),
    ),
    ...graph.outputs.map(({ name }) => [makers.get(name), `output ${name}`] as const),
  ];
  const edges = all.flatMap(([from, to]): [string, string][] =>
    from === undefined || from === to ? [] : [[from, to]],
  );
  const unique = [...new Map(edges.map((edge) => [edge.join("\n"), edge])).values()];
  const blocks = members.map((nodes, index) => describe(nodes, `block ${index}`, values));
  return { blocks: [...inputs, ...blocks, ...outputs], edges: unique };
}

const familyOf = (node: Node): BlockFamily => families[operatorKey(node)] ?? "other";

function describe(nodes: readonly Node[], id: string, values: InferredValues): Block {
  const [first, ...rest] = nodes as [Node, ...Node[]];
  const followed = wrap(rest.flatMap(({ op }) => (op === "Identity" ? [] : [shortNames[op] ?? op])));
  const shape = values.types.get(nodes.at(-1)!.outputs[0] ?? "")?.shape;
  return {
    id,
    family: familyOf(first),
    lines: [titleOf(first, values), ...followed, shapeText(shape)],
    nodes: nodes.map(({ name }) => name),
  };
}

const shortNames: Readonly<Record<string, string>> = {
  BatchNormalization: "BatchNorm",
  LayerNormalization: "LayerNorm",
};

/** Steps joined by dots, in lines of some 26 characters. */
function wrap(steps: readonly string[]): string[] {
  const lines: string[] = [];
  for (const step of steps) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + step.length < 24) lines[lines.length - 1] = `${last} · ${step}`;
    else lines.push(step);
  }
  return lines;
}

/** "Conv 3×3 /2", "Conv 3×3 depthwise", "Gemm 512 → 10". */
function titleOf(node: Node, { types }: InferredValues): string {
  const { ints, int } = attributesOf(node);
  const weight = types.get(node.inputs[1] ?? "")?.shape;
  const kernel = ints("kernel_shape", (familyOf(node) === "convolution" ? weight?.slice(2) : []) as number[]);
  const stride = ints("strides", []).find((step) => step !== 1);
  const groups = int("group", 1);
  return [
    node.op,
    ...(kernel.length > 0 ? [kernel.join("×")] : []),
    ...(stride === undefined ? [] : [`/${stride}`]),
    ...(groups > 1 ? [groups === weight?.[0] ? "depthwise" : `${groups} groups`] : []),
  ].join(" ");
}

/** "1 × 3 × 320 × 320". */
const shapeText = (shape: Shape | undefined): string => {
  if (!shape) return "shape unknown";
  const extents = shape.map((extent) => (String(extent).length > 10 ? "…" : extent));
  return extents.length === 0 ? "scalar" : extents.join(" × ");
};
