import { type Build, createBuilder, type Graph, prune, type Tensor, type Value } from "@foveajs/graph";
import { createRandom } from "../augment/random.ts";
import { type BackboneSpec, buildBackbone } from "../backbones/table.ts";
import { channelsOf } from "../image/image.ts";
import type { Preprocessing } from "../image/preprocess.ts";
import { channelDropout } from "../layers/dropout.ts";
import { standardize } from "../layers/normalization.ts";
import { createScope, type Drops, inside, type Parameter, parameter, type Scope } from "../layers/scope.ts";
import { pooledFeatures } from "../tasks/pooled-features.ts";
import { type TaskSpec, tasks } from "../tasks/table.ts";
import type { InputSize, Task } from "../tasks/task.ts";
import { appendForeignBackbone } from "./foreign-backbone.ts";
import type { Start } from "./start.ts";

/** What a network is made of. */
export interface NetworkSpec {
  /** Absent: the graph of `start`. */
  readonly backbone?: BackboneSpec | undefined;
  /** What the weights start from; fresh ones without it. */
  readonly start?: Start | undefined;
  readonly tasks: readonly TaskSpec[];
  /** Every picture is centred and scaled by itself, in the model; the number is added to its deviation. */
  readonly standardize?: number | undefined;
  /** Factor of each task's loss; 1 where absent. */
  readonly lossWeights?: Readonly<Record<string, number>>;
  /** `uncertainty`: besides, a weight of each loss that is learned. */
  readonly lossBalance?: "hand" | "uncertainty" | undefined;
  /** Each loss has a share of its own that is fed at every step. */
  readonly lossShares?: boolean | undefined;
  readonly seed: number;
  /** What is left out at random in training; the model for use has none of it. */
  readonly drops?: Drops | undefined;
}

interface Network {
  readonly build: Build;
  readonly scope: Scope;
  /** What the tasks read, finest first. */
  readonly maps: readonly Value[];
  readonly outputs: ReadonlyMap<TaskSpec, readonly { readonly name: string; readonly value: Value }[]>;
  readonly parameters: readonly Parameter[];
}

/** The task of a spec; what it takes and gives is checked by the spec's schema. */
export const taskOf = (spec: TaskSpec): Task<TaskSpec, unknown> =>
  tasks[spec.kind] as unknown as Task<TaskSpec, unknown>;

/** Prefix of the names of the backbone's weights. */
const BACKBONE = "backbone";

/** The graph with the weights and statistics of the start, by name and shape. */
function started(graph: Graph, start: Start | undefined): Graph {
  if (!start) return graph;
  const initializers = new Map<string, Tensor>();
  for (const [name, tensor] of graph.initializers) {
    const found = start.weights.get(name);
    initializers.set(name, found && found.shape.join() === tensor.shape.join() ? found : tensor);
  }
  return { ...graph, initializers };
}

/** A graph with the weights in it that are trained. */
export interface Weighted {
  readonly graph: Graph;
  readonly parameters: readonly Parameter[];
}

/** Without what no output reads, such as the fine levels of a pyramid where all tasks look at the picture as a whole. */
function whatIsRead({ graph, parameters }: Weighted): Weighted {
  const read = prune(graph);
  return { graph: read, parameters: parameters.filter(({ name }) => read.initializers.has(name)) };
}

/** The nodes of a network for pictures of one size; fresh weights depend on the seed and their names only, not on the size. */
function buildNetwork(
  spec: NetworkSpec,
  input: Preprocessing,
  { width, height }: InputSize,
  batch: number | "N",
): Network {
  const build = createBuilder({ name: "network" });
  // only a graph that is trained has a fixed batch
  const scope = createScope(build, createRandom(spec.seed, "weights"), batch === "N" ? undefined : spec.drops);
  const image = build.input("image", [batch, channelsOf(input.color), height, width]);
  const seen = spec.standardize === undefined ? image : standardize(scope, image, { floor: spec.standardize });
  const maps = spec.backbone
    ? buildBackbone(inside(scope, BACKBONE), seen, spec.backbone)
    : [appendForeignBackbone(inside(scope, BACKBONE), seen, spec.start?.foreign)];
  const seenByTasks = maps.map((map) => channelDropout(scope, map));
  const heads = inside(scope, "heads");
  const outputs = new Map(spec.tasks.map((task) => [task, taskOf(task).head(heads, seenByTasks, task)]));
  return { build, scope, maps: seenByTasks, outputs, parameters: scope.parameters };
}

/** The model for use: input `image` [N, C, H, W], outputs of all tasks. Where the size may change, H and W are open too. */
export function createModel(spec: NetworkSpec, input: Preprocessing): Weighted {
  const isOpen = input.fit === "limit";
  const size = isOpen ? OPEN_SIZE : (input.crop ?? input);
  const { build, outputs, parameters } = buildNetwork(spec, input, size, "N");
  for (const { name, value } of [...outputs.values()].flat()) build.output(value, name);
  const model = whatIsRead({ graph: started(build.build(), spec.start), parameters });
  return isOpen ? { ...model, graph: withOpenSize(model.graph) } : model;
}

/** The backbone up to what heads that look at the picture as a whole read: input `image`, output `features` [N, F]. */
export function createFeatureModel(spec: NetworkSpec, input: Preprocessing): Graph {
  const { build, scope, maps } = buildNetwork({ ...spec, tasks: [] }, input, input.crop ?? input, "N");
  build.output(pooledFeatures(scope, maps), "features");
  return whatIsRead({ graph: started(build.build(), spec.start), parameters: [] }).graph;
}

/** One task's head and loss over given features [batch, F], its weights named as in a whole network: output `loss`. */
export function createHeadLoss(
  { seed }: Pick<NetworkSpec, "seed">,
  task: TaskSpec,
  { features, size, batch }: { features: number; size: InputSize; batch: number },
): LossGraph {
  const build = createBuilder({ name: "head" });
  const scope = createScope(build, createRandom(seed, "weights"));
  const map = build.reshape(build.input("features", [batch, features]), [batch, features, 1, 1]);
  const heads = taskOf(task).head(inside(scope, "heads"), [map], task);
  const targets = taskOf(task).targets(task, size);
  const values = targets.map(({ name, shape }) => build.input(name, [batch, ...shape]));
  build.output(
    taskOf(task).loss(
      build,
      heads.map(({ value }) => value),
      values,
      task,
      size,
    ),
    "loss",
  );
  for (const { name, value } of heads) build.output(value, name);
  return {
    graph: build.build(),
    parameters: scope.parameters,
    inputs: [{ name: "features", shape: [features] }, ...targets],
  };
}

/** Sides that an open model is built with; nothing in it depends on them. */
const OPEN_SIZE = { width: 256, height: 256 };

function withOpenSize(graph: Graph): Graph {
  const open = (extent: number, side: "H" | "W") =>
    extent === OPEN_SIZE.width ? side : `${side}/${OPEN_SIZE.width / extent}`;
  const rename = <Info extends Graph["inputs"][number]>(info: Info): Info => {
    const [batch, channels, height, width] = info.shape as [string, number, number?, number?];
    // a vector of each picture, as classes have, has no sides
    if (height === undefined || width === undefined) return info;
    return { ...info, shape: [batch, channels, open(height, "H"), open(width, "W")] };
  };
  return { ...graph, inputs: graph.inputs.map(rename), outputs: graph.outputs.map(rename) };
}

/**
 * exp(-s) of a loss plus s / 2, with s = log variance learned from 0: Kendall, Gal, Cipolla, "Multi-task learning using uncertainty
 * to weigh losses", CVPR 2018, equation 10.
 */
function byUncertainty(scope: Scope, loss: Value, task: string): Value {
  const { build } = scope;
  const zero: Tensor = { dtype: "float32", shape: [], data: new Float32Array(1) };
  const logVariance = parameter(inside(scope, "loss_balance"), task, zero, "vector");
  return build.add(build.mul(loss, build.exp(build.neg(logVariance))), build.mul(logVariance, 0.5));
}

export interface LossGraph extends Weighted {
  /** Names and shapes of a batch's tensors without the batch axis; the image comes first. */
  readonly inputs: readonly { readonly name: string; readonly shape: readonly number[] }[];
}

/** Name of the input, a scalar, with a task's share in the loss. */
export const lossShareName = (task: string): string => `loss_share/${task}`;

/** Network and losses for batches of one size: outputs `loss` (the weighted sum) and `loss/TASK` for each task, unweighted. */
export function createLossGraph(spec: NetworkSpec, input: Preprocessing, size: InputSize, batch: number): LossGraph {
  const { build, scope, outputs, parameters } = buildNetwork(spec, input, size, batch);
  const targets = spec.tasks.flatMap((task) => taskOf(task).targets(task, size));
  const losses = spec.tasks.map((task) => {
    const values = taskOf(task)
      .targets(task, size)
      .map(({ name, shape }) => build.input(name, [batch, ...shape]));
    const heads = outputs.get(task)!.map(({ value }) => value);
    const loss = taskOf(task).loss(build, heads, values, task, size);
    build.output(loss, `loss/${task.name}`);
    const weight = spec.lossWeights?.[task.name] ?? 1;
    const weighted = weight === 1 ? loss : build.mul(loss, weight);
    const balanced = spec.lossBalance === "uncertainty" ? byUncertainty(scope, weighted, task.name) : weighted;
    return spec.lossShares ? build.mul(balanced, build.input(lossShareName(task.name), [])) : balanced;
  });
  build.output(
    losses.reduce((sum, loss) => build.add(sum, loss)),
    "loss",
  );
  const image = { name: "image", shape: [channelsOf(input.color), size.height, size.width] };
  const network = whatIsRead({ graph: started(build.build(), spec.start), parameters });
  return { ...network, inputs: [image, ...targets] };
}
