import { createSession, type Graph, schedules, writeOnnx } from "@foveajs/graph";
import { peakMemoryBytes } from "#host";
import { createLoader, loaderThreads } from "#loader";
import { errors } from "../errors.ts";
import { createModel } from "../model/network.ts";
import type { Start } from "../model/start.ts";
import { type Course, noCourse, restingTasks, withValidation } from "./course.ts";
import type { DataPlaces } from "./data-places.ts";
import { deviceText } from "./device-text.ts";
import { type EpochSums, meansOf, noSteps, withStep } from "./epoch-sums.ts";
import type {
  Measures,
  TrainingCheckpoint,
  TrainingDone,
  TrainingEpoch,
  TrainingEvent,
  TrainingStart,
  TrainingStep,
} from "./events.ts";
import { balanced, learnedWeights } from "./loss-balance.ts";
import type { Measurers, Validation } from "./measure.ts";
import { modelAtMoment } from "./moment.ts";
import { createPace } from "./pace.ts";
import { planOf } from "./plan.ts";
import { predictionsName, predictionsText } from "./predictions-file.ts";
import type { LoadedRecipe } from "./recipe.ts";
import { resolvedText } from "./resolved-recipe.ts";
import { epochModelName, type RunFolder, runFiles } from "./run-files.ts";
import type { TaughtLabels } from "./sample-sets.ts";
import { ship } from "./ship.ts";
import { createSizedSteppers } from "./sized-steppers.ts";
import type { Source } from "./source.ts";
import { networkOf, type StepResult } from "./stepper.ts";

/** A checkpoint is written at the end of every epoch and when this much time has passed. */
const CHECKPOINT_SECONDS = 60;

type State = ReadonlyMap<string, Float32Array>;

/** What a training may use besides its recipe. */
export interface TrainingResources {
  readonly threads: number;
  /** What computes the steps; the CPU unless told. Validation is always on the CPU. */
  readonly device?: string | undefined;
  readonly signal: AbortSignal;
  readonly dataFolders: DataPlaces;
  readonly measurers: Measurers;
  /** The file of the recipe's model.from, where it has one. */
  readonly from?: Start | undefined;
  /** What teachers said of the training samples. */
  readonly taught?: TaughtLabels;
}

/** One training from its first step, or the one where it stopped, to its model. */
export class Training {
  readonly #loaded: LoadedRecipe;
  readonly #run: RunFolder;
  readonly #source: Source;
  readonly #options: TrainingResources;
  readonly #plan;
  readonly #model;
  readonly #pace;
  readonly #rateShare;
  readonly #started = performance.now();
  #saved = performance.now();
  #ticked = performance.now();
  /** Seconds of the running epoch by what they went to. */
  #parts: Readonly<Record<string, number>> = {};
  #epoch: EpochSums;
  #metrics: Measures;
  #course: Course;
  /** Of the weights after the last step, so that they are validated once. */
  #validation: Validation | undefined;

  constructor(loaded: LoadedRecipe, run: RunFolder, source: Source, options: TrainingResources) {
    const recipe = balanced(loaded.recipe, source);
    this.#loaded = { ...loaded, recipe };
    this.#run = run;
    this.#source = source;
    this.#options = options;
    this.#plan = planOf(recipe, source.samplesPerEpoch);
    this.#model = createModel(networkOf(recipe, options.from), recipe.preprocessing);
    this.#pace = createPace(this.#plan.batch, () => performance.now());
    this.#rateShare = schedules[recipe.training.schedule.name](recipe.training.schedule);
    this.#epoch = run.checkpoint?.epoch ?? noSteps;
    this.#metrics = run.checkpoint?.metrics ?? {};
    this.#course = run.checkpoint?.course ?? noCourse;
  }

  async *events(): AsyncGenerator<TrainingEvent> {
    const { recipe } = this.#loaded;
    const { threads, device, dataFolders, signal, from, taught } = this.#options;
    const { steps } = this.#plan;
    const first = this.#run.checkpoint?.step ?? 0;
    await this.#run.write(runFiles.resolved, resolvedText(recipe, { from }));
    yield this.#startEvent(first);
    const loader = createLoader(recipe, this.#plan, { dataFolders, first, taught, threads: loaderThreads(threads) });
    const steppers = createSizedSteppers(recipe, this.#plan, {
      threads,
      device,
      start: from,
      state: this.#run.checkpoint?.state,
    });
    try {
      let done = first;
      for (let step = first; step < steps && !this.#isAllAtRest(); step++) {
        done = step + 1;
        const stepper = await this.#timed("preparation", steppers.at(step));
        const batch = await this.#timed("pictures", loader.batch(step));
        const result = await this.#timed(
          "computation",
          stepper.step(batch, this.#rateShare(step / steps), this.#resting()),
        );
        yield this.#stepEvent(step, result);
        const ends = this.#plan.endsEpoch(step);
        if (!ends && !signal.aborted && performance.now() - this.#saved < CHECKPOINT_SECONDS * 1000) continue;
        const state = await stepper.state();
        this.#mustBeFinite(step, result, state);
        if (ends) yield await this.#endEpoch(step, stepper.modelOf(this.#model.graph, state), state);
        yield await this.#timed("checkpoints", this.#save(step + 1, state));
        if (signal.aborted && step + 1 < steps)
          throw errors["training-stopped"]({ step: step + 1, steps, run: this.#run.path });
      }
      const stepper = await steppers.at(done - 1);
      yield await this.#finish(done, stepper.modelOf(this.#model.graph, await stepper.state()));
    } finally {
      await Promise.all([loader.dispose(), steppers.dispose()]);
    }
  }

  #startEvent(step: number): TrainingStart {
    const { threads, device } = this.#options;
    const { graph, parameters } = this.#model;
    const { steps, epochs } = this.#plan;
    const valid = this.#source.datasets.flatMap(({ samples }) => samples.filter(({ split }) => split === "valid"));
    return {
      type: "start",
      run: this.#run.path,
      step,
      steps,
      epoch: this.#plan.epochAt(Math.min(step, steps - 1)),
      epochs,
      parameters: parameters.reduce((sum, { name }) => sum + graph.initializers.get(name)!.data.length, 0),
      samples: { train: this.#source.samplesPerEpoch, valid: valid.length },
      device: deviceText(this.#loaded.recipe, threads, device),
      seed: this.#loaded.recipe.seed,
    };
  }

  #stepEvent(step: number, result: StepResult): TrainingStep {
    this.#mustBeFinite(step, result);
    this.#pace.tick();
    const now = performance.now();
    this.#epoch = withStep(this.#epoch, result, (now - this.#ticked) / 1000);
    this.#ticked = now;
    const { loss, losses } = result;
    return { type: "step", ...this.#place(step), loss, losses, learning_rate: this.#rate(step), ...this.#speed(step) };
  }

  async #endEpoch(step: number, graph: Graph, state: State): Promise<TrainingEpoch> {
    const place = this.#place(step);
    const isLast = place.step === place.steps;
    const validation =
      isLast || place.epoch % this.#loaded.recipe.training.validate_every === 0
        ? await this.#timed("validation", this.#validate(graph))
        : undefined;
    if (validation) {
      this.#metrics = validation.metrics;
      if (validation.predicted.size > 0 || (validation.boxes?.size ?? 0) > 0)
        await this.#run.write(predictionsName(place.epoch), predictionsText(validation));
      await this.#follow(place.epoch, validation, graph);
    }
    if (isLast) this.#validation = validation;
    const now = performance.now();
    const seconds = this.#epoch.seconds + (now - this.#ticked) / 1000;
    const peak = peakMemoryBytes();
    const resting = [...(this.#resting() ?? [])];
    const weights = learnedWeights(this.#loaded.recipe, state);
    const event: TrainingEpoch = {
      type: "epoch",
      ...place,
      ...meansOf(this.#epoch),
      metrics: validation?.metrics ?? {},
      ...this.#speed(step),
      seconds,
      seconds_by_part: this.#parts,
      ...(peak === undefined ? {} : { peak_memory_bytes: peak }),
      ...(weights === undefined ? {} : { loss_weights: weights }),
      ...(resting.length === 0 ? {} : { resting }),
    };
    this.#epoch = noSteps;
    this.#parts = {};
    this.#ticked = now;
    return event;
  }

  /** Counts the time of a part of the work. */
  async #timed<Value>(part: string, work: Promise<Value>): Promise<Value> {
    const begun = performance.now();
    const value = await work;
    this.#parts = { ...this.#parts, [part]: (this.#parts[part] ?? 0) + (performance.now() - begun) / 1000 };
    return value;
  }

  async #save(step: number, state: State): Promise<TrainingCheckpoint> {
    const epoch = this.#epoch.steps > 0 ? { epoch: this.#epoch } : {};
    const course = this.#course.epochs.length > 0 ? { course: this.#course } : {};
    const { threads, device } = this.#options;
    const path = await this.#run.save({
      step,
      seconds: this.#seconds(),
      recipe: this.#loaded.sha256,
      threads,
      ...(device === undefined || device === "cpu" ? {} : { device }),
      metrics: this.#metrics,
      ...epoch,
      ...course,
      state,
    });
    this.#saved = performance.now();
    return { type: "checkpoint", step, path };
  }

  async #finish(step: number, last: Graph): Promise<TrainingDone> {
    const { recipe } = this.#loaded;
    const { graph, validation, moment } =
      recipe.training.moment === "last"
        ? { graph: last, validation: this.#validation ?? (await this.#validate(last)), moment: undefined }
        : await modelAtMoment(recipe, this.#run, this.#course, {
            ...this.#options,
            validate: (model) => this.#validate(model),
          });
    const { bytes, sha256, metrics } = await ship(
      graph,
      this.#loaded,
      this.#source.datasets,
      validation,
      this.#options,
    );
    await this.#run.write("metrics.json", `${JSON.stringify(metrics, null, 2)}\n`);
    // last: where the model is, the run has ended
    const model = await this.#run.write(`${recipe.name}.onnx`, bytes);
    return { type: "done", step, seconds: this.#seconds(), model, sha256, metrics, ...(moment ? { moment } : {}) };
  }

  /** Keeps what a moment is chosen by, where the recipe chooses one. */
  async #follow(epoch: number, validation: Validation, graph: Graph): Promise<void> {
    const { training, model, preprocessing } = this.#loaded.recipe;
    if (training.patience === undefined && training.moment === "last") return;
    const size = preprocessing.crop ?? preprocessing;
    this.#course = await withValidation(this.#course, epoch, validation, { tasks: model.tasks, size });
    if (training.moment !== "last") await this.#run.write(epochModelName(epoch), writeOnnx(graph));
  }

  #resting = (): ReadonlySet<string> | undefined => {
    const { patience } = this.#loaded.recipe.training;
    return patience === undefined ? undefined : restingTasks(this.#course, patience);
  };

  #isAllAtRest = (): boolean => this.#resting()?.size === this.#loaded.recipe.model.tasks.length;

  async #validate(graph: Graph): Promise<Validation> {
    const { measurers, threads } = this.#options;
    const session = await createSession(graph, { threads });
    try {
      return await this.#source.validate(session, measurers);
    } finally {
      await session.dispose();
    }
  }

  /** Stops before anything that is not a number is saved; with the state where it is known, as the loss is from before the update. */
  #mustBeFinite(step: number, { loss, gradientNorm: norm, lossScale = 1 }: StepResult, state: State = new Map()): void {
    const isSound =
      Number.isFinite(loss) &&
      (Number.isFinite(norm) || lossScale > 1) &&
      [...state.values()].every((data) => data.every(Number.isFinite));
    if (!isSound) throw errors["training-diverged"]({ step: step + 1, loss, norm, rate: this.#rate(step) });
  }

  #place = (step: number) => ({
    step: step + 1,
    steps: this.#plan.steps,
    epoch: this.#plan.epochAt(step),
    epochs: this.#plan.epochs,
  });

  #speed = (step: number) => ({
    images_per_second: this.#pace.imagesPerSecond,
    seconds_left: this.#pace.secondsLeft(this.#plan.steps - step - 1),
  });

  /** Learning rate of the first group. */
  #rate = (step: number) => this.#loaded.recipe.training.groups[0]!.rate * this.#rateShare(step / this.#plan.steps);

  #seconds = () => (this.#run.checkpoint?.seconds ?? 0) + (performance.now() - this.#started) / 1000;
}
