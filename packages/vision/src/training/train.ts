import { availableParallelism } from "node:os";
import { join } from "node:path";
import { schedules } from "@foveajs/graph";
import { errors } from "../errors.ts";
import { createModel } from "../model/network.ts";
import type { Measures, TrainingEvent } from "./events.ts";
import { createLoader } from "./loader.ts";
import type { Measurers } from "./measure.ts";
import { createPace } from "./pace.ts";
import { planOf } from "./plan.ts";
import { type LoadedRecipe, readRecipe } from "./recipe.ts";
import { openRun, type RunFolder } from "./run-folder.ts";
import { ship } from "./ship.ts";
import { openSource, type Source } from "./source.ts";
import { createStepper, networkOf, type Stepper } from "./stepper.ts";
import { validate } from "./validate.ts";

export interface TrainOptions {
  /** Path of the recipe. */
  readonly recipe: string;
  /** Folder of the run; runs/NAME unless told. */
  readonly run?: string;
  readonly start: "auto" | "resume" | "fresh";
  /** Threads inside an operator; all cores unless told. The same number gives the same weights, bit for bit. */
  readonly threads?: number;
  readonly signal: AbortSignal;
  /** Where the folders of data sets are looked for, in order. */
  readonly dataFolders: readonly string[];
  readonly measurers: Measurers;
}

/** A checkpoint is written at the end of every epoch and when this much time has passed. */
const CHECKPOINT_SECONDS = 60;

/** Runs a training and tells how it goes. A stop by the signal saves the state first; the same call then goes on from it. */
export async function* train(options: TrainOptions): AsyncGenerator<TrainingEvent> {
  const { start, signal, dataFolders, threads = availableParallelism() } = options;
  const loaded = await readRecipe(options.recipe);
  const run = await openRun(options.run ?? join("runs", loaded.recipe.name), loaded, { start, threads });
  const source = await openSource(loaded.recipe, dataFolders);
  for await (const event of new Training(loaded, run, source, { ...options, threads, signal }).events()) {
    await run.log(event);
    yield event;
  }
}

/** One training from its first step, or the one where it stopped, to its model. */
class Training {
  readonly #loaded: LoadedRecipe;
  readonly #run: RunFolder;
  readonly #source: Source;
  readonly #options: TrainOptions & { readonly threads: number };
  #metrics: Measures;
  #secondsBefore: number;
  readonly #started = performance.now();

  constructor(loaded: LoadedRecipe, run: RunFolder, source: Source, options: TrainOptions & { readonly threads: number }) {
    this.#loaded = loaded;
    this.#run = run;
    this.#source = source;
    this.#options = options;
    this.#metrics = run.checkpoint?.metrics ?? {};
    this.#secondsBefore = run.checkpoint?.seconds ?? 0;
  }

  async *events(): AsyncGenerator<TrainingEvent> {
    const { recipe } = this.#loaded;
    const { threads, dataFolders, signal } = this.#options;
    const plan = planOf(recipe, this.#source.samplesPerEpoch);
    const { graph: model, parameters } = createModel(networkOf(recipe), recipe.preprocessing);
    const first = this.#run.checkpoint?.step ?? 0;
    const counts = (split: string) => this.#source.datasets.reduce((sum, { samples }) => sum + samples.filter((sample) => sample.split === split).length, 0);
    yield {
      type: "start",
      run: this.#run.path,
      step: first,
      steps: plan.steps,
      epoch: plan.epochAt(Math.min(first, plan.steps - 1)),
      epochs: plan.epochs,
      parameters: parameters.reduce((sum, { name }) => sum + (model.initializers.get(name)!.data as Float32Array).length, 0),
      samples: { train: this.#source.samplesPerEpoch, valid: counts("valid") },
      device: `cpu, ${threads} thread${threads === 1 ? "" : "s"}`,
      seed: recipe.seed,
    };
    const loader = createLoader(recipe, plan, { dataFolders, first });
    const rateShare = schedules[recipe.training.schedule.name](recipe.training.schedule);
    const pace = createPace(plan.batch, () => performance.now());
    let state = this.#run.checkpoint?.state;
    let stepper: Stepper | undefined;
    let lastSave = performance.now();
    let epoch = { loss: 0, losses: new Map<string, number>(), steps: 0, started: performance.now() };
    try {
      for (let step = first; step < plan.steps; step++) {
        const size = plan.sizeAt(step);
        if (!stepper || size.width !== plan.sizeAt(step - 1).width || size.height !== plan.sizeAt(step - 1).height) {
          state = stepper ? await stepper.state() : state;
          await stepper?.dispose();
          stepper = await createStepper(recipe, { size, threads, state });
        }
        const share = rateShare(step / plan.steps);
        const result = await stepper.step(await loader.batch(step), share);
        pace.tick();
        const rate = recipe.training.groups[0]!.rate * share;
        if (!Number.isFinite(result.loss)) throw errors["training-diverged"]({ step: step + 1, loss: result.loss, norm: result.gradientNorm, rate });
        epoch.loss += result.loss;
        epoch.steps++;
        for (const [task, loss] of Object.entries(result.losses)) epoch.losses.set(task, (epoch.losses.get(task) ?? 0) + loss);
        const place = { step: step + 1, steps: plan.steps, epoch: plan.epochAt(step), epochs: plan.epochs };
        const speed = { images_per_second: pace.imagesPerSecond, seconds_left: pace.secondsLeft(plan.steps - step - 1) };
        yield { type: "step", ...place, loss: result.loss, losses: result.losses, learning_rate: rate, ...speed };
        const ends = plan.endsEpoch(step);
        if (ends) {
          const mustValidate = place.epoch % recipe.training.validate_every === 0 || place.step === plan.steps;
          const current = await stepper.state();
          const metrics = mustValidate ? (await this.#validate(stepper.modelOf(model, current))).metrics : {};
          if (mustValidate) this.#metrics = metrics;
          const losses = Object.fromEntries([...epoch.losses].map(([task, sum]) => [task, sum / epoch.steps]));
          yield { type: "epoch", ...place, loss: epoch.loss / epoch.steps, losses, metrics, ...speed, seconds: (performance.now() - epoch.started) / 1000 };
          epoch = { loss: 0, losses: new Map(), steps: 0, started: performance.now() };
        }
        if (ends || signal.aborted || performance.now() - lastSave > CHECKPOINT_SECONDS * 1000) {
          lastSave = performance.now();
          yield { type: "checkpoint", step: step + 1, path: await this.#save(step + 1, await stepper.state()) };
        }
        if (signal.aborted && step + 1 < plan.steps) throw errors["training-stopped"]({ step: step + 1, steps: plan.steps, run: this.#run.path });
      }
      stepper ??= await createStepper(recipe, { size: plan.sizeAt(plan.steps - 1), threads, state });
      yield await this.#finish(stepper.modelOf(model, await stepper.state()), plan.steps);
    } finally {
      await Promise.all([loader.dispose(), stepper?.dispose()]);
    }
  }

  #validate(graph: Parameters<typeof validate>[0]) {
    return validate(graph, this.#loaded.recipe, this.#source.datasets, this.#options.measurers, this.#options.threads);
  }

  #seconds(): number {
    return this.#secondsBefore + (performance.now() - this.#started) / 1000;
  }

  #save(step: number, state: ReadonlyMap<string, Float32Array>): Promise<string> {
    const { sha256: recipe } = this.#loaded;
    return this.#run.save({ step, seconds: this.#seconds(), recipe, threads: this.#options.threads, metrics: this.#metrics, state });
  }

  async #finish(graph: Parameters<typeof validate>[0], step: number): Promise<TrainingEvent> {
    const { recipe } = this.#loaded;
    const { bytes, sha256, metrics } = await ship(graph, this.#loaded, this.#source.datasets, await this.#validate(graph), this.#options.measurers);
    const path = await this.#run.write(`${recipe.name}.onnx`, bytes);
    await this.#run.write("metrics.json", `${JSON.stringify(metrics, null, 2)}\n`);
    return { type: "done", step, seconds: this.#seconds(), model: path, sha256, metrics };
  }
}
