import { errors } from "../errors.ts";
import type { Recompute } from "../gradients/recompute.ts";
import { knownShape, type Value } from "../ir/builder.ts";
import { sizeOf, staticShape } from "../ir/shapes.ts";
import type { Graph, Tensor } from "../ir/types.ts";
import { batchInnermost } from "../layout/innermost.ts";
import { fasterOperators } from "../lowering/faster-operators.ts";
import type { Target } from "../lowering/form.ts";
import { lower } from "../lowering/lower.ts";
import { mixedPrecision } from "../lowering/mixed-precision.ts";
import { type Build, createBuilder } from "../ops/build.ts";
import { clipByGlobalNorm, globalNorm } from "../optimizers/clip.ts";
import type { Optimizer } from "../optimizers/optimizer.ts";
import { freezeShapes } from "../passes/freeze-shapes.ts";
import { prune } from "../passes/prune.ts";
import { seededDropout } from "../passes/seeded-dropout.ts";
import { type RunningStatistics, trainingForm } from "../passes/training-form.ts";
import { unrollRecurrent } from "../passes/unroll-recurrent.ts";
import { type Accumulation, appendAccumulation, BATCHES, checkedCount } from "./accumulate.ts";
import { gradientsOfBatch } from "./batch-gradients.ts";
import { keepDeviations } from "./keep-deviations.ts";
import { type LossScale, openLossScale, startOfLossScale, updateLossScale } from "./loss-scale.ts";
import type { StateSlot } from "./state.ts";

/** First version in which all reductions take their axes as an input. */
const OLDEST_TRAINED_OPSET = 18;

/** Parameters that share an optimizer, a weight decay and a learning rate. */
export interface ParameterGroup {
  /** Initializers of the model. */
  readonly parameters: readonly string[];
  readonly optimizer: Optimizer;
  readonly weightDecay?: number;
  /** Name of the step's input [1] that carries this group's learning rate. */
  readonly rate: string;
  /** Factor of that rate, such as one of a layer's depth (optimizers/layerwise.ts); 1 unless told. */
  readonly rateFactor?: number;
}

/**
 * What a training step does. `loss`, `groups`, `batchInputs`, `extents` and `target` are needed; what else is left out adds no node.
 * docs/engine.md says what each option costs.
 */
export interface StepOptions {
  /** Scalar output of the graph that is made smaller. */
  readonly loss: string;
  readonly groups: readonly ParameterGroup[];
  /** Inputs whose axis 0 is the batch. */
  readonly batchInputs: readonly string[];
  /** Extents of the graph's named dimensions: `{ N: 64 }`. */
  readonly extents: Readonly<Record<string, number>>;
  readonly target: Target;
  /** Global gradient norm above which all gradients are scaled down. */
  readonly clipNorm?: number;
  /** Largest decay of the exponential moving average of weights and statistics; none without it. */
  readonly averageDecay?: number;
  /** Whole number from 0 to 2^24 - 1 from which, with the number of the step, the masks of all Dropout nodes follow; none drops without it. */
  readonly dropoutSeed?: number;
  /** Share of the batch's statistics in the running ones of a normalisation. */
  readonly statisticsMomentum?: number;
  /** Batches whose mean gradient makes one update; 1 unless told. Normalisations see each batch alone. */
  readonly accumulate?: number;
  /** Factor of gradients on their way, for half precision; 1 unless told. With a dynamic one, an update that is not finite is left out. */
  readonly lossScale?: LossScale;
  /** mixed: convolutions and products in float16, all else in float32, where the target has it; else `notes` say so. */
  readonly precision?: "float32" | "mixed";
  /** Segments of the forward pass whose values are forgotten and computed again on the way back; none unless told. */
  readonly recompute?: Recompute;
  /** Radius of sharpness-aware minimisation: every batch is differentiated twice; off unless told. */
  readonly sharpness?: number;
  /** Keeps Fovea's own layout out (for comparison); the batch stays axis 0. */
  readonly layout?: "batch-innermost" | "onnx";
}

/** One training step as a graph: batch, rates and state in; losses and next state out. */
export interface TrainingStep {
  readonly graph: Graph;
  readonly state: readonly StateSlot[];
  /** First value of every slot. */
  readonly initial: ReadonlyMap<string, Float32Array>;
  /** Initializer of the model behind a slot, for slots that are part of the model: weights and running statistics. */
  readonly modelSlots: ReadonlyMap<string, string>;
  /** The same for the averaged weights and statistics; empty without an average. */
  readonly averageSlots: ReadonlyMap<string, string>;
  /** What was asked for and is not done, and why; for people. */
  readonly notes: readonly string[];
}

/**
 * Builds the step of a graph whose outputs are losses and metrics. The graph is the model in ONNX's own form with its loss;
 * its parameters are initializers. Passes, in order: fixed shapes, training form, layout, gradient, optimizer, lowering.
 */
export function createTrainingStep(graph: Graph, options: StepOptions): TrainingStep {
  const { groups, batchInputs, extents, target, dropoutSeed, accumulate = 1, layout = "batch-innermost" } = options;
  const names = groups.flatMap((group) => group.parameters);
  const opset = graph.opsets[""] ?? 1;
  // gradients and layouts write operators as they are from here on, beside those of the model
  if (opset < OLDEST_TRAINED_OPSET) throw errors["opset-too-old"]({ opset, oldest: OLDEST_TRAINED_OPSET });
  const frozen = unrollRecurrent(freezeShapes(graph, extents));
  // every batch has masks of its own
  const stepOfMasks = checkedCount(accumulate) > 1 ? BATCHES : "step";
  const dropping = dropoutSeed === undefined ? frozen : seededDropout(frozen, { seed: dropoutSeed, step: stepOfMasks });
  const training = trainingForm(dropping, new Set(names));
  const open = openParameters(training.graph, names, training.statistics);
  const inLayout = layout === "onnx" ? open : batchInnermost(open, batchInputs);
  const placed = target.nativeNormalization ? keepDeviations(inLayout) : inLayout;
  const build = createBuilder({ from: prune(keepStatistics(placed, training.statistics)) });
  const parameters = names.map((name) => `parameter/${name}`);
  const scale = options.lossScale === undefined ? undefined : openLossScale(build, options.lossScale);
  const own = gradientsOfBatch(build, { ...options, parameters, scale });
  const accumulation = accumulate > 1 ? appendAccumulation(build, own, accumulate) : undefined;
  const { next: slots, norm } = appendUpdates(build, options, accumulation?.gradients ?? own);
  const statistics = appendStatistics(build, training.statistics, options.statisticsMomentum ?? 0.1);
  const next = new Map([...slots, ...statistics]);
  if (options.averageDecay !== undefined) appendAverage(build, next, options.averageDecay);
  holdBack(build, next, options, { norm, accumulation });
  for (const [slot, value] of next) build.output(value, `next/${slot}`);
  const lowered = prune(fasterOperators(lower(withoutHelpers(build.build(), training.statistics), target), target));
  const { graph: placedInHalf, notes } = inPrecision(lowered, options);
  return { ...describe(placedInHalf, graph, next, startOfLossScale(options.lossScale)), notes };
}

/** Leaves slots as they are where a batch makes no update: it is not the last of several, or its gradients are not finite. */
function holdBack(
  build: Build,
  next: Map<string, Value>,
  { lossScale }: StepOptions,
  { norm, accumulation }: { norm: Value; accumulation: Accumulation | undefined },
): void {
  const scaling = typeof lossScale === "object" ? updateLossScale(build, lossScale, norm) : undefined;
  const complete = accumulation?.isComplete;
  const finite = scaling?.isFinite;
  const isUpdate = complete && finite ? build.node("And", [complete, finite]) : (complete ?? finite);
  const held = (condition: Value | undefined, slot: string, value: Value) =>
    condition ? build.where(condition, value, build.value(slot)) : value;
  for (const [slot, value] of [...next])
    next.set(slot, held(slot.startsWith("statistic/") ? finite : isUpdate, slot, value));
  for (const [slot, value] of accumulation?.next ?? []) next.set(slot, value);
  // a scale is judged by whole updates
  for (const [slot, value] of scaling?.next ?? []) next.set(slot, held(complete, slot, value));
}

/** Half precision for what the model itself computes; the products of an optimizer (Muon) keep single precision. */
function inPrecision(
  graph: Graph,
  { groups, target, precision = "float32" }: StepOptions,
): { graph: Graph; notes: string[] } {
  if (precision === "float32") return { graph, notes: [] };
  if (!target.float16)
    return {
      graph,
      notes: [
        "precision: mixed is left out, and all is computed in float32: the device has no faster products in float16",
      ],
    };
  const except = groups.flatMap(({ optimizer, parameters }) =>
    optimizer.slotNames.flatMap((kind) => parameters.map((name) => `${kind}/${name}`)),
  );
  return { graph: mixedPrecision(graph, { except }), notes: [] };
}

/** Replaces the trained initializers by inputs [rows, columns], since elementwise updates of [K, C, 1, 1] are slow in onnxruntime. */
function openParameters(graph: Graph, parameters: readonly string[], statistics: readonly RunningStatistics[]): Graph {
  const build = createBuilder({ name: graph.name, avoiding: graph });
  for (const input of graph.inputs)
    if (!graph.initializers.has(input.name)) build.input(input.name, knownShape(input), input.dtype);
  const running = new Set(statistics.flatMap(({ mean, variance }) => [mean, variance]));
  for (const [name, tensor] of graph.initializers) {
    if (parameters.includes(name)) {
      const flat = build.input(`parameter/${name}`, flatShape(tensor.shape));
      build.node("Reshape", [flat, build.integers(tensor.shape)], { outputs: [name], name: `shape/${name}` });
    } else if (!running.has(name)) build.constant(tensor, name);
  }
  for (const node of graph.nodes) build.append(node);
  for (const output of graph.outputs) build.output(build.value(output.name), output.name);
  return build.build();
}

/** A scalar is a vector of one: learning rates are, so that its update would be one too. */
const flatShape = (shape: readonly number[]): number[] =>
  shape.length > 1 ? [shape[0]!, sizeOf(shape.slice(1))] : [shape[0] ?? 1];

const statisticValues = (statistics: readonly RunningStatistics[]) =>
  statistics.flatMap(({ batchMean, batchVariance }) => [batchMean, batchVariance]);

/** Batch statistics are read later: as outputs they survive pruning until then. */
const keepStatistics = (graph: Graph, statistics: readonly RunningStatistics[]): Graph => ({
  ...graph,
  outputs: [
    ...graph.outputs,
    ...statisticValues(statistics).map((name) => ({ name, dtype: "float32" as const, shape: undefined })),
  ],
});

const withoutHelpers = (graph: Graph, statistics: readonly RunningStatistics[]): Graph => {
  const helpers = new Set(statisticValues(statistics));
  return { ...graph, outputs: graph.outputs.filter(({ name }) => !helpers.has(name)) };
};

/** Appends clipping and every group's update; returns the next value of every slot and the norm of all gradients. */
function appendUpdates(
  build: Build,
  { groups, clipNorm }: StepOptions,
  gradients: ReadonlyMap<string, Value>,
): { next: Map<string, Value>; norm: Value } {
  const names = [...gradients.keys()];
  const raw = [...gradients.values()];
  const norm = globalNorm(build, raw);
  build.output(norm, "gradient_norm");
  const used = clipNorm === undefined ? raw : clipByGlobalNorm(build, raw, norm, clipNorm);
  const step = build.add(build.has("step") ? build.value("step") : build.input("step", [1]), 1);
  const next = new Map<string, Value>([["step", step]]);
  for (const { parameters, optimizer, weightDecay = 0, rate: rateName, rateFactor = 1 } of groups) {
    const fed = build.has(rateName) ? build.value(rateName) : build.input(rateName, [1]);
    const rate = rateFactor === 1 ? fed : build.mul(fed, rateFactor);
    for (const name of parameters) {
      const slot = `parameter/${name}`;
      const parameter = build.value(slot);
      const inputs = Object.fromEntries(
        optimizer.slotNames.map((kind) => [kind, build.input(`${kind}/${name}`, parameter.shape)]),
      );
      const gradient = used[names.indexOf(slot)]!;
      const update = optimizer.update({ build, parameter, gradient, slots: inputs, rate, step, weightDecay });
      next.set(slot, update.parameter);
      for (const kind of optimizer.slotNames) next.set(`${kind}/${name}`, update.slots[kind]!);
    }
  }
  return { next, norm };
}

/** running = (1 - momentum) running + momentum batch, the variance unbiased (n / (n - 1)), as PyTorch keeps them. */
function appendStatistics(
  build: Build,
  statistics: readonly RunningStatistics[],
  momentum: number,
): Map<string, Value> {
  const next = new Map<string, Value>();
  for (const { mean, variance, batchMean, batchVariance, normalized } of statistics) {
    const channels = build.value(batchMean).shape as number[];
    const count = sizeOf(staticShape(build.value(normalized).shape, normalized)) / channels[0]!;
    const blend = (name: string, batch: Value) => {
      const running = build.input(`statistic/${name}`, channels);
      next.set(`statistic/${name}`, build.add(build.mul(running, 1 - momentum), build.mul(batch, momentum)));
    };
    blend(mean, build.value(batchMean));
    blend(variance, build.mul(build.value(batchVariance), count / Math.max(1, count - 1)));
  }
  return next;
}

/** average = d average + (1 - d) value, d = min(decay, (1 + t) / (10 + t)) so that the first steps do not weigh for long. */
function appendAverage(build: Build, next: Map<string, Value>, decay: number): void {
  const step = next.get("step")!;
  const d = build.min(decay, build.div(build.add(step, 1), build.add(step, 10)));
  for (const [slot, value] of [...next]) {
    if (!slot.startsWith("parameter/") && !slot.startsWith("statistic/")) continue;
    const average = build.input(`average/${slot}`, value.shape);
    next.set(`average/${slot}`, build.add(average, build.mul(build.sub(value, average), build.sub(1, d))));
  }
}

function describe(
  lowered: Graph,
  model: Graph,
  next: ReadonlyMap<string, Value>,
  starts: ReadonlyMap<string, number>,
): Omit<TrainingStep, "notes"> {
  const state = [...next].map(
    ([name, value]): StateSlot => ({ name, next: `next/${name}`, shape: value.shape as number[] }),
  );
  const modelSlots = new Map<string, string>();
  const averageSlots = new Map<string, string>();
  const initial = new Map<string, Float32Array>();
  for (const { name, shape } of state) {
    const source = name.replace(/^average\//, "").replace(/^(parameter|statistic)\//, "");
    const isModel = /^(average\/)?(parameter|statistic)\//.test(name);
    if (isModel) (name.startsWith("average/") ? averageSlots : modelSlots).set(name, source);
    initial.set(
      name,
      isModel
        ? Float32Array.from((model.initializers.get(source) as Tensor).data as Float32Array)
        : new Float32Array(sizeOf(shape)).fill(starts.get(name) ?? 0),
    );
  }
  return { graph: lowered, state, initial, modelSlots, averageSlots };
}

/**
 * The model with the weights and statistics of a state, taken from the given slots (modelSlots or averageSlots of its step).
 * Throws `graph/weight-missing` where the model has no such weight, or the state not its numbers.
 */
export function withWeights(
  model: Graph,
  state: ReadonlyMap<string, Float32Array>,
  slots: ReadonlyMap<string, string>,
): Graph {
  const initializers = new Map(model.initializers);
  for (const [slot, name] of slots) {
    const [own, data] = [initializers.get(name), state.get(slot)];
    if (!own || data?.length !== sizeOf(own.shape)) {
      const has = `the state has ${data?.length ?? "none"}`;
      const received = own ? `expected ${sizeOf(own.shape)} numbers, ${has}` : "the model has no such weight";
      throw errors["weight-missing"]({ slot, name, received });
    }
    initializers.set(name, { ...own, data: data.slice() });
  }
  return { ...model, initializers };
}
