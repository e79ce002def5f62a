import { attribute, attributesOf } from "../ir/attributes.ts";
import type { Graph, Node } from "../ir/types.ts";
import { FOVEA_DOMAIN } from "../ir/types.ts";

/** Where the running statistics of a normalisation stand, and the values that hold the batch's own. */
export interface RunningStatistics {
  /** Initializers of the model. */
  readonly mean: string;
  readonly variance: string;
  /** Values of the training graph. */
  readonly batchMean: string;
  readonly batchVariance: string;
  /** Value that is normalised; its size tells how many elements a channel has. */
  readonly normalized: string;
}

/**
 * Turns every inference BatchNormalization whose scale is trained into its training form, which normalises by the batch's statistics.
 * The others are left as they are (frozen).
 */
export function trainingForm(
  graph: Graph,
  trainable: ReadonlySet<string>,
): { graph: Graph; statistics: readonly RunningStatistics[] } {
  const statistics: RunningStatistics[] = [];
  const nodes = graph.nodes.map((node): Node => {
    const [x, scale, bias, mean, variance] = node.inputs;
    if (node.op !== "BatchNormalization" || node.domain !== "" || !trainable.has(scale!)) return node;
    const batchMean = `${node.name}/batch_mean`;
    const batchVariance = `${node.name}/batch_variance`;
    statistics.push({ mean: mean!, variance: variance!, batchMean, batchVariance, normalized: node.outputs[0]! });
    return {
      ...node,
      domain: FOVEA_DOMAIN,
      inputs: [x!, scale!, bias!],
      outputs: [node.outputs[0]!, batchMean, batchVariance],
      attributes: { epsilon: attribute.float(attributesOf(node).float("epsilon", 1e-5)) },
    };
  });
  return { graph: { ...graph, nodes, opsets: { ...graph.opsets, [FOVEA_DOMAIN]: 1 } }, statistics };
}
