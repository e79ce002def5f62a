import assert from "node:assert/strict";
import { test } from "node:test";
import { elementsOf, relativeError, runGraph, seededRandom } from "../contract.test.support.ts";
import { attribute, attributesOf } from "../ir/attributes.ts";
import type { Value } from "../ir/builder.ts";
import { float32 } from "../ir/tensors.ts";
import type { Tensor } from "../ir/types.ts";
import { type Build, createBuilder } from "../ops/build.ts";
import { portableTarget } from "./form.ts";
import { lower } from "./lower.ts";
import { miscomputed } from "./miscomputed.ts";
import { type replacements, webgpuTarget } from "./webgpu.ts";

const SEED = 20260301;
const random = seededRandom(SEED);

/** Two or three roundings more than the published operator, of numbers near the largest. */
const TOLERANCE = 1e-6;

interface Replaced {
  readonly label: string;
  readonly inputs: readonly Tensor[];
  readonly make: (build: Build, values: readonly Value[]) => Value;
}

const conv = (label: string, filters: number, channels: number, rest: Parameters<Build["conv"]>[3] = {}): Replaced => ({
  label,
  inputs: [random.tensor([2, channels, 7, 6]), random.tensor([filters, channels, 3, 3]), random.tensor([filters])],
  make: (build, [x, w, bias]) => build.conv(x!, w!, bias, rest),
});

const edges = float32([2, 4], [0, -0, 1e-30, -1e-30, 200, -200, 3, -2]);

const cases: Readonly<Record<keyof typeof replacements, readonly Replaced[]>> = {
  Conv: [
    conv("6 to 8", 8, 6),
    conv("9 to 4, strided", 4, 9, { strides: [2, 3], pads: [1, 0, 2, 1] }),
    conv("15 to 4, dilated", 4, 15, { dilations: [2, 1], pads: [1, 1, 1, 1] }),
    {
      label: "groups of 6 filters",
      inputs: [random.tensor([2, 6, 7, 6]), random.tensor([12, 3, 3, 3]), random.tensor([12])],
      make: (build, [x, w, bias]) => build.conv(x!, w!, bias, { group: 2, pads: [1, 1, 1, 1] }),
    },
    {
      label: "groups over three axes",
      inputs: [random.tensor([2, 4, 5, 4, 3]), random.tensor([6, 2, 2, 2, 2])],
      make: (build, [x, w]) =>
        build.conv(x!, w!, undefined, { group: 2, pads: [1, 0, 1, 0, 1, 0], strides: [2, 1, 1] }),
    },
    {
      label: "9 to 8 in rows",
      inputs: [random.tensor([2, 9, 7]), random.tensor([8, 9, 3])],
      make: (build, [x, w]) => build.conv(x!, w!),
    },
  ],
  Celu: [1, 0.3].map((alpha) => ({
    label: `alpha ${alpha}`,
    inputs: [edges],
    make: (build, [x]) => build.node("Celu", [x!], { attributes: { alpha: attribute.float(alpha) } }),
  })),
  Dropout: [
    { label: "as it stands", inputs: [edges], make: (build, [x]) => build.node("Dropout", [x!, build.scalar(0.3)]) },
  ],
  GroupNormalization: [2, 3, 6].map((groups) => ({
    label: `${groups} groups`,
    inputs: [random.tensor([2, 6, 5, 3], -1, 3), random.tensor([6]), random.tensor([6])],
    make: (build, [x, scale, bias]) =>
      build.node("GroupNormalization", [x!, scale!, bias!], { attributes: { num_groups: attribute.int(groups) } }),
  })),
  Selu: [
    { label: "usual constants", inputs: [edges], make: (build, [x]) => build.selu(x!) },
    {
      label: "others",
      inputs: [edges],
      make: (build, [x]) =>
        build.node("Selu", [x!], { attributes: { alpha: attribute.float(0.7), gamma: attribute.float(2) } }),
    },
  ],
  SpaceToDepth: [2, 3].map((block) => ({
    label: `blocks of ${block}`,
    inputs: [random.tensor([2, 3, 2 * block, 4 * block])],
    make: (build, [x]) => build.node("SpaceToDepth", [x!], { attributes: { blocksize: attribute.int(block) } }),
  })),
  LogSoftmax: [1, -1, 0].map((axis) => ({
    label: `axis ${axis}`,
    inputs: [random.tensor([3, 5, 2], -90, 90)], // exp(90) is infinite in single precision
    make: (build, [x]) => build.node("LogSoftmax", [x!], { attributes: { axis: attribute.int(axis) } }),
  })),
  Sign: [{ label: "edges", inputs: [edges], make: (build, [x]) => build.node("Sign", [x!]) }],
  Slice: [
    {
      label: "backwards from inside, and forwards",
      inputs: [random.tensor([7, 6])],
      make: (build, [x]) => build.slice(x!, { axes: [1, 0], starts: [1, 5], ends: [6, -8], steps: [2, -2] }),
    },
    {
      label: "backwards, nothing left",
      inputs: [random.tensor([7, 2])],
      make: (build, [x]) => build.slice(x!, { axes: [0], starts: [2], ends: [4], steps: [-1] }),
    },
  ],
  Softsign: [{ label: "edges", inputs: [edges], make: (build, [x]) => build.node("Softsign", [x!]) }],
  Sum: [1, 2, 3].map((count) => ({
    label: `${count} terms`,
    inputs: Array.from({ length: count }, (_, index) => random.tensor(index === 1 ? [4] : [2, 4])),
    make: (build, values) => build.node("Sum", values),
  })),
};

for (const [op, family] of Object.entries(cases)) {
  test(`${op} written for WebGPU equals the published operator (seed ${SEED})`, async () => {
    for (const { label, inputs, make } of family) {
      const build = createBuilder();
      const values = inputs.map((tensor, index) => build.input(`input ${index}`, tensor.shape));
      build.output(make(build, values), "y");
      const graph = build.build();
      const lowered = lower(graph, webgpuTarget);
      assert.deepEqual(
        lower(graph, portableTarget).nodes.map((node) => node.op),
        [op],
        label,
      );
      const ops = lowered.nodes.map((node) => node.op);
      if (op in miscomputed) assert.notDeepEqual(ops, [op], label);
      else assert.ok(!ops.includes(op), label);
      const feeds = Object.fromEntries(inputs.map((tensor, index) => [`input ${index}`, tensor]));
      const [expected, received] = [await runGraph(graph, feeds), await runGraph(lowered, feeds)];
      assert.deepEqual(received.y!.shape, expected.y!.shape, label);
      const error = relativeError(elementsOf(received.y!), elementsOf(expected.y!));
      assert.ok(error < TOLERANCE, `${label}: off by ${error}`);
    }
  });
}

test("what WebGPU computes wrongly is known by shapes and attributes", () => {
  // each of them found, or found to be right, by comparing WebGPU with the CPU
  const build = createBuilder();
  const verdict = (made: Value): boolean => {
    const node = build.nodes.find(({ outputs }) => outputs.includes(made.name))!;
    const inputs = node.inputs.map((name) => (name === "" ? undefined : build.value(name)));
    const constant = (index: number) => build.constantOf(inputs[index]);
    return miscomputed[node.op]!({ attributes: attributesOf(node), inputs, constant });
  };
  let count = 0;
  const input = (shape: readonly number[]) => build.input(`input ${count++}`, shape);
  const conv = (group: number, w: readonly number[], strides = w.slice(2).map(() => 1)) => {
    const size = w.slice(2).map(() => 7);
    return build.conv(input([2, w[1]! * group, ...size]), input(w), undefined, { group, strides });
  };
  const slice = (start: number, end: number, step: number) =>
    build.slice(input([7, 5]), { axes: [0], starts: [start], ends: [end], steps: [step] });
  const reduce = (op: string, axes: readonly number[]) =>
    build.node(op, [input([2, 3]), build.integers(axes)], { attributes: { noop_with_empty_axes: attribute.int(1) } });
  const transposed = (group: number, w: readonly number[]) =>
    build.node("ConvTranspose", [input([2, w[0]!, 4, 4]), input(w)], { attributes: { group: attribute.int(group) } });
  const wrong = [
    transposed(2, [4, 1, 3, 3]),
    transposed(4, [32, 1, 3, 3]),
    conv(1, [4, 6, 3, 3]),
    conv(1, [8, 9, 3, 3]),
    conv(1, [12, 6, 3]),
    conv(1, [4, 6, 1, 1], [2, 2]),
    conv(2, [12, 1, 3, 3]),
    conv(4, [20, 2, 3, 3]),
    conv(2, [14, 4, 3, 3]),
    slice(5, 0, -2),
    slice(5, 2, -1),
    slice(-2, -8, -1),
    reduce("ReduceLogSum", []),
    reduce("ReduceSumSquare", []),
  ];
  const right = [
    transposed(1, [4, 1, 3, 3]),
    transposed(4, [4, 1, 3, 3]),
    transposed(2, [6, 1, 3, 3]),
    transposed(2, [4, 2, 3, 3]),
    conv(1, [4, 3, 3, 3]),
    conv(1, [5, 6, 3, 3]),
    conv(1, [4, 12, 3, 3]),
    conv(1, [4, 8, 3, 3]),
    conv(1, [4, 6, 1, 1]),
    conv(1, [4, 6, 3, 3, 1]),
    conv(2, [8, 3, 3, 3]),
    conv(3, [18, 4, 3, 3]),
    conv(3, [15, 4, 3, 3]),
    conv(2, [6, 4, 3, 3]),
    conv(8, [8, 1, 3, 3]),
    slice(6, 0, -2),
    slice(-1, -8, -1),
    slice(1, 6, 2),
    reduce("ReduceL1", [0]),
  ];
  assert.deepEqual(
    wrong.map(verdict),
    wrong.map(() => true),
  );
  assert.deepEqual(
    right.map(verdict),
    right.map(() => false),
  );
});
