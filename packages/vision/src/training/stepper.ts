import {
  createStatefulSession,
  createTrainingStep,
  float32,
  type Graph,
  probeTarget,
  type StepOptions,
  sizeOf,
  type Tensor,
  type TrainingStep,
  withWeights,
} from "@foveajs/graph";
import { errors } from "../errors.ts";
import { createLossGraph, lossShareName, type NetworkSpec } from "../model/network.ts";
import type { Start } from "../model/start.ts";
import type { InputSize } from "../tasks/task.ts";
import { groupsOf } from "./parameter-groups.ts";
import type { Recipe } from "./recipe.ts";

/** What a step tells. */
export interface StepResult {
  readonly loss: number;
  readonly losses: Readonly<Record<string, number>>;
  readonly gradientNorm: number;
  /** Where the loss scale adapts: the one of this step. While it is above 1, an update that is not finite is left out, and nothing is lost. */
  readonly lossScale?: number;
}

/** Trains at one picture size; the state goes from one stepper to the next. */
export interface Stepper {
  /** `resting`: tasks that are taught no more. */
  readonly step: (
    batch: readonly Float32Array[],
    rateShare: number,
    resting?: ReadonlySet<string>,
  ) => Promise<StepResult>;
  readonly state: () => Promise<ReadonlyMap<string, Float32Array>>;
  /** The model with the weights that are validated and shipped: the average where there is one. */
  readonly modelOf: (model: Graph, state: ReadonlyMap<string, Float32Array>) => Graph;
  readonly dispose: () => Promise<void>;
}

export const networkOf = ({ seed, model, training }: Recipe, start?: Start): NetworkSpec => ({
  seed,
  start,
  backbone: model.backbone,
  tasks: model.tasks,
  standardize: model.standardize,
  lossWeights: training.loss_weights,
  lossBalance: training.loss_balance === "uncertainty" ? "uncertainty" : undefined,
  lossShares: training.patience !== undefined,
  ...(model.dropout || model.drop_path ? { drops: { features: model.dropout, paths: model.drop_path } } : {}),
});

export interface StepperOptions {
  readonly size: InputSize;
  readonly threads: number;
  /** What computes the steps; the CPU unless told. */
  readonly device?: string | undefined;
  /** The file of the recipe's model.from, where it has one. */
  readonly start?: Start | undefined;
  /** State to go on from; fresh weights without it, or those of the start. */
  readonly state?: ReadonlyMap<string, Float32Array> | undefined;
}

export async function createStepper(
  recipe: Recipe,
  { size, threads, device, start, state }: StepperOptions,
): Promise<Stepper> {
  const { batch, average_decay, clip_norm } = recipe.training;
  const onDevice = device === undefined ? {} : { device };
  const { graph, parameters, inputs } = createLossGraph(networkOf(recipe, start), recipe.preprocessing, size, batch);
  const groups = groupsOf(recipe, parameters);
  const step = createTrainingStep(graph, {
    loss: "loss",
    groups,
    batchInputs: inputs.map(({ name }) => name),
    extents: {},
    target: await probeTarget(onDevice),
    ...stepOptionsOf(recipe),
    ...(average_decay === undefined ? {} : { averageDecay: average_decay }),
    ...(clip_norm === undefined ? {} : { clipNorm: clip_norm }),
  });
  const isOther =
    state &&
    (state.size !== step.state.length ||
      !step.state.every(({ name, shape }) => state.get(name)?.length === sizeOf(shape)));
  if (isOther)
    throw errors["checkpoint-invalid"]({
      path: recipe.name,
      detail: "its weights are not those of the recipe's network",
    });
  const session = await createStatefulSession(step.graph, step.state, { threads, ...onDevice });
  await session.write(state ?? step.initial);
  const rates = (share: number) =>
    Object.fromEntries(groups.map(({ rate, peak }) => [rate, float32([1], [peak * share])]));
  const usedRates = new Set(step.graph.inputs.map(({ name }) => name));
  return {
    async step(tensors, rateShare, resting) {
      const feeds: Record<string, Tensor> = {};
      inputs.forEach(({ name, shape }, index) => {
        feeds[name] = { dtype: "float32", shape: [...shape, batch], data: tensors[index]! };
      });
      for (const [name, rate] of Object.entries(rates(rateShare))) if (usedRates.has(name)) feeds[name] = rate;
      if (recipe.training.patience !== undefined)
        for (const { name } of recipe.model.tasks)
          feeds[lossShareName(name)] = float32([], [resting?.has(name) ? 0 : 1]);
      return resultOf(await session.step(feeds, { transfer: true }));
    },
    state: () => session.read(),
    // what only the loss has, such as learned weights of tasks, is no part of the model
    modelOf: (model, values) =>
      withWeights(model, values, new Map([...slotsToShip(step)].filter(([, name]) => model.initializers.has(name)))),
    dispose: () => session.dispose(),
  };
}

/** Options that most recipes leave out. */
function stepOptionsOf({ seed, model, training }: Recipe): Partial<StepOptions> {
  const { accumulate, sharpness, recompute, precision, loss_scale } = training;
  const options = {
    accumulate,
    sharpness,
    recompute,
    precision,
    lossScale: loss_scale === "dynamic" ? {} : loss_scale,
    // seeds of masks are whole numbers below 2^24
    dropoutSeed: model.dropout || model.drop_path ? ((seed % 2 ** 24) + 2 ** 24) % 2 ** 24 : undefined,
  };
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined));
}

const slotsToShip = ({ averageSlots, modelSlots }: TrainingStep): ReadonlyMap<string, string> =>
  averageSlots.size > 0 ? averageSlots : modelSlots;

function resultOf(outputs: Readonly<Record<string, Tensor>>): StepResult {
  const number = (name: string) => Number((outputs[name]!.data as Float32Array)[0]);
  const losses = Object.keys(outputs).flatMap((name) =>
    name.startsWith("loss/") ? [[name.slice("loss/".length), number(name)] as const] : [],
  );
  return {
    loss: number("loss"),
    losses: Object.fromEntries(losses),
    gradientNorm: number("gradient_norm"),
    ...(outputs.used_loss_scale ? { lossScale: number("used_loss_scale") } : {}),
  };
}
