import type { Graph, Node } from "@foveajs/graph";

/** Operators whose weights make a layer; normalisations, biases and slopes go with the one before them. */
const LAYER = /^(Conv|ConvTranspose|Gemm|MatMul)$/;

/**
 * How many layers (convolutions and products with weights) lie between each trained tensor and the features, by the longest way
 * through the graph: 0 for the last one. A normalisation, a bias or a slope has the depth of the convolution that it follows; names and the
 * order of the tensors say nothing. A tensor that several nodes read counts where it is furthest away.
 */
export function depthsOf({ nodes, inputs, initializers }: Graph, trained: ReadonlySet<string>): Map<string, number> {
  const seen = new Set(inputs.map(({ name }) => name).filter((name) => !initializers.has(name)));
  for (const { inputs: read, outputs } of nodes) {
    if (read.some((name) => seen.has(name))) for (const name of outputs) seen.add(name);
  }
  const carriesPicture = (name: string): boolean => seen.has(name);
  const isLayer = ({ op, inputs: read }: Node): boolean =>
    LAYER.test(op) && read.some((name) => name !== "" && !carriesPicture(name));
  const depths = new Map<string, number>();
  // nodes stand in the order of their use, so that all that reads a value is met before what makes it
  for (const node of nodes.toReversed()) {
    const own = Math.max(0, ...node.outputs.map((name) => depths.get(name) ?? 0));
    for (const name of node.inputs) {
      // what only prepares a weight belongs to the layer that reads it
      const depth = own + (isLayer(node) && carriesPicture(name) ? 1 : 0);
      depths.set(name, Math.max(depth, depths.get(name) ?? 0));
    }
  }
  return new Map([...trained].flatMap((name) => (depths.has(name) ? [[name, depths.get(name)!] as const] : [])));
}
