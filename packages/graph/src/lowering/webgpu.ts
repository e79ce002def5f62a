import type { Value } from "../ir/builder.ts";
import { sliceRanges } from "../ops/slice.ts";
import { always, type Form, type LoweringContext, type Target } from "./form.ts";
import { type KnownNode, mixesChannels, mixesGroups, startsInside } from "./miscomputed.ts";

/** The context as the table of what is computed wrongly reads it. */
const known = ({ build, attributes, inputs }: LoweringContext): KnownNode => ({
  attributes,
  inputs,
  constant: (index) => build.constantOf(inputs[index]),
});

/** Zero channels up to the next multiple of 4, in maps and kernels alike. */
const paddedChannels: Form = {
  name: "channels in fours",
  applies: (context) => mixesChannels(known(context)),
  lower: ({ build, node, inputs: [x, w, bias] }) => {
    const missing = 4 - ((w!.shape[1] as number) % 4);
    const ends = (rank: number) => Array.from({ length: 2 * rank }, (_, place) => (place === rank + 1 ? missing : 0));
    const padded = [x!, w!].map((value) => build.pad(value, ends(value.shape.length)));
    return [build.node("Conv", bias ? [...padded, bias] : padded, { attributes: node.attributes })];
  },
};

/** Each group as a convolution of its own: where groups are mixed up, and over three axes, where there are none. */
const groupByGroup: Form = {
  name: "group by group",
  applies: (context) =>
    mixesGroups(known(context)) || (context.inputs[1]!.shape.length > 4 && context.attributes.int("group", 1) > 1),
  lower: ({ build, node, attributes, inputs: [x, w, bias] }) => {
    const group = attributes.int("group", 1);
    const parts = (value: Value, axis: number) =>
      build.split(value, { axis, sizes: Array.from({ length: group }, () => (value.shape[axis] as number) / group) });
    const [maps, kernels, offsets] = [parts(x!, 1), parts(w!, 0), bias ? parts(bias, 0) : []];
    const { group: _, ...rest } = node.attributes;
    const made = maps.map((map, index) =>
      build.node("Conv", [map, kernels[index]!, ...(bias ? [offsets[index]!] : [])], { attributes: rest }),
    );
    return [build.concat(made, { axis: 1 })];
  },
};

/** x - max - log sum exp(x - max). */
const logSoftmaxByParts: Form = {
  name: "maximum, exponentials and sum",
  applies: always,
  lower: ({ build, attributes, inputs: [x] }) => {
    const axes = [attributes.int("axis", -1)];
    const shifted = build.sub(x!, build.reduceMax(x!, { axes }));
    return [build.sub(shifted, build.log(build.reduceSum(build.exp(shifted), { axes })))];
  },
};

/** 1 above zero, -1 below it. */
const signByComparisons: Form = {
  name: "comparisons",
  applies: always,
  lower: ({ build, inputs: [x] }) => [
    build.sub(build.cast(build.greater(x!, 0), "float32"), build.cast(build.less(x!, 0), "float32")),
  ],
};

/** x / (1 + |x|). */
const softsignByParts: Form = {
  name: "division",
  applies: always,
  lower: ({ build, inputs: [x] }) => [build.div(x!, build.add(build.abs(x!), 1))],
};

/** max(0, x) + min(0, alpha (exp(x / alpha) - 1)). */
const celuByParts: Form = {
  name: "two halves",
  applies: always,
  lower: ({ build, attributes, inputs: [x] }) => {
    const alpha = attributes.float("alpha", 1);
    const below = build.mul(build.sub(build.exp(build.div(x!, alpha)), 1), alpha);
    return [build.add(build.relu(x!), build.min(below, 0))];
  },
};

/** gamma (max(0, x) + min(0, alpha (exp(x) - 1))); the constants are those of Klambauer et al. 2017, arXiv:1706.02515. */
const seluByParts: Form = {
  name: "two halves",
  applies: always,
  lower: ({ build, attributes, inputs: [x] }) => {
    const below = build.mul(build.sub(build.exp(x!), 1), attributes.float("alpha", 1.6732632423543772));
    const sum = build.add(build.relu(x!), build.min(below, 0));
    return [build.mul(sum, attributes.float("gamma", 1.0507009873554805))];
  },
};

/** Blocks of pixels as channels: [N, C, H / b, b, W / b, b] with both b before C. */
const spaceToDepthByTransposition: Form = {
  name: "transposition",
  applies: ({ inputs }) => inputs[0]!.shape.every((extent) => typeof extent === "number"),
  lower: ({ build, attributes, inputs: [x] }) => {
    const [batch, channels, height, width] = x!.shape as [number, number, number, number];
    const block = attributes.int("blocksize", 1);
    const [rows, columns] = [height / block, width / block];
    const parts = build.reshape(x!, [batch, channels, rows, block, columns, block]);
    return [
      build.reshape(build.transpose(parts, [0, 3, 5, 1, 2, 4]), [batch, channels * block * block, rows, columns]),
    ];
  },
};

/** In a model that infers nothing is dropped. */
const dropoutAsCopy: Form = {
  name: "copy",
  applies: ({ node, inputs }) => inputs.length < 3 && node.outputs.length === 1,
  lower: ({ build, inputs: [x] }) => [build.identity(x!)],
};

/** Mean and variance of each group by sums; scale and bias are of the channels, as from opset 21 on. */
const groupNormalizationByParts: Form = {
  name: "means of groups",
  applies: ({ inputs: [x, scale] }) =>
    x!.shape.every((extent) => typeof extent === "number") && scale!.shape[0] === x!.shape[1],
  lower: ({ build, attributes, inputs: [x, scale, bias] }) => {
    const [batch, channels, ...rest] = x!.shape as number[];
    const grouped = build.reshape(x!, [batch!, attributes.int("num_groups", 1), -1]);
    const centred = build.sub(grouped, build.reduceMean(grouped, { axes: [2] }));
    const variance = build.reduceMean(build.mul(centred, centred), { axes: [2] });
    const deviation = build.sqrt(build.add(variance, attributes.float("epsilon", 1e-5)));
    const normalized = build.reshape(build.div(centred, deviation), x!.shape as number[]);
    const perChannel = (vector: Value) => build.reshape(vector, [channels!, ...rest.map(() => 1)]);
    return [build.add(build.mul(normalized, perChannel(scale!)), perChannel(bias!))];
  },
};

/** Elements by their places, where a slice goes backwards. */
const sliceByPlaces: Form = {
  name: "gathered places",
  applies: (context) => startsInside(known(context)),
  lower: (context) => {
    const { build, node, inputs } = context;
    const ranges = sliceRanges({ ...known(context), node, input: (index) => inputs[index]! });
    return [
      ranges.reduce((x, { axis, start, end, step }) => {
        if (step > 0) return build.slice(x, { axes: [axis], starts: [start], ends: [end], steps: [step] });
        const count = Math.max(0, Math.ceil((end - start) / step));
        return build.gather(
          x,
          Array.from({ length: count }, (_, place) => start + place * step),
          { axis },
        );
      }, inputs[0]!),
    ];
  },
};

const sumByAdditions: Form = {
  name: "additions",
  applies: always,
  lower: ({ build, inputs }) => [inputs.reduce((total, input) => build.add(total, input))],
};

/** Published operators that a target may lack, and how to write them with others; where no form applies the node stays as it is. */
export const replacements = {
  Celu: [celuByParts],
  Conv: [paddedChannels, groupByGroup],
  Dropout: [dropoutAsCopy],
  GroupNormalization: [groupNormalizationByParts],
  LogSoftmax: [logSoftmaxByParts],
  Selu: [seluByParts],
  Sign: [signByComparisons],
  Slice: [sliceByPlaces],
  Softsign: [softsignByParts],
  SpaceToDepth: [spaceToDepthByTransposition],
  Sum: [sumByAdditions],
} satisfies Record<string, readonly Form[]>;

/** What onnxruntime's WebGPU provider runs, in Node and in the browser (docs/engine.md). */
export const webgpuTarget: Target = {
  blockedChannels: 0,
  fusedMatMul: false,
  nativeNormalization: false,
  groupedVolumes: false,
  lacks: Object.keys(replacements),
};
