import { FoveaError } from "@foveajs/errors";
import { appendGradient } from "../gradients/gradient.ts";
import { gradientStops } from "../gradients/table.ts";
import type { Value } from "../ir/builder.ts";
import { sizeOf, staticShape } from "../ir/shapes.ts";
import type { Node } from "../ir/types.ts";
import { createBuilder, operatorKey } from "../ops/build.ts";
import type { InferredValues } from "../passes/infer-values.ts";

/**
 * Why no gradient passes a node from its outputs to one of its inputs, in words; undefined where one does. It is found out by writing the
 * gradient of a graph of this node alone, so that whatever a rule refuses counts. A rule that asks for fixed shapes where the graph
 * has open ones counts as one that is there.
 */
export function gradientFault(node: Node, input: number, values: InferredValues, opset: number): string | undefined {
  const wanted = values.types.get(node.inputs[input] ?? "");
  if (!wanted || !node.outputs.every((name) => name === "" || values.types.has(name)))
    return values.unknown.get(node.name)?.message ?? "its types are not known";
  if (gradientStops.has(operatorKey(node))) return `${operatorKey(node)} has no slope`;
  const build = createBuilder({ opset });
  for (const name of new Set(node.inputs)) {
    if (name === "") continue;
    const constant = name === wanted.name ? undefined : values.constants.get(name);
    const type = values.types.get(name) as Value;
    if (constant) build.constant(constant, name);
    else build.input(name, type.shape, type.dtype);
  }
  try {
    const sums = build
      .append(node)
      .filter(({ name, dtype }) => name !== "" && dtype === "float32")
      .map((value) =>
        build.reduceSum(build.reshape(value, [sizeOf(staticShape(value.shape, value.name))]), { keepDims: false }),
      );
    const loss = sums.reduce((total, sum) => build.add(total, sum), build.scalar(0));
    appendGradient(build, { loss: loss.name, parameters: [wanted.name] });
    return undefined;
  } catch (error) {
    if (!(error instanceof FoveaError)) return `its rule fails (${error instanceof Error ? error.message : error})`;
    if (error.code === "graph/shape-not-static") return undefined;
    return error.code === "graph/no-path-to-loss" ? `${operatorKey(node)} gives it no gradient` : error.message;
  }
}
