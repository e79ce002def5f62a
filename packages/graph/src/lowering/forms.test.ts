import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { test } from "node:test";
import {
  elementsOf,
  type Random,
  relativeError,
  runGraph,
  seededRandom,
  targetsHere,
} from "../contract.test.support.ts";
import { writeOnnx } from "../format/write-onnx.ts";
import { float32 } from "../ir/tensors.ts";
import { FOVEA_DOMAIN, type Graph, type Tensor } from "../ir/types.ts";
import { createBuilder } from "../ops/build.ts";
import { formCases } from "./cases.test.support.ts";
import type { FormCase } from "./family.test.support.ts";
import { type Form, portableTarget, type Target } from "./form.ts";
import { type ChooseForm, lower } from "./lower.ts";
import { loweringForms } from "./table.ts";
import { webgpuTarget } from "./webgpu.ts";

const SEED = 20260102;

/**
 * Two orders of summing up to some hundred products of float32 differ by the root of their number times 6e-8 of the largest;
 * the difference of sums of a normalisation's gradient loses one digit more at the drawn means.
 */
const TOLERANCE = 2e-5;

const { probed } = await targetsHere();

/** The runtime here as it is, without each of its abilities, and with one alone. */
const targets: readonly Target[] = [
  portableTarget,
  probed,
  { ...portableTarget, blockedChannels: probed.blockedChannels },
  { ...portableTarget, fusedMatMul: probed.fusedMatMul },
  { ...portableTarget, nativeNormalization: probed.nativeNormalization },
  webgpuTarget,
];

const exercised = new Set<string>();

interface Feeds {
  readonly graph: Graph;
  readonly feeds: Readonly<Record<string, Tensor>>;
}

const subject = (index: number): string => `subject ${index}`;

/** One graph of all the given cases; node `subject i` is the operator of case i. */
function graphOf(op: string, cases: readonly FormCase[], indices: readonly number[], isReference = false): Feeds {
  const build = createBuilder();
  const feeds: Record<string, Tensor> = {};
  for (const index of indices) {
    const {
      inputs,
      attributes,
      outputCount = 1,
      operands = (_, values) => values,
      referenceOperands = operands,
    } = cases[index]!;
    const values = inputs.map((tensor, input) => {
      feeds[`${index}/${input}`] = tensor;
      return build.input(`${index}/${input}`, tensor.shape);
    });
    const made = build.nodeOutputs(op, (isReference ? referenceOperands : operands)(build, values), {
      domain: FOVEA_DOMAIN,
      attributes,
      outputCount,
      name: subject(index),
    });
    made.forEach((value, output) => {
      build.output(value, `${index}/output${output}`);
    });
  }
  return { graph: build.build(), feeds };
}

const lastThatApplies: ChooseForm = (forms, context) => forms.findLast((form) => form.applies(context));

/** Names of the forms that fit each case. */
function formsOf(graph: Graph, target: Target): ReadonlyMap<string, readonly string[]> {
  const found = new Map<string, readonly string[]>();
  lower(graph, target, {
    choose(forms, context) {
      if (context.node.name.startsWith("subject"))
        found.set(
          context.node.name,
          forms.filter((form) => form.applies(context)).map(({ name }) => name),
        );
      return lastThatApplies(forms, context);
    },
  });
  return found;
}

const chooseNamed =
  (wanted: string): ChooseForm =>
  (forms, context) =>
    context.node.name.startsWith("subject")
      ? forms.find(({ name }) => name === wanted)
      : lastThatApplies(forms, context);

const hashOf = (graph: Graph): string => createHash("sha256").update(writeOnnx(graph)).digest("hex");

for (const [op, family] of Object.entries(formCases)) {
  test(`every form of ${op} gives what its portable form gives (seed ${SEED})`, async () => {
    const random: Random = seededRandom(SEED);
    const cases = family(random);
    const all = graphOf(op, cases, [...cases.keys()]);
    const reference = graphOf(op, cases, [...cases.keys()], true);
    const expected = await runGraph(
      lower(reference.graph, portableTarget, { choose: lastThatApplies }),
      reference.feeds,
    );
    const tried = new Set<string>();
    for (const target of targets) {
      const applicable = formsOf(all.graph, target);
      for (const { name } of loweringForms[op as keyof typeof loweringForms] as readonly Form[]) {
        const indices = [...cases.keys()].filter((index) => applicable.get(subject(index))!.includes(name));
        if (indices.length === 0) continue;
        exercised.add(`${op}: ${name}`);
        const { graph, feeds } = graphOf(op, cases, indices);
        const lowered = lower(graph, target, { choose: chooseNamed(name) });
        assert.ok(
          lowered.nodes.every((node) => node.domain !== FOVEA_DOMAIN),
          `${op}, form ${name}`,
        );
        const hash = hashOf(lowered);
        if (tried.has(hash)) continue;
        tried.add(hash);
        const received = await runGraph(lowered, feeds);
        for (const [output, tensor] of Object.entries(received)) {
          const { label } = cases[Number.parseInt(output, 10)]!;
          const where = `${op}, form "${name}", ${label}, ${output}, target ${JSON.stringify(target)}`;
          assert.deepEqual(tensor.shape, expected[output]!.shape, where);
          const error = relativeError(elementsOf(tensor), elementsOf(expected[output]!));
          assert.ok(error <= TOLERANCE, `${where}: off by ${error}`);
        }
      }
    }
  });
}

test("every form of the table was tried", {
  skip: (probed.blockedChannels === 0 || !probed.nativeNormalization) && "this runtime lacks some",
}, () => {
  const all = Object.entries(loweringForms).flatMap(([op, forms]) => forms.map(({ name }) => `${op}: ${name}`));
  assert.deepEqual([...exercised].sort(), all.sort());
});

test("every operator of the table has cases", () => {
  assert.deepEqual(Object.keys(formCases).sort(), Object.keys(loweringForms).sort());
});

test("an operator of ours that the table does not know is an error", () => {
  const graph: Graph = {
    ...createBuilder().build(),
    inputs: [{ name: "x", dtype: "float32", shape: [1] }],
    outputs: [{ name: "y", dtype: "float32", shape: [1] }],
    nodes: [{ name: "odd", domain: FOVEA_DOMAIN, op: "Nothing", inputs: ["x"], outputs: ["y"], attributes: {} }],
  };
  assert.throws(() => lower(graph, portableTarget), { code: "graph/no-lowering", message: /odd.*Nothing/ });
});

test("outputs keep their names and order, and no copy of a weight is made on the way to them", () => {
  const build = createBuilder();
  const x = build.input("x", [2, 3, 4, 5]);
  build.output(build.stopGradient(build.relu(x)), "Conv_0");
  build.output(build.convInLayout(x, build.input("w", [4, 3, 1, 1]), {}), "Relu_1");
  const lowered = lower(build.build(), portableTarget);
  assert.deepEqual(
    lowered.outputs.map(({ name }) => name),
    ["Conv_0", "Relu_1"],
  );
  assert.deepEqual(lowered.nodes.map(({ op }) => op).sort(), ["Conv", "Relu"]);
});

test("names that the lowering makes up do not take those of outputs that come later", async () => {
  const build = createBuilder();
  const x = build.input("x", [2]);
  const outputs = Array.from({ length: 12 }, (_, index) => `Mul_${11 - index}`);
  for (const [index, name] of outputs.entries()) {
    const product = build.node("Mul", [x, build.scalar(index)], { outputs: [`product ${index}`] });
    build.node("StopGradient", [product], { outputs: [name], domain: FOVEA_DOMAIN });
    build.output(build.value(name));
  }
  const results = await runGraph(lower(build.build(), portableTarget), { x: float32([2], [1, 2]) });
  for (const [index, name] of outputs.entries())
    assert.deepEqual([...elementsOf(results[name]!)], [index, 2 * index], name);
});
