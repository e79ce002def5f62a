import { errors } from "../errors.ts";
import { attribute, attributesOf } from "../ir/attributes.ts";
import { knownShape, type Value } from "../ir/builder.ts";
import { normalizeAxis, staticShape } from "../ir/shapes.ts";
import { float32 } from "../ir/tensors.ts";
import type { Attributes, Graph, Node } from "../ir/types.ts";
import { type Build, createBuilder } from "../ops/build.ts";

/** Oldest version whose operators broadcast as those of today (ONNX 1.2). */
const OLDEST = 7;

/** Version that the builders, gradients, layouts and lowerings of this package write. */
export const CURRENT_OPSET = 21;

/** Appends a node of an older version as the current one; undefined where nothing has changed. */
type Upgrade = (
  build: Build,
  node: Node,
  inputs: readonly (Value | undefined)[],
  from: number,
) => readonly Value[] | undefined;

/**
 * Rewrites a graph of ONNX's operators as the current version of the format has them (opset 7 to 21 becomes 21):
 * operands that stood in attributes become inputs, changed defaults are written out. What the graph computes stays the same.
 */
export function upgradeOpset(graph: Graph): Graph {
  const from = graph.opsets[""] ?? 1;
  if (from >= CURRENT_OPSET) return graph;
  if (from < OLDEST) throw errors["opset-too-old"]({ opset: from, oldest: OLDEST });
  const build = createBuilder({ name: graph.name, opset: CURRENT_OPSET, avoiding: graph });
  for (const input of graph.inputs)
    if (!graph.initializers.has(input.name)) build.input(input.name, knownShape(input), input.dtype);
  for (const [name, tensor] of graph.initializers) build.constant(tensor, name);
  for (const node of graph.nodes) {
    const upgrade = node.domain === "" ? upgrades[node.op] : undefined;
    const inputs = node.inputs.map((name) => (name === "" ? undefined : build.value(name)));
    if (!upgrade?.(build, node, inputs, from)) build.append(node);
  }
  for (const { name } of graph.outputs) build.output(build.value(name), name);
  return build.build({ metadata: graph.metadata });
}

const rewritten = (
  build: Build,
  { op, outputs, name }: Node,
  inputs: readonly (Value | undefined)[],
  attributes: Attributes,
): readonly Value[] => build.nodeOutputs(op, inputs, { attributes, outputs, name });

/** Attributes other than these. */
const without = ({ attributes }: Node, ...names: readonly string[]): Attributes =>
  Object.fromEntries(Object.entries(attributes).filter(([name]) => !names.includes(name)));

const axes: Upgrade = (build, node, [x], _) => {
  const list = attributesOf(node).optionalInts("axes");
  return list && rewritten(build, node, [x, build.integers(list)], without(node, "axes"));
};

const split: Upgrade = (build, node, [x, sizes], _) => {
  const list = attributesOf(node).optionalInts("split");
  if (list) return rewritten(build, node, [x, build.integers(list)], without(node, "split"));
  return sizes
    ? undefined
    : rewritten(build, node, [x], { ...node.attributes, num_outputs: attribute.int(node.outputs.length) });
};

const clip: Upgrade = (build, node, [x], from) => {
  if (from >= 11) return undefined;
  const bound = (name: string) =>
    attributesOf(node).has(name) ? build.scalar(attributesOf(node).float(name, 0)) : undefined;
  return rewritten(build, node, [x, bound("min"), bound("max")], {});
};

const pad: Upgrade = (build, node, [x], from) => {
  if (from >= 11) return undefined;
  const value = build.scalar(attributesOf(node).float("value", 0));
  return rewritten(
    build,
    node,
    [x, build.integers(attributesOf(node).ints("pads", [])), value],
    without(node, "pads", "value"),
  );
};

const slice: Upgrade = (build, node, [x], from) => {
  if (from >= 10) return undefined;
  const { ints } = attributesOf(node);
  const starts = ints("starts", []);
  const operands = [
    starts,
    ints("ends", []),
    ints(
      "axes",
      starts.map((_, axis) => axis),
    ),
  ];
  return rewritten(build, node, [x, ...operands.map((operand) => build.integers(operand))], {});
};

/** Before opset 13 the axes from `axis` on were taken as one. */
const softmax: Upgrade = (build, node, [x], from) => {
  if (from >= 13) return undefined;
  const rank = x!.shape.length;
  const axis = normalizeAxis(attributesOf(node).int("axis", 1), rank);
  if (axis === rank - 1) return rewritten(build, node, [x], { axis: attribute.int(-1) });
  const flat = build.node(node.op, [build.flatten(x!, { axis })], { attributes: { axis: attribute.int(1) } });
  return [
    build.node("Reshape", [flat, build.integers(staticShape(x!.shape, x!.name))], {
      outputs: node.outputs,
      name: node.name,
    }),
  ];
};

/** Upsample, and Resize before opset 11: coordinates are x / scale, the nearest element is the one below. */
const resize: Upgrade = (build, node, [x, scales], from) => {
  if (from >= 11) return undefined;
  const own = node.attributes.scales;
  const factors =
    scales ?? (own?.type === "floats" ? build.constant(float32([own.value.length], own.value)) : undefined);
  const attributes = {
    ...without(node, "scales"),
    coordinate_transformation_mode: attribute.string("asymmetric"),
    nearest_mode: attribute.string("floor"),
  };
  return build.nodeOutputs("Resize", [x, undefined, factors], { attributes, outputs: node.outputs, name: node.name });
};

/** Dropping is for training only; its share was an attribute. */
const dropout: Upgrade = (build, node, [x], from) =>
  from >= 12 ? undefined : rewritten(build, node, [x, build.scalar(attributesOf(node).float("ratio", 0.5))], {});

/** Before opset 21 scale and bias were of the groups; now they are of the channels. */
const groupNormalization: Upgrade = (build, node, [x, scale, bias], _) => {
  const channels = staticShape([x!.shape[1]!], x!.name)[0]!;
  const groups = attributesOf(node).int("num_groups", 1);
  const perChannel = (value: Value): Value =>
    build.reshape(build.expand(build.reshape(value, [groups, 1]), [groups, channels / groups]), [channels]);
  return rewritten(build, node, [x, perChannel(scale!), perChannel(bias!)], without(node, "stash_type"));
};

/** Before opset 10 the count was an attribute. */
const topK: Upgrade = (build, node, [x], from) =>
  from >= 10
    ? undefined
    : build.nodeOutputs("TopK", [x, build.integers([attributesOf(node).int("k", 1)])], {
        attributes: without(node, "k"),
        outputs: node.outputs,
        name: node.name,
      });

const normalization: Upgrade = (build, node, inputs, from) =>
  from >= 14
    ? undefined
    : build.nodeOutputs(node.op, inputs, {
        attributes: without(node, "spatial", "is_test"),
        outputs: node.outputs.slice(0, 1),
        name: node.name,
      });

/** Names of interpolations before opset 20, when there were maps only. */
const renamedModes: Readonly<Record<string, string>> = { bilinear: "linear", bicubic: "cubic" };

const gridSample: Upgrade = (build, node, inputs, _) => {
  const mode = renamedModes[attributesOf(node).string("mode", "")];
  return mode === undefined
    ? undefined
    : rewritten(build, node, inputs, { ...node.attributes, mode: attribute.string(mode) });
};

/** Before opset 16 places were counted from the corners of pixels, not from their centres. */
const roiAlign: Upgrade = (build, node, inputs, from) =>
  from >= 16
    ? undefined
    : rewritten(build, node, inputs, {
        ...node.attributes,
        coordinate_transformation_mode: attribute.string("output_half_pixel"),
      });

const upgrades: Readonly<Record<string, Upgrade>> = {
  BatchNormalization: normalization,
  Clip: clip,
  Dropout: dropout,
  GroupNormalization: groupNormalization,
  GridSample: gridSample,
  LogSoftmax: softmax,
  Pad: pad,
  ReduceL1: axes,
  ReduceL2: axes,
  ReduceLogSum: axes,
  ReduceLogSumExp: axes,
  ReduceMax: axes,
  ReduceMean: axes,
  ReduceMin: axes,
  ReduceProd: axes,
  ReduceSum: axes,
  ReduceSumSquare: axes,
  Resize: resize,
  RoiAlign: roiAlign,
  Slice: slice,
  Softmax: softmax,
  Split: split,
  Squeeze: axes,
  TopK: topK,
  Unsqueeze: axes,
  Upsample: resize,
};
