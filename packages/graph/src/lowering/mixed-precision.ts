import { attribute } from "../ir/attributes.ts";
import { knownShape, type Value } from "../ir/builder.ts";
import { dataTypeNumbers } from "../ir/data-types.ts";
import type { Graph, Node } from "../ir/types.ts";
import { type Build, createBuilder, operatorKey } from "../ops/build.ts";
import { deduplicate } from "../passes/deduplicate.ts";
import { prune } from "../passes/prune.ts";

/** Sums of many products, in which devices with half precision are fast; all else stays in single precision. */
const products: ReadonlySet<string> = new Set(["Conv", "ConvTranspose", "Gemm", "MatMul", "com.microsoft.FusedMatMul"]);

/**
 * Casts what convolutions and products of matrices read to float16, and what they give back to float32. Weights, statistics and
 * optimizer states stay float32 (Micikevicius et al. 2018, arXiv:1710.03740). Nodes that depend on one of the inputs `except` are left.
 */
export function mixedPrecision(graph: Graph, { except = [] }: { readonly except?: readonly string[] } = {}): Graph {
  const build = createBuilder({ name: graph.name, opset: graph.opsets[""] ?? 1, avoiding: graph });
  for (const input of graph.inputs)
    if (!graph.initializers.has(input.name)) build.input(input.name, knownShape(input), input.dtype);
  for (const [name, tensor] of graph.initializers) build.constant(tensor, name);
  const left = new Set(except);
  for (const node of graph.nodes) {
    if (node.inputs.some((name) => left.has(name))) for (const name of node.outputs) left.add(name);
    const isLeft = node.outputs.some((name) => left.has(name));
    if (isLeft || !products.has(operatorKey(node)) || !readsFloats(build, node)) build.append(named(node));
    else inHalf(build, node);
  }
  for (const { name } of graph.outputs) build.output(build.value(name), name);
  return prune(deduplicate(build.build({ metadata: graph.metadata })));
}

/** Named by what it makes, as the nodes that are written here are, so that no two have one name. */
const named = (node: Node): Node => ({ ...node, name: node.outputs.find((output) => output !== "") ?? node.name });

const readsFloats = (build: Build, { inputs }: Node): boolean =>
  inputs.every((name) => name === "" || build.value(name).dtype === "float32");

function inHalf(build: Build, node: Node): void {
  const inputs = node.inputs.map((name): Value | undefined =>
    name === "" ? undefined : build.cast(build.value(name), "float16"),
  );
  const product = build.node(node.op, inputs, { domain: node.domain, attributes: node.attributes });
  const attributes = { to: attribute.int(dataTypeNumbers.float32) };
  build.node("Cast", [product], { attributes, outputs: node.outputs });
}
