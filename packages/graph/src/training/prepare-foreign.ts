import { errors } from "../errors.ts";
import { type FrozenTensor, trainability } from "../inspect/trainability.ts";
import type { Graph } from "../ir/types.ts";
import { type CutNode, cutUnknown } from "../passes/cut-unknown.ts";
import { foldConstants } from "../passes/fold-constants.ts";
import { freezeShapes } from "../passes/freeze-shapes.ts";
import { setBatch } from "../passes/set-batch.ts";
import { upgradeOpset } from "../passes/upgrade-opset.ts";
import { validate } from "../passes/validate.ts";
import { widenFloats } from "../passes/widen-floats.ts";

/** What a file leaves open, or states otherwise than a training wants it. */
export interface ForeignOptions {
  /** Extents of the graph's named dimensions: `{ batch: 8, height: 320, width: 320 }`. */
  readonly extents?: Readonly<Record<string, number>>;
  /** Samples in a batch, for a file that states one sample; as the file and `extents` have it unless told. */
  readonly batch?: number;
  /**
   * "frozen": every BatchNormalization keeps its statistics, scale and shift, right for small batches; "trained": it learns, and
   * normalises by the batch, as createTrainingStep does with every normalisation whose scale it trains.
   */
  readonly normalization?: "frozen" | "trained";
}

/** A model of another tool, made ready for createTrainingStep. */
export interface ForeignModel {
  /** Of the current opset, with fixed shapes, without anything that only computes constants. Initializers keep their names. */
  readonly graph: Graph;
  /** Initializers to train: the parameters of a ParameterGroup. */
  readonly parameters: readonly string[];
  /** Initializers that stay as they are, and why. */
  readonly frozen: readonly FrozenTensor[];
  /** Nodes that were cut off because nothing here knows them; what they read is an output in their place. */
  readonly cut: readonly CutNode[];
}

/**
 * Makes a model of any tool trainable: checks it, gives named dimensions their extents, cuts off what no shape rule knows, upgrades old
 * opsets, sets the batch, turns half precision into float32, computes constants ahead, drops dead nodes, and finds out
 * which weights a gradient reaches. A model of which nothing can be trained is an error that says why.
 */
export function prepareForeign(
  original: Graph,
  { extents = {}, batch, normalization = "frozen" }: ForeignOptions = {},
): ForeignModel {
  validate(original);
  const { graph: known, cut } = cutUnknown(foldConstants(freezeShapes(widenFloats(original), extents)));
  if (known.outputs.length === 0)
    throw nothingTrainable(
      original,
      cut.map(({ fault }) => fault.message),
    );
  const current = upgradeOpset(known);
  const graph = foldConstants(batch === undefined ? current : setBatch(current, batch));
  const { trainable, frozen, gaps } = trainability(graph);
  const isTrained = ([name, role]: readonly [string, string]): boolean =>
    role === "weight" || normalization === "trained" || !isBatchNormalization(graph, name);
  const parameters = [...trainable].filter(isTrained).map(([name]) => name);
  if (parameters.length === 0)
    throw nothingTrainable(
      original,
      gaps.map(({ node, op, reason }) => `${op} "${node}": ${reason}`),
    );
  const kept = [...trainable]
    .filter((entry) => !isTrained(entry))
    .map(([name, role]): FrozenTensor => {
      const elements = graph.initializers.get(name)!.data.length;
      return { name, elements, role, reason: 'normalisations are frozen (normalization: "frozen")' };
    });
  return { graph, parameters, frozen: [...kept, ...frozen], cut };
}

const isBatchNormalization = (graph: Graph, initializer: string): boolean =>
  graph.nodes.some(({ op, inputs }) => op === "BatchNormalization" && inputs.indexOf(initializer) > 0);

const nothingTrainable = (graph: Graph, reasons: readonly string[]) =>
  errors["nothing-trainable"]({
    graph: graph.name,
    reasons: reasons.slice(0, 3).join("; ") || "it has no weights that are read as such",
  });
