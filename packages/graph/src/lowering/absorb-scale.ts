import type { Graph, Node } from "../ir/types.ts";
import { FOVEA_DOMAIN } from "../ir/types.ts";

const isConvGradient = (node: Node): boolean =>
  node.domain === FOVEA_DOMAIN && (node.op === "ConvGradInput" || node.op === "ConvGradWeight");

/** Position of the gradient that enters a convolution's gradient operator. */
const gradientInput = (node: Node): number => (node.op === "ConvGradInput" ? 0 : 1);

/**
 * dx of a batch normalisation is a per-channel factor times a map. Where only the gradients of a convolution read it, the factor goes
 * to them as a third input, which their lowering multiplies into kernels or into the small result: one pass over the map is saved.
 */
export function absorbScale(graph: Graph): Graph {
  const readers = new Map<string, Node[]>();
  for (const node of graph.nodes)
    for (const input of node.inputs) readers.set(input, [...(readers.get(input) ?? []), node]);
  const outputs = new Set(graph.outputs.map((output) => output.name));
  const factors = new Map<string, string>();
  for (const node of graph.nodes) {
    if (node.domain !== FOVEA_DOMAIN || node.op !== "BatchNormalizationGrad") continue;
    const dx = node.outputs[0]!;
    const all = readers.get(dx) ?? [];
    const only = all.every(
      (reader) => isConvGradient(reader) && reader.inputs.length === 2 && reader.inputs[gradientInput(reader)] === dx,
    );
    if (all.length > 0 && only && !outputs.has(dx)) factors.set(dx, `${dx}/factor`);
  }
  const nodes = graph.nodes.map((node): Node => {
    const own = factors.get(node.outputs[0]!);
    if (own)
      return {
        ...node,
        op: "BatchNormalizationGradUnscaled",
        outputs: [node.outputs[0]!, own, ...node.outputs.slice(1)],
      };
    const factor = isConvGradient(node) ? factors.get(node.inputs[gradientInput(node)]!) : undefined;
    return factor ? { ...node, inputs: [...node.inputs, factor] } : node;
  });
  return { ...graph, nodes };
}
