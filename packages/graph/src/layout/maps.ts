import { attribute } from "../ir/attributes.ts";
import type { Value } from "../ir/builder.ts";
import { FOVEA_DOMAIN } from "../ir/types.ts";
import { withLayout } from "../ops/conv.ts";
import { windowOf } from "../ops/spatial.ts";
import { type LayoutRule, movedOutputs } from "./rule.ts";

/** Convolution of moved maps; the bias becomes an addition of its own. */
export const conv: LayoutRule = ({ build, node, attributes, inputs: [x, w, bias] }) => {
  if (!x?.moved || w!.moved || w!.value.shape.length !== 4) return undefined;
  const { pads } = windowOf(attributes, w!.value.shape.slice(2) as number[], x.value.shape.slice(1, 3));
  const { auto_pad: _, ...rest } = node.attributes;
  const options = { domain: FOVEA_DOMAIN, attributes: withLayout({ ...rest, pads: attribute.ints(pads) }, "CHWN") };
  if (!bias)
    return movedOutputs(
      build.nodeOutputs("Conv", [x.value, w!.value], { ...options, outputs: node.outputs, name: node.name }),
    );
  const product = build.node("Conv", [x.value, w!.value], options);
  const channels = w!.value.shape[0] as number;
  return movedOutputs([
    build.node("Add", [product, build.reshape(bias.value, [channels, 1, 1, 1])], {
      outputs: node.outputs,
      name: node.name,
    }),
  ]);
};

export const pool: LayoutRule = ({ build, node, inputs }) =>
  node.outputs.length > 1 || inputs[0]!.value.shape.length !== 4
    ? undefined
    : movedOutputs(
        build.nodeOutputs(node.op, [inputs[0]!.value], {
          domain: FOVEA_DOMAIN,
          attributes: withLayout(node.attributes, "CHWN"),
          outputs: node.outputs,
          name: node.name,
        }),
      );

/** Training form: y holds the batch, the statistics do not. Vectors [N, C] become maps of one pixel. */
export const trainingNormalization: LayoutRule = ({ build, node, inputs: [x, scale, bias] }) => {
  if (x!.value.shape.length !== 4) return undefined;
  const options = {
    domain: FOVEA_DOMAIN,
    attributes: withLayout(node.attributes, "CHWN"),
    outputs: node.outputs,
    name: node.name,
  };
  const [y, mean, variance] = build.nodeOutputs("BatchNormalization", [x!.value, scale!.value, bias!.value], options);
  return [
    { value: y!, moved: true },
    { value: mean!, moved: false },
    { value: variance!, moved: false },
  ];
};

/** Inference form: one multiplication and one addition per channel, from constants of the model. */
export const frozenNormalization: LayoutRule = ({ build, node, attributes, inputs: [x, ...parameters] }) => {
  const [scale, bias, mean, variance] = parameters.map((input) => input!.value) as [Value, Value, Value, Value];
  const channels = scale.shape[0] as number;
  if (parameters.some((input) => input!.moved)) return undefined;
  const column = (value: Value) =>
    build.reshape(value, [channels, ...new Array<number>(x!.value.shape.length - 1).fill(1)]);
  const factor = build.div(scale, build.sqrt(build.add(variance, attributes.float("epsilon", 1e-5))));
  const offset = build.sub(bias, build.mul(mean, factor));
  const product = build.mul(x!.value, column(factor));
  return movedOutputs([build.node("Add", [product, column(offset)], { outputs: node.outputs, name: node.name })]);
};

/** [K] or [1, K]: the same bias for every row. */
const isVector = ({ shape }: Value): boolean => shape.slice(0, -1).every((extent) => extent === 1);

/** y = x w (+ b) of vectors in rows becomes w^T x (+ b) of vectors in columns. */
export const gemm: LayoutRule = ({ build, node, attributes, inputs: [x, w, bias] }) => {
  const plain =
    attributes.float("alpha", 1) === 1 && attributes.float("beta", 1) === 1 && attributes.int("transA", 0) === 0;
  if (!plain || !x!.moved || w!.moved || bias?.moved || (bias && !isVector(bias.value))) return undefined;
  const weight = attributes.int("transB", 0) === 1 ? w!.value : build.transpose(w!.value, [1, 0]);
  if (!bias)
    return movedOutputs([build.node("MatMul", [weight, x!.value], { outputs: node.outputs, name: node.name })]);
  const columnBias = build.reshape(bias.value, [-1, 1]);
  return movedOutputs([
    build.node("Add", [build.matMul(weight, x!.value), columnBias], { outputs: node.outputs, name: node.name }),
  ]);
};

export const matMul: LayoutRule = ({ build, node, inputs: [x, w] }) => {
  if (!x!.moved || w!.moved || x!.value.shape.length !== 2 || w!.value.shape.length !== 2) return undefined;
  return movedOutputs([
    build.node("MatMul", [build.transpose(w!.value, [1, 0]), x!.value], { outputs: node.outputs, name: node.name }),
  ]);
};
