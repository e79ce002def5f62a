import assert from "node:assert/strict";
import { test } from "node:test";
import { elementsOf, relativeError, targetsHere } from "../contract.test.support.ts";
import { attributesOf } from "../ir/attributes.ts";
import type { Value } from "../ir/builder.ts";
import { dataTypeNumbers } from "../ir/data-types.ts";
import { float32 } from "../ir/tensors.ts";
import type { Tensor } from "../ir/types.ts";
import { portableTarget } from "../lowering/form.ts";
import { createBuilder } from "../ops/build.ts";
import { muon } from "../optimizers/muon.ts";
import { sgd } from "../optimizers/sgd.ts";
import { bypassIdentities } from "../passes/bypass-identities.ts";
import { batchOf, stepOf, trained, weightNames } from "./small-net.test.support.ts";
import type { StepOptions, TrainingStep } from "./step.ts";

/**
 * A step in mixed precision as a CPU can run it, since onnxruntime drops casts to float16 that lead back to float32 there: what is cast
 * is rounded by float32 arithmetic. 11 bits by Veltkamp's splitting with 2^13 + 1; below 2^-14 multiples of 2^-24, the ulp of 0.75.
 */
function emulated(step: TrainingStep): TrainingStep {
  const { graph } = step;
  const build = createBuilder({ name: graph.name, opset: graph.opsets[""]!, avoiding: graph });
  for (const { name, shape, dtype } of graph.inputs) build.input(name, shape!, dtype);
  for (const [name, tensor] of graph.initializers) build.constant(tensor, name);
  const toHalf = (x: Value): Value => {
    const large = build.mul(x, 2 ** 13 + 1);
    const usual = build.sub(large, build.sub(large, x));
    const small = build.sub(build.add(x, 0.75), 0.75);
    return build.where(build.less(build.abs(x), 2 ** -14), small, usual);
  };
  for (const node of graph.nodes) {
    const halves = node.op === "Cast" && attributesOf(node).int("to", 0) === dataTypeNumbers.float16;
    const [x] = node.op === "Cast" ? [build.value(node.inputs[0]!)] : [];
    if (halves) build.node("Identity", [toHalf(x!)], { outputs: node.outputs });
    else build.append({ ...node, name: build.uniqueName("node") });
  }
  for (const { name } of graph.outputs) build.output(build.value(name), name);
  return { ...step, graph: bypassIdentities(build.build()) };
}

const halfTarget = { ...portableTarget, float16: true };
const batches = [0, 1, 2].map((index) => batchOf(index));
const parameters = weightNames.map((name) => `parameter/${name}`);

test("a loss scale that is a power of two changes no bit", async () => {
  const plain = await trained(stepOf(4), batches);
  assert.deepEqual((await trained(stepOf(4, { lossScale: 2 ** 10 }), batches)).states, plain.states);
  const other = (await trained(stepOf(4, { lossScale: 1000 }), batches)).states.at(-1)!;
  for (const slot of parameters)
    assert.ok(relativeError(other.get(slot)!, plain.states.at(-1)!.get(slot)!) < 1e-6, slot);
});

test("a dynamic scale halves and leaves the update out where a gradient is not finite, and doubles after some good ones", async () => {
  const step = stepOf(4, { lossScale: { initial: 256, interval: 2 }, averageDecay: 0.9 });
  const spoiled: Record<string, Tensor> = {
    ...batches[0]!,
    x: float32([4, 5], new Array(20).fill(Number.POSITIVE_INFINITY)),
  };
  const { states, told } = await trained(step, [batches[0]!, spoiled, batches[1]!, batches[2]!, batchOf(3)]);
  assert.deepEqual(
    told.map((outputs) => outputs.used_loss_scale),
    [256, 256, 128, 128, 256],
  );
  assert.deepEqual(
    states.map((state) => state.get("loss_scale")![0]),
    [256, 128, 128, 256, 256],
  );
  assert.deepEqual(
    states.map((state) => state.get("step")![0]),
    [1, 1, 2, 3, 4],
  );
  for (const slot of step.initial.keys())
    if (!/loss_scale|finite_updates/.test(slot)) assert.deepEqual(states[1]!.get(slot), states[0]!.get(slot), slot);
  // what follows is as if the spoiled batch had not been there
  const without = await trained(step, [batches[0]!, batches[1]!]);
  for (const slot of parameters) assert.deepEqual(states[2]!.get(slot), without.states[1]!.get(slot), slot);
});

test("a bad batch among several leaves out their whole update, and the sums start anew", async () => {
  const step = stepOf(4, { lossScale: { initial: 64 }, accumulate: 2 });
  const spoiled: Record<string, Tensor> = { ...batches[0]!, x: float32([4, 5], new Array(20).fill(Number.NaN)) };
  const { states } = await trained(step, [spoiled, batches[0]!, batches[1]!, batches[2]!]);
  assert.deepEqual(
    states.map((state) => [state.get("loss_scale")![0], state.get("step")![0]]),
    [
      [64, 0],
      [32, 0],
      [32, 0],
      [32, 1],
    ],
  );
  assert.ok(states[3]!.get("parameter/w1")!.every(Number.isFinite));
});

test("without float16 on the device, mixed precision is left out and the step says so", async () => {
  for (const target of Object.values(await targetsHere())) {
    const step = stepOf(4, { target, precision: "mixed" });
    assert.match(step.notes.join(), /float16/);
    assert.deepEqual(step.graph, stepOf(4, { target }).graph);
  }
  assert.deepEqual(stepOf(4).notes, []);
});

test("mixed precision casts products only; weights stay float32, and losses agree to half precision", async () => {
  const step = stepOf(4, { target: halfTarget, precision: "mixed", lossScale: 128 });
  assert.deepEqual(step.notes, []);
  const cast = new Set(step.graph.nodes.filter(({ op }) => op === "Cast").flatMap(({ outputs }) => outputs));
  const products = step.graph.nodes.filter(({ op }) => op === "Gemm" || op === "MatMul");
  assert.equal(products.length, 5); // two forward, three back
  assert.ok(products.every(({ inputs }) => inputs.every((name) => cast.has(name))));
  // 11 bits of what products read: 5e-4
  const [half, full] = [await trained(emulated(step), batches), await trained(stepOf(4), batches)];
  const losses = (run: typeof half) => run.told.map(({ loss }) => loss!);
  assert.ok(relativeError(losses(half), losses(full)) < 2e-3, `${losses(half)}, expected ${losses(full)}`);
  assert.notDeepEqual(losses(half), losses(full));
});

test("the products of Muon keep single precision", () => {
  const groups = [{ parameters: ["w1", "w2"], optimizer: muon(), rate: "rate" }];
  const products = (precision: "float32" | "mixed") => {
    const { graph } = stepOf(4, { groups, target: halfTarget, precision });
    const cast = new Set(graph.nodes.filter(({ op }) => op === "Cast").flatMap(({ outputs }) => outputs));
    const all = graph.nodes.filter(({ op }) => op === "Gemm" || op === "MatMul");
    return { all: all.length, half: all.filter(({ inputs }) => inputs.some((name) => cast.has(name))).length };
  };
  const { all, half } = products("mixed");
  assert.equal(all, products("float32").all);
  assert.equal(half, 5);
  assert.ok(all > half + 20, `${half} of ${all}`);
});

test("gradients too small for half precision are lost without a loss scale, and are there with one", async () => {
  // targets of 1e-7 make gradients of about 2e-8 by each logit; the smallest number of float16 is 6e-8
  const { x, t } = batchOf(0);
  const tiny = float32(
    t.shape,
    elementsOf(t).map((element) => element * 1e-7),
  );
  const mixed = { target: halfTarget, precision: "mixed" } as const;
  const groups = [{ parameters: ["w1", "w2"], optimizer: sgd(), rate: "rate" }];
  const normOf = async (options: Partial<StepOptions>) =>
    (await trained(emulated(stepOf(4, { groups, ...options })), [{ x, t: tiny }])).told[0]!.gradient_norm!;
  const full = await normOf({});
  assert.ok(full > 0);
  assert.equal(await normOf(mixed), 0);
  const scaled = await normOf({ ...mixed, lossScale: 2 ** 14 });
  assert.ok(Math.abs(scaled / full - 1) < 0.01, `${scaled}, expected ${full}`);
});
