import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import {
  createSession,
  createStatefulSession,
  elementsOf,
  type Feeds,
  lower,
  type Random,
  targetsHere,
} from "../contract.test.support.ts";
import { readOnnx } from "../format/read-onnx.ts";
import { gradient } from "../gradients/gradient.ts";
import { trainability } from "../inspect/trainability.ts";
import { sizeOf } from "../ir/shapes.ts";
import { float32 } from "../ir/tensors.ts";
import type { Graph, Tensor } from "../ir/types.ts";
import { portableTarget } from "../lowering/form.ts";
import { createBuilder } from "../ops/build.ts";
import { adamW } from "../optimizers/adamw.ts";
import { prune } from "../passes/prune.ts";
import { type ForeignModel, type ForeignOptions, prepareForeign } from "./prepare-foreign.ts";
import { createTrainingStep } from "./step.ts";

const shared = process.env.FOVEA_SHARED ?? fileURLToPath(new URL("../../../../../shared", import.meta.url));

/** A model of another maker, with what its README says of its input. */
export interface ForeignCase {
  readonly file: string;
  readonly options: ForeignOptions;
  /** Range of the input's elements. */
  readonly range: readonly [number, number];
  /** Learning rate with which 20 steps of AdamW lower the loss. */
  readonly rate: number;
  /** Output that is fine-tuned; all unless told. */
  readonly output?: string;
  /** What it shall learn: to say half as much again, or the next class's number. */
  readonly lesson: "more" | "turn";
}

export const foreignCases: Readonly<Record<string, ForeignCase>> = {
  YuNet: {
    file: "yunet/yunet_n_dynamic.onnx",
    options: { extents: { batch: 2, height: 64, width: 96 } },
    range: [0, 255],
    rate: 1e-4,
    lesson: "more",
  },
  "FSA-Net": {
    file: "headpose-fsanet/fsanet-1x1-iter-688590.onnx",
    options: { batch: 2 },
    range: [-1, 1],
    rate: 3e-5,
    lesson: "more",
  },
  "face mesh": {
    file: "mediapipe-face/face_landmarks_detector.onnx",
    options: { batch: 1 },
    range: [0, 1],
    rate: 3e-6,
    // the points; the others are a probability each
    output: "Identity",
    lesson: "more",
  },
  "mini-XCEPTION": {
    file: "expression-fer-mini-xception/fer2013_mini_XCEPTION.102-0.66.onnx",
    options: { batch: 4 },
    range: [-1, 1],
    rate: 1e-4,
    lesson: "turn",
  },
  PFLD: {
    file: "landmarks-68/landmarks_68_pfld.onnx",
    options: { batch: 2 },
    range: [0, 1],
    rate: 3e-5,
    lesson: "more",
  },
};

/** Path of a model in the shared folder; undefined where it is absent. */
export const sharedModel = (file: string): string | undefined => {
  const path = join(shared, "models", file);
  return existsSync(path) ? path : undefined;
};

export const prepared = ({ file, options }: ForeignCase, more: ForeignOptions = {}): ForeignModel =>
  prepareForeign(readOnnx(readFileSync(sharedModel(file)!)), { ...options, ...more });

export const madeInputs = ({ inputs }: Graph, { range }: ForeignCase, random: Random): Feeds =>
  Object.fromEntries(inputs.map(({ name, shape }) => [name, smooth(shape as number[], range, random)]));

/** Low waves, as pictures have them: noise alone says nothing to a network trained on pictures. */
function smooth(shape: readonly number[], [low, high]: readonly [number, number], random: Random): Tensor {
  const [width, height] = [shape.at(-1)!, shape.at(-2)!];
  const planes = sizeOf(shape) / (width * height);
  const data = Array.from({ length: planes }, () => {
    const [fx, fy, phase] = [random.uniform(1, 6), random.uniform(1, 6), random.uniform(0, 6)];
    return Array.from({ length: width * height }, (_, index) => {
      const wave = Math.sin((fx * (index % width)) / width + (fy * Math.floor(index / width)) / height + phase);
      return low + (high - low) * Math.min(1, Math.max(0, 0.5 + 0.4 * wave + random.uniform(-0.1, 0.1)));
    });
  });
  return float32(shape, data.flat());
}

/** Slopes of a projection of all outputs along directions in the space of parameters, one direction for each list of names. */
export interface Slope {
  /** By central differences. */
  readonly expected: number;
  /** By the gradient. */
  readonly received: number;
  /** How far two neighbouring steps of the differences are apart: what they are worth. */
  readonly doubt: number;
}

/** Steps of the differences, as shares of a parameter's root mean square. */
const STEPS = [1e-3, 3e-4, 1e-4, 3e-5, 1e-5];

/**
 * Compares the gradient of sum(weights * outputs) with central differences along random directions. A large step crosses kinks (ReLU, max
 * pooling), a small one drowns in single precision: of several steps the two neighbours that agree best count, whatever the gradient says.
 */
export async function slopes(
  { graph }: ForeignModel,
  { feeds, random, groups }: { feeds: Feeds; random: Random; groups: readonly (readonly string[])[] },
): Promise<readonly Slope[]> {
  const names = [...new Set(groups.flat())];
  const weights = new Map(graph.outputs.map(({ name, shape }) => [name, random.tensor(shape as number[])]));
  const open = openGraph(graph, names);
  const forward = await createSession(lower(open, portableTarget), { threads: 1 });
  const build = createBuilder({ from: open });
  const parts = [...weights].map(([name, weight]) =>
    build.reduceSum(build.reshape(build.mul(build.value(name), build.constant(weight)), [sizeOf(weight.shape)]), {
      keepDims: false,
    }),
  );
  const loss = parts.reduce((total, part) => build.add(total, part));
  build.output(loss, "projection");
  const backward = await createSession(
    lower(gradient(build.build(), { loss: loss.name, parameters: names }), portableTarget),
    { threads: 1 },
  );
  const values = Object.fromEntries(names.map((name) => [name, graph.initializers.get(name)!]));
  const gradients = await backward.run({ ...feeds, ...values });
  await backward.dispose();
  const projection = async (moved: Feeds): Promise<number> => {
    const results = await forward.run({ ...feeds, ...values, ...moved });
    // in double precision, so that only the outputs themselves are rounded
    return [...weights].reduce(
      (total, [name, weight]) => total + dot(elementsOf(results[name]!), elementsOf(weight)),
      0,
    );
  };
  const found: Slope[] = [];
  for (const group of groups) {
    const directions = new Map(
      group.map((name) => [name, direction(values[name]!, elementsOf(gradients[`gradient/${name}`]!), random)]),
    );
    const received = group.reduce(
      (total, name) => total + dot(elementsOf(gradients[`gradient/${name}`]!), directions.get(name)!),
      0,
    );
    const differences: number[] = [];
    for (const share of STEPS) {
      const step = share / Math.sqrt(group.length); // all parameters together move the outputs further than one does
      const [above, below] = [
        await projection(moved(values, directions, step)),
        await projection(moved(values, directions, -step)),
      ];
      differences.push((above - below) / (2 * step));
    }
    const pairs = differences
      .slice(1)
      .map((below, index) => ({ expected: below, doubt: Math.abs(below - differences[index]!) }));
    const best = pairs.reduce((a, b) => (b.doubt < a.doubt ? b : a));
    found.push({ ...best, received });
  }
  await forward.dispose();
  return found;
}

function openGraph(graph: Graph, names: readonly string[]): Graph {
  const initializers = new Map(graph.initializers);
  const inputs = names.map((name) => {
    const { shape, dtype } = initializers.get(name)!;
    initializers.delete(name);
    return { name, dtype, shape };
  });
  return { ...graph, inputs: [...graph.inputs, ...inputs], initializers };
}

const dot = (a: Float32Array, b: ArrayLike<number>): number =>
  a.reduce((sum, value, index) => sum + value * b[index]!, 0);

/**
 * Signs times the root mean square of the parameter, so that every parameter moves by the same share. Three of four signs are the
 * gradient's own: along signs drawn alone the slope of a large parameter is a small sum of large numbers, and rounding hides it.
 */
function direction({ data }: Tensor, gradient: Float32Array, random: Random): Float64Array {
  const values = data as Float32Array;
  const size = Math.sqrt(dot(values, values) / values.length) || 1;
  return Float64Array.from(gradient, (slope) => (slope < 0 === random.uniform() < 0.75 ? -size : size));
}

const moved = (values: Feeds, directions: ReadonlyMap<string, Float64Array>, step: number): Feeds =>
  Object.fromEntries(
    [...directions].map(([name, along]) => {
      const { shape, data } = values[name]!;
      return [
        name,
        float32(
          shape,
          Array.from(data as Float32Array, (value, index) => value + step * along[index]!),
        ),
      ];
    }),
  );

/** Losses of some steps of AdamW towards made targets. */
export async function fineTune(
  { graph: whole, parameters: all }: ForeignModel,
  { rate, lesson, output }: ForeignCase,
  { feeds, steps = 20 }: { feeds: Feeds; steps?: number },
): Promise<readonly number[]> {
  const graph = { ...whole, outputs: whole.outputs.filter(({ name }) => output === undefined || name === output) };
  const trained = output === undefined ? undefined : trainability(prune(graph)).trainable;
  const parameters = all.filter((name) => trained?.has(name) ?? true);
  const before = await createSession(graph, { threads: 1 });
  const outputs = await before.run(feeds);
  await before.dispose();
  const build = createBuilder({ from: { ...graph, outputs: [] } });
  const errors = graph.outputs.map(({ name, shape }) => {
    const now = elementsOf(outputs[name]!);
    const spread = Math.max(0.1, Math.sqrt(dot(now, now) / now.length));
    const target = now.map((value, index) => (lesson === "more" ? value + spread / 2 : now[(index + 1) % now.length]!));
    const error = build.mul(
      build.sub(build.value(name), build.constant(float32(shape as number[], target))),
      1 / spread,
    );
    return build.reduceMean(build.reshape(build.mul(error, error), [now.length]), { keepDims: false });
  });
  build.output(
    errors.reduce((total, error) => build.add(total, error)),
    "loss",
  );
  const step = createTrainingStep(build.build(), {
    loss: "loss",
    groups: [{ parameters, optimizer: adamW(), rate: "rate" }],
    batchInputs: graph.inputs.map(({ name }) => name),
    extents: {},
    target: (await targetsHere()).probed,
  });
  const session = await createStatefulSession(step.graph, step.state, { threads: 1 });
  await session.write(step.initial);
  const losses: number[] = [];
  for (let index = 0; index < steps; index++) {
    const { loss } = await session.step({ ...batchLast(feeds, step.graph), rate: float32([1], [rate]) });
    losses.push(elementsOf(loss!)[0]!);
  }
  await session.dispose();
  return losses;
}

/** [N, ...] as [..., N], where the step's input has it so. */
const batchLast = (feeds: Feeds, { inputs }: Graph): Feeds =>
  Object.fromEntries(
    Object.entries(feeds).map(([name, tensor]) => {
      const shape = inputs.find((input) => input.name === name)!.shape as number[];
      const batch = tensor.shape[0]!;
      const inner = sizeOf(tensor.shape) / batch;
      const from = elementsOf(tensor);
      return [
        name,
        float32(
          shape,
          Array.from({ length: from.length }, (_, index) => from[(index % batch) * inner + Math.floor(index / batch)]!),
        ),
      ];
    }),
  );
