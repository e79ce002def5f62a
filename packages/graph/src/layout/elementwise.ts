import type { Value } from "../ir/builder.ts";
import { type LayoutContext, type LayoutRule, movedOutputs, type Placed, toInnermost } from "./rule.ts";

/** Elementwise operators: operands that do not hold the batch take an extent of 1 at the end. */
export const elementwise: LayoutRule = (context) => {
  const { build, node, inputs, rank } = context;
  if (inputs.some((input) => input?.moved && input.value.shape.length !== rank)) return undefined;
  const aligned = inputs.map((input) => input && align(context, input));
  return movedOutputs(
    build.nodeOutputs(node.op, aligned, {
      domain: node.domain,
      attributes: node.attributes,
      outputs: node.outputs,
      name: node.name,
    }),
  );
};

function align({ build, rank }: LayoutContext, { value, moved }: Placed): Value {
  if (moved || value.shape.length === 0) return value;
  const full = [...new Array<number>(rank - value.shape.length).fill(1), ...(value.shape as number[])];
  if (full[0] !== 1) return build.transpose(value, toInnermost(rank));
  if (full.every((extent) => extent === 1)) return build.reshape(value, []);
  return build.reshape(value, [...full.slice(1), 1]);
}
