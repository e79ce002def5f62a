import {
  createSession,
  createStatefulSession,
  createTrainingStep,
  float32,
  optimizers,
  probeTarget,
  prune,
  schedules,
  type Tensor,
} from "@foveajs/graph";
import { interleave, sampleOrder, stackSamples } from "../../data/batch.ts";
import { createHeadLoss } from "../../model/network.ts";
import type { TaskSpec } from "../../tasks/table.ts";
import type { InputSize } from "../../tasks/task.ts";
import { openValidationLoss, type ValidationLoss } from "../validation-loss.ts";
import type { TaughtFeatures } from "./features.ts";

/** How a head is fitted; the defaults are those of protocols that fit heads on frozen features (arXiv:2207.09508). */
export interface HeadOptions {
  readonly seed: number;
  readonly size: InputSize;
  readonly threads: number;
  readonly signal: AbortSignal;
  readonly epochs?: number;
  readonly batch?: number;
  readonly rate?: number;
  readonly weightDecay?: number;
  /** Epochs without a better validation loss after which the head is left alone. */
  readonly patience?: number;
}

/** A head after one epoch. */
export interface HeadEpoch {
  readonly epoch: number;
  /** Mean training loss of the epoch, and the loss on the validation samples, NaN without any. */
  readonly loss: number;
  readonly validLoss: number;
  /** [validation samples][outputs] */
  readonly outputs: readonly Float32Array[];
  /** The head's weights by their names in the whole network. */
  readonly weights: ReadonlyMap<string, Float32Array>;
}

/**
 * Fits one task's head on features; every epoch is told, until it has not become better for some, so that its best one can be taken.
 * Without validation samples nothing is judged, and all epochs are made.
 */
export async function* fitHead(
  task: TaskSpec,
  train: TaughtFeatures,
  valid: TaughtFeatures,
  {
    seed,
    size,
    threads,
    signal,
    epochs = 30,
    batch: largest = 512,
    rate = 2e-3,
    weightDecay = 0.02,
    patience = 5,
  }: HeadOptions,
): AsyncGenerator<HeadEpoch> {
  const features = train.features[0]!.length;
  const batch = Math.min(largest, train.features.length);
  const { graph, parameters, inputs } = createHeadLoss({ seed }, task, { features, size, batch });
  const target = await probeTarget();
  const step = createTrainingStep(graph, {
    loss: "loss",
    groups: [
      { parameters: parameters.map(({ name }) => name), optimizer: optimizers.adamw({}), weightDecay, rate: "rate" },
    ],
    batchInputs: inputs.map(({ name }) => name),
    extents: {},
    target,
  });
  const session = await createStatefulSession(step.graph, step.state, { threads });
  const validator =
    valid.ids.length > 0 ? await openValidator(task, valid, { seed, features, size, threads }) : undefined;
  const stepsPerEpoch = Math.max(1, Math.floor(train.features.length / batch));
  const share = schedules.cosine({ warmup: 0.1, start: 0.1, end: 0.01 });
  let losses: ValidationLoss | undefined;
  try {
    await session.write(step.initial);
    let best = { loss: Number.POSITIVE_INFINITY, epoch: 0 };
    for (let epoch = 1; epoch <= epochs && epoch - best.epoch <= patience && !signal.aborted; epoch++) {
      const order = sampleOrder(train.features.length, epoch, seed);
      let sum = 0;
      for (let index = 0; index < stepsPerEpoch; index++) {
        const feeds = feedsOf(order.subarray(index * batch, (index + 1) * batch), train, inputs);
        const progress = ((epoch - 1) * stepsPerEpoch + index) / (epochs * stepsPerEpoch);
        const { loss } = await session.step({ ...feeds, rate: float32([1], [rate * share(progress)]) });
        sum += Number((loss!.data as Float32Array)[0]);
      }
      const state = await session.read();
      const weights = new Map([...step.modelSlots].map(([slot, name]) => [name, state.get(slot)!]));
      const outputs = (await validator?.run(weights)) ?? [];
      if (validator) losses ??= await openValidationLoss(task, valid.targets, { width: outputs[0]!.length, size });
      const validLoss = losses ? await losses.of(outputs) : Number.NaN;
      if (!losses || validLoss < best.loss) best = { loss: validLoss, epoch };
      yield { epoch, loss: sum / stepsPerEpoch, validLoss, outputs, weights };
    }
  } finally {
    await Promise.all([session.dispose(), validator?.dispose(), losses?.dispose()]);
  }
}

/** Samples of a batch, the batch innermost, as a training step takes them. */
function feedsOf(
  indices: Uint32Array,
  { features, targets }: TaughtFeatures,
  inputs: readonly { readonly name: string; readonly shape: readonly number[] }[],
): Record<string, Tensor> {
  return Object.fromEntries(
    inputs.map(({ name, shape }, input) => {
      const rows = Array.from(indices, (index) => (input === 0 ? features[index]! : targets[index]![input - 1]!));
      const data = interleave(rows, new Float32Array(rows.length * rows[0]!.length));
      return [name, { dtype: "float32", shape: [...shape, rows.length], data } satisfies Tensor];
    }),
  );
}

/** Outputs for all validation samples with given weights, which are fed. */
async function openValidator(
  task: TaskSpec,
  { features: rows }: TaughtFeatures,
  { seed, features, size, threads }: { seed: number; features: number; size: InputSize; threads: number },
) {
  const { graph, parameters } = createHeadLoss({ seed }, task, { features, size, batch: rows.length });
  const shapes = new Map(parameters.map(({ name }) => [name, graph.initializers.get(name)!.shape]));
  const head = prune({
    ...graph,
    inputs: [
      graph.inputs.find(({ name }) => name === "features")!,
      ...[...shapes].map(([name, shape]) => ({ name, dtype: "float32" as const, shape })),
    ],
    outputs: graph.outputs.filter(({ name }) => name === task.name),
    initializers: new Map([...graph.initializers].filter(([name]) => !shapes.has(name))),
  });
  const session = await createSession(head, { threads });
  const fed = { features: stackSamples(rows, [features]) };
  return {
    async run(weights: ReadonlyMap<string, Float32Array>): Promise<Float32Array[]> {
      const own = [...shapes].map(
        ([name, shape]) => [name, { dtype: "float32", shape, data: weights.get(name)! } satisfies Tensor] as const,
      );
      const results = await session.run({ ...fed, ...Object.fromEntries(own) });
      const told = results[task.name]!.data as Float32Array;
      const width = told.length / rows.length;
      return rows.map((_, index) => told.slice(index * width, (index + 1) * width));
    },
    dispose: () => session.dispose(),
  };
}
