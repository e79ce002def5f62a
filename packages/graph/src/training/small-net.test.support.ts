import { createStatefulSession, elementsOf, type Plain, readFixture, tensorOf } from "../contract.test.support.ts";
import { sizeOf } from "../ir/shapes.ts";
import { float32 } from "../ir/tensors.ts";
import type { Graph, Tensor } from "../ir/types.ts";
import { portableTarget } from "../lowering/form.ts";
import { createBuilder } from "../ops/build.ts";
import { sgd } from "../optimizers/sgd.ts";
import { createTrainingStep, type StepOptions, type TrainingStep } from "./step.ts";

interface Run {
  readonly norms: readonly number[];
  readonly final: Readonly<Record<string, Plain>>;
}

/** A net of two layers trained by PyTorch in double precision: fixtures/make_training_options.py. */
export const fixture = readFixture("training_options.json") as {
  readonly rate: number;
  readonly momentum: number;
  readonly decay: number;
  readonly initial: Readonly<Record<string, Plain>>;
  readonly batches: readonly { readonly x: Plain; readonly t: Plain }[];
  readonly accumulated: readonly (Run & { readonly count: number; readonly clip: number })[];
  readonly sharp: readonly (Run & { readonly radius: number })[];
};

export const weightNames = Object.keys(fixture.initial);

/** Batches of the fixture, the samples of several in a row as one. */
export function batchOf(first: number, count = 1): { readonly x: Tensor; readonly t: Tensor } {
  const parts = fixture.batches.slice(first, first + count);
  const joined = (name: "x" | "t") => {
    const [samples, width] = parts[0]![name].shape as [number, number];
    return float32(
      [samples * count, width],
      parts.flatMap((part) => part[name].data),
    );
  };
  return { x: joined("x"), t: joined("t") };
}

/** The net with its loss, the mean cross-entropy of samples [N, 5] with targets [N, 3]. `hidden` is the value after the first layer. */
export function netWithLoss(): Graph {
  const build = createBuilder({ name: "two layers" });
  const [x, t] = [build.input("x", ["N", 5]), build.input("t", ["N", 3])];
  const weight = (name: string) => build.constant(tensorOf(fixture.initial[name]!), name);
  const sum = build.gemm(x, weight("w1"), weight("b1"), { transB: true });
  const hidden = build.node("Tanh", [sum], { outputs: ["hidden"] });
  const logits = build.gemm(hidden, weight("w2"), weight("b2"), { transB: true });
  const entropies = build.reduceSum(build.mul(t, build.logSoftmax(logits, { axis: 1 })), { axes: [1] });
  build.output(build.neg(build.reduceMean(entropies, { keepDims: false })), "loss");
  return build.build();
}

export function stepOf(samples: number, options: Partial<StepOptions> = {}): TrainingStep {
  const { momentum, decay } = fixture;
  const optimizer = sgd({ momentum, nesterov: true });
  return createTrainingStep(netWithLoss(), {
    loss: "loss",
    groups: [{ parameters: weightNames, optimizer, weightDecay: decay, rate: "rate" }],
    batchInputs: ["x", "t"],
    extents: { N: samples },
    target: portableTarget,
    layout: "onnx",
    ...options,
  });
}

export interface Trained {
  /** First element of every output of each step. */
  readonly told: readonly Readonly<Record<string, number>>[];
  /** After each step. */
  readonly states: readonly ReadonlyMap<string, Float32Array>[];
}

/** Runs a step on batches in turn, all at the fixture's rate. */
export async function trained(
  step: TrainingStep,
  batches: readonly Readonly<Record<string, Tensor>>[],
): Promise<Trained> {
  const session = await createStatefulSession(step.graph, step.state, { threads: 1 });
  await session.write(step.initial);
  const told: Record<string, number>[] = [];
  const states: ReadonlyMap<string, Float32Array>[] = [];
  const rate = float32([1], [fixture.rate]);
  for (const batch of batches) {
    const outputs = await session.step(
      step.graph.inputs.some(({ name }) => name === "rate") ? { ...batch, rate } : batch,
    );
    told.push(
      Object.fromEntries(
        Object.entries(outputs).flatMap(([name, tensor]) =>
          sizeOf(tensor.shape) === 1 ? [[name, elementsOf(tensor)[0]!] as const] : [],
        ),
      ),
    );
    states.push(await session.read());
  }
  await session.dispose();
  return { told, states };
}
