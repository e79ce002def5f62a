import { attributesOf } from "../ir/attributes.ts";
import { FOVEA_DOMAIN, type Graph, type Node } from "../ir/types.ts";
import { layoutOf } from "../ops/spatial.ts";

type Readers = ReadonlyMap<string, readonly Node[]>;

const isOwn = (node: Node | undefined, op: string): node is Node => node?.domain === FOVEA_DOMAIN && node.op === op;

/** Whether a convolution steps over every pixel of its map and nothing else: with kernels of 1x1 a product of matrices. */
function isPlain(node: Node): boolean {
  const attributes = attributesOf(node);
  const all = (name: string, wanted: number) => attributes.ints(name, []).every((value) => value === wanted);
  return (
    layoutOf(attributes) === "CHWN" &&
    attributes.int("group", 1) === 1 &&
    attributes.string("auto_pad", "NOTSET") === "NOTSET" &&
    all("kernel_shape", 1) &&
    all("strides", 1) &&
    all("dilations", 1) &&
    all("pads", 0)
  );
}

interface Match {
  readonly convolution: Node;
  readonly normalization: Node;
  readonly gradient: Node | undefined;
  readonly inputGradient: Node | undefined;
  readonly weightGradient: Node | undefined;
}

/** A plain convolution z that only this normalisation and its gradient read, whose gradient in turn goes to the convolution only. */
function matchOf(normalization: Node, makers: ReadonlyMap<string, Node>, readers: Readers): Match | undefined {
  const [z, mean, variance] = [normalization.inputs[0]!, normalization.outputs[1], normalization.outputs[2]];
  const convolution = makers.get(z);
  if (!isOwn(convolution, "Conv") || convolution.inputs.length !== 2 || !isPlain(convolution)) return undefined;
  const [gradient, ...more] = (readers.get(z) ?? []).filter((reader) => reader !== normalization);
  const none = { convolution, normalization, gradient: undefined, inputGradient: undefined, weightGradient: undefined };
  if (gradient === undefined) return none;
  const isIts =
    isOwn(gradient, "BatchNormalizationGrad") &&
    gradient.inputs[0] !== z &&
    gradient.inputs[1] === z &&
    gradient.inputs[2] === normalization.inputs[1] &&
    gradient.inputs[3] === mean &&
    gradient.inputs[4] === variance;
  if (!isIts || more.length > 0) return undefined;
  const dz = gradient.outputs[0]!;
  const [x, w] = convolution.inputs;
  const ends = readers.get(dz) ?? [];
  const inputGradient = ends.find((end) => isOwn(end, "ConvGradInput") && end.inputs[0] === dz && end.inputs[1] === w);
  const weightGradient = ends.find(
    (end) => isOwn(end, "ConvGradWeight") && end.inputs[0] === x && end.inputs[1] === dz,
  );
  const known = [inputGradient, weightGradient].filter((end) => end !== undefined);
  return known.length === ends.length && known.every((end) => end.inputs.length === 2)
    ? { ...none, gradient, inputGradient, weightGradient }
    : undefined;
}

/**
 * A plain convolution and the normalisation of its result become one operator of ours, NormalizedProduct(x, w, scale, bias), and their
 * gradients another, NormalizedProductGrad(dy, x, w, scale, mean, variance), so that forms may leave the wide map between them out.
 */
export function absorbProduct(graph: Graph): Graph {
  const makers = new Map<string, Node>();
  const readers = new Map<string, Node[]>();
  for (const node of graph.nodes) {
    for (const output of node.outputs) makers.set(output, node);
    for (const input of new Set(node.inputs)) readers.set(input, [...(readers.get(input) ?? []), node]);
  }
  const outputs = new Set(graph.outputs.map(({ name }) => name));
  const replaced = new Map<Node, readonly Node[]>();
  for (const node of graph.nodes) {
    if (!isOwn(node, "BatchNormalization")) continue;
    const match = matchOf(node, makers, readers);
    if (!match || outputs.has(node.inputs[0]!) || outputs.has(match.gradient?.outputs[0] ?? "")) continue;
    const { convolution, normalization, gradient, inputGradient, weightGradient } = match;
    const [x, w] = convolution.inputs as [string, string];
    const [, scale, bias] = normalization.inputs as [string, string, string];
    replaced.set(convolution, []);
    replaced.set(normalization, [{ ...normalization, op: "NormalizedProduct", inputs: [x, w, scale, bias] }]);
    if (!gradient) continue;
    for (const end of [inputGradient, weightGradient]) if (end) replaced.set(end, []);
    const [dy, , , mean, variance] = gradient.inputs as [string, string, string, string, string];
    const [, dScale, dBias] = gradient.outputs as [string, string, string];
    replaced.set(gradient, [
      {
        ...gradient,
        op: "NormalizedProductGrad",
        inputs: [dy, x, w, scale, mean, variance],
        outputs: [inputGradient?.outputs[0] ?? "", weightGradient?.outputs[0] ?? "", dScale, dBias],
      },
    ]);
  }
  return { ...graph, nodes: graph.nodes.flatMap((node) => replaced.get(node) ?? [node]) };
}
