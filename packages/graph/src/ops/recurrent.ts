import { attribute } from "../ir/attributes.ts";
import type { GraphBuilder, Value } from "../ir/builder.ts";
import { formatShape } from "../ir/shapes.ts";
import { type InferenceRule, mismatch } from "./rule.ts";

/**
 * LSTM and GRU of x [steps, batch, features], recurrence weights [directions, gates hidden, hidden]:
 * y [steps, directions, batch, hidden], then the last state (and the last cell state) [directions, batch, hidden].
 */
export const recurrentInference: InferenceRule = ({ node, input }) => {
  const [x, r] = [input(0), input(2)];
  if (x.shape.length !== 3 || r.shape.length !== 3)
    throw mismatch(
      node,
      "x [steps, batch, features] and R [directions, gates hidden, hidden]",
      `${formatShape(x.shape)} and ${formatShape(r.shape)}`,
    );
  const [steps, batch] = x.shape;
  const [directions, , hidden] = r.shape;
  return node.outputs.map((_, index) => ({
    dtype: x.dtype,
    shape: index === 0 ? [steps!, directions!, batch!, hidden!] : [directions!, batch!, hidden!],
  }));
};

/** In the order of ONNX: w [directions, gates hidden, features], r [directions, gates hidden, hidden], b [directions, 2 gates hidden]. */
export interface RecurrentParameters {
  readonly w: Value;
  readonly r: Value;
  readonly b?: Value;
  /** First states [directions, batch, hidden]; zeros without them. */
  readonly initialHidden?: Value;
  readonly initialCell?: Value;
}

/** In which order the steps of a sequence are seen, forward unless told; both ways have weights of their own. */
export interface RecurrentOptions {
  readonly direction?: "forward" | "reverse" | "bidirectional";
}

const attributesFor = ({ r }: RecurrentParameters, { direction = "forward" }: RecurrentOptions) => ({
  hidden_size: attribute.int(r.shape[2] as number),
  direction: attribute.string(direction),
});

/** Gates in the order input, output, forget, cell. Hochreiter and Schmidhuber 1997; ONNX LSTM. */
export const lstm = (
  build: GraphBuilder,
  x: Value,
  parameters: RecurrentParameters,
  options: RecurrentOptions = {},
) => {
  const { w, r, b, initialHidden, initialCell } = parameters;
  return build.nodeOutputs("LSTM", trimmed([x, w, r, b, undefined, initialHidden, initialCell]), {
    attributes: attributesFor(parameters, options),
    outputCount: 3,
  }) as readonly [y: Value, lastHidden: Value, lastCell: Value];
};

/** Gates in the order update, reset, hidden. Cho et al. 2014, arXiv:1406.1078; `linearBeforeReset` is PyTorch's form. */
export const gru = (
  build: GraphBuilder,
  x: Value,
  parameters: Omit<RecurrentParameters, "initialCell">,
  { linearBeforeReset = false, ...options }: RecurrentOptions & { readonly linearBeforeReset?: boolean } = {},
) => {
  const { w, r, b, initialHidden } = parameters;
  return build.nodeOutputs("GRU", trimmed([x, w, r, b, undefined, initialHidden]), {
    attributes: {
      ...attributesFor(parameters, options),
      linear_before_reset: attribute.int(Number(linearBeforeReset)),
    },
    outputCount: 2,
  }) as readonly [y: Value, lastHidden: Value];
};

const trimmed = (inputs: readonly (Value | undefined)[]) =>
  inputs.slice(0, inputs.findLastIndex((input) => input !== undefined) + 1);
