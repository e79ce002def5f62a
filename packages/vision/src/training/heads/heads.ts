import { sizeOf, withWeights } from "@foveajs/graph";
import { errors } from "../../errors.ts";
import { createFeatureModel, createModel } from "../../model/network.ts";
import { readStart } from "../../model/start.ts";
import { deviceText } from "../device-text.ts";
import type { Measures, TrainingEvent } from "../events.ts";
import { type Measurers, measureTask, type Predicted, type Validation } from "../measure.ts";
import type { LoadedRecipe } from "../recipe.ts";
import { resolvedText } from "../resolved-recipe.ts";
import { type RunFolder, runFiles } from "../run-files.ts";
import { openSampleSets, type TaughtLabels } from "../sample-sets.ts";
import { ship } from "../ship.ts";
import { networkOf } from "../stepper.ts";
import { bestHead } from "./best-head.ts";
import { featuresOf } from "./features.ts";
import { VIEWS } from "./refit-heads.ts";

export interface HeadsOptions {
  readonly threads: number;
  readonly signal: AbortSignal;
  readonly dataFolders: readonly string[];
  readonly measurers: Measurers;
  /** What teachers said of the training samples. */
  readonly taught: TaughtLabels;
  /** How often each training picture is looked at: once as it is, then moved at random. */
  readonly views?: number;
}

/**
 * Fits the heads of a recipe on the features of the model that it starts from (model.from), whose backbone stays as it is: minutes
 * where a training takes hours. Each task has its own best epoch, by the loss on validation samples; `heldout_` metrics are of
 * epochs that were chosen on the other half of them. A task without validation samples, such as one that only a teacher labels, is
 * fitted for all epochs and not measured. Heads that look at maps (landmarks, boxes) keep to whole trainings.
 */
export async function* trainHeads(
  loaded: LoadedRecipe,
  run: RunFolder,
  { threads, signal, dataFolders, measurers, taught, views = VIEWS }: HeadsOptions,
): AsyncGenerator<TrainingEvent> {
  const { recipe } = loaded;
  const { data, model, preprocessing, seed } = recipe;
  const whole = model.tasks.find(({ kind }) => kind === "landmarks" || kind === "detection");
  if (data.kind !== "samples" || !model.from || whole)
    throw errors["recipe-invalid"]({
      path: recipe.name,
      detail: whole
        ? `model.tasks: heads on frozen features tell classes and numbers, received ${whole.kind} (${whole.name})`
        : "heads on frozen features need data of kind samples, and model.from for the backbone",
    });
  if (model.from.heads.length > 0) {
    const detail = `model.from.heads: expected none where all heads are fitted anew, received ${model.from.heads.join(", ")}`;
    throw errors["recipe-invalid"]({ path: recipe.name, detail });
  }
  const started = performance.now();
  const seconds = () => (performance.now() - started) / 1000;
  const start = await readStart(model.from, model);
  const sets = await openSampleSets(recipe, data, dataFolders, taught);
  const spec = networkOf(recipe, start);
  const { train, valid } = await featuresOf(
    recipe,
    { graph: createFeatureModel(spec, preprocessing), sets, threads, onProgress: () => signal.throwIfAborted() },
    views,
  );
  const fitted = model.tasks.filter(({ name }) => train.get(name)!.ids.length > 0);
  const [first] = fitted;
  if (!first) throw errors["data-empty"]({ where: `${recipe.name}, training samples with a label of a task` });
  const { graph, parameters } = createModel(spec, preprocessing);
  await run.write(runFiles.resolved, resolvedText(recipe, { from: start }));
  const heads = parameters.filter(({ name }) => name.startsWith("heads."));
  yield {
    type: "start",
    run: run.path,
    step: 0,
    steps: fitted.length,
    epoch: 1,
    epochs: fitted.length,
    parameters: heads.reduce((sum, { name }) => sum + sizeOf(graph.initializers.get(name)!.shape), 0),
    samples: { train: train.get(first.name)!.ids.length / views, valid: valid.get(first.name)!.ids.length },
    device: deviceText(recipe, threads),
    seed,
  };
  const size = preprocessing.crop ?? preprocessing;
  const weights = new Map<string, Float32Array>();
  const predicted = new Map<string, Predicted>();
  const metrics: Record<string, number> = {};
  let before = 0;
  for (const [index, task] of fitted.entries()) {
    const samples = [train.get(task.name)!, valid.get(task.name)!] as const;
    const { epoch: best, told, heldOut } = await bestHead(task, ...samples, { seed, size, threads, signal });
    for (const [name, values] of best.weights) weights.set(name, values);
    const isJudged = told.ids.length > 0;
    const measures = isJudged ? measureTask(measurers, task, told) : {};
    if (isJudged) predicted.set(task.name, told);
    Object.assign(metrics, measures);
    if (heldOut) Object.assign(metrics, heldOutMeasures(measureTask(measurers, task, heldOut)));
    yield {
      type: "epoch",
      epoch: index + 1,
      epochs: fitted.length,
      step: index + 1,
      steps: fitted.length,
      loss: best.loss,
      losses: { [task.name]: best.loss },
      metrics: measures,
      images_per_second: 0,
      seconds: seconds() - before,
      seconds_left: (seconds() / (index + 1)) * (fitted.length - index - 1),
    };
    before = seconds();
  }
  const slots = new Map([...weights.keys()].map((name) => [name, name]));
  const validation: Validation = { metrics, predicted };
  const shipped = await ship(
    withWeights(graph, weights, slots),
    loaded,
    sets.map(({ dataset }) => dataset),
    validation,
    { measurers, threads, from: start },
  );
  await run.write("metrics.json", `${JSON.stringify(shipped.metrics, null, 2)}\n`);
  const path = await run.write(`${recipe.name}.onnx`, shipped.bytes);
  yield {
    type: "done",
    step: fitted.length,
    seconds: seconds(),
    model: path,
    sha256: shipped.sha256,
    metrics: shipped.metrics,
  };
}

/** Metrics under names that say that other samples chose the epoch. */
const heldOutMeasures = (measures: Measures): Measures =>
  Object.fromEntries(Object.entries(measures).map(([name, value]) => [name.replace("/", "/heldout_"), value]));
