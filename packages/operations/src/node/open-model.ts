import { createSession, type Graph, type RunOptions, readOnnx, type Tensor, type ValueInfo } from "@foveajs/graph";
import {
  CARD_KEY,
  type Image,
  type LoadOptions,
  loadModel,
  type Model,
  type ModelCard,
  preprocess,
} from "@foveajs/vision";
import { errors } from "../errors.ts";
import type { Prediction } from "../models/prediction.ts";
import type { ModelFile, ModelStore } from "../models/store.ts";
import { readModel } from "./face-models.ts";
import { taskPrediction } from "./task-prediction.ts";

/** A model that is ready for tensors and, where its file has a card, for pictures. */
export interface OpenModel {
  readonly name: string;
  /** Absent for an .onnx file of other making. */
  readonly card: ModelCard | undefined;
  readonly inputs: readonly ValueInfo[];
  readonly outputs: readonly ValueInfo[];
  /** Whether the first axis of every input and output is free and the same: several runs can be one. */
  readonly isBatched: boolean;
  readonly run: (
    feeds: Readonly<Record<string, Tensor>>,
    options?: RunOptions,
  ) => Promise<Readonly<Record<string, Tensor>>>;
  /** One prediction a picture, in their order; pictures whose inputs have one size are run together. */
  readonly predict: (images: readonly Image[], options?: { signal?: AbortSignal }) => Promise<readonly Prediction[]>;
  readonly dispose: () => Promise<void>;
}

export interface OpenModelOptions extends LoadOptions {
  readonly models: { find(name: string): Promise<Pick<ModelFile, "path">> };
  readonly name: string;
}

/** Opens a model of the store by its name. */
export async function openModel({ models, name, openSession, ...options }: OpenModelOptions): Promise<OpenModel> {
  const { path } = await models.find(name);
  const bytes = await readModel(path);
  const graph = readOnnx(bytes);
  const inputs = graph.inputs.filter((input) => !graph.initializers.has(input.name));
  const { outputs } = graph;
  const shared = { name, inputs, outputs, isBatched: isBatched(inputs, outputs) };
  if (graph.metadata[CARD_KEY] === undefined) {
    const file = { name: path, bytes };
    const session = await (openSession?.(file, options) ?? createSession(bytes, options));
    return {
      ...shared,
      card: undefined,
      run: session.run,
      predict: () => Promise.reject(errors["no-card"]({ name })),
      dispose: () => session.dispose(),
    };
  }
  const model = await loadModel(bytes, { ...options, name: path, ...(openSession ? { openSession } : {}) });
  return {
    ...shared,
    card: model.card,
    run: model.session.run,
    predict: (images, { signal } = {}) => predict(model, images, signal),
    dispose: () => model.dispose(),
  };
}

/** Names, element types and shapes of a model's inputs and outputs, without opening it. */
export async function describeModelTensors(
  models: ModelStore,
  name: string,
): Promise<Pick<Graph, "inputs" | "outputs">> {
  const { inputs, outputs, initializers } = readOnnx(await readModel((await models.find(name)).path));
  return { inputs: inputs.filter((input) => !initializers.has(input.name)), outputs };
}

function isBatched(inputs: readonly ValueInfo[], outputs: readonly ValueInfo[]): boolean {
  const [first] = inputs[0]?.shape ?? [];
  return typeof first === "string" && [...inputs, ...outputs].every(({ shape }) => shape?.[0] === first);
}

async function predict(model: Model, images: readonly Image[], signal?: AbortSignal): Promise<Prediction[]> {
  const shapes = images.map((image) => preprocess(image, model.card.preprocessing).shape.join());
  const predictions = new Array<Prediction>(images.length);
  for (const shape of new Set(shapes)) {
    const members = images.map((_, index) => index).filter((index) => shapes[index] === shape);
    const { outputs, inputs } = await model.run(
      members.map((index) => images[index]!),
      signal ? { signal } : {},
    );
    members.forEach((index, row) => {
      predictions[index] = Object.fromEntries(
        model.card.tasks.map((task) => [task.name, taskPrediction(task, outputs, { row, input: inputs[row]! })]),
      );
    });
  }
  return predictions;
}
