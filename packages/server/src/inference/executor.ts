import { basename } from "node:path";
import { asFoveaError, type FoveaError } from "@foveajs/errors";
import {
  type Analysis,
  type Context,
  createNodeContext,
  type Face,
  type FacePipeline,
  type FaceResult,
  type Image,
  nodeParts,
  type OpenModel,
  type OpenSession,
  openFaceFinder,
  openModel,
  operations,
  overlaySvg,
  type Parts,
  renderOverlay,
  runOperation,
} from "@foveajs/operations";
import type { Remote } from "../config/config.ts";
import { errors } from "../errors.ts";
import { openRemoteSession } from "../protocol/remote-session.ts";
import { runJoined } from "./infer-batch.ts";
import type { AnalyzeAnswer, AnalyzeJob, Answer, CheckJob, InferJob, Job, PredictJob, Stages } from "./jobs.ts";
import type { WorkerSetup } from "./messages.ts";
import { createRemotes } from "./remotes.ts";

/** What becomes of one job of a batch. */
export type Outcome = { readonly answer: Answer; readonly stages: Stages } | { readonly error: FoveaError };

/** Runs jobs in this thread; models are opened once and stay. */
export interface Executor {
  /** Opens the face pipeline, as far as there is one. */
  warm(): Promise<void>;
  /** Jobs of one batch key; `told` hears each as soon as it is done. */
  execute(jobs: readonly Entry[], told: (index: number, outcome: Outcome) => void): Promise<void>;
  dispose(): Promise<void>;
}

export interface Entry {
  readonly job: Job;
  readonly signal: AbortSignal;
}

const analyze = operations[0];

/** Models that the face pipeline runs, by name. */
const faceModels = ["face-detector", "face-reader"] as const;

export function createExecutor(
  setup: Omit<WorkerSetup, "warm">,
  { parts = nodeParts }: { parts?: Parts } = {},
): Executor {
  const context = createNodeContext({ parts, signal: new AbortController().signal, progress: () => {} });
  const models = context.models(setup.models);
  const { threads } = setup;
  const findRemote = createRemotes(setup, { models, readCard: parts.readCard });
  const places = new Map<string, Remote>();
  const openSession: OpenSession = ({ name }) => {
    const model = basename(name, ".onnx");
    const remote = places.get(model);
    return remote && Promise.resolve(openRemoteSession(model, remote));
  };
  /** Settles where models run before they are opened: opening one cannot wait for it. */
  const settle = async (names: readonly string[]) => {
    for (const name of names) {
      const remote = await findRemote(name);
      if (remote) places.set(name, remote);
      else places.delete(name);
    }
  };
  const opened = new Map<string, Promise<{ dispose(): Promise<void> }>>();
  /** What failed to open is tried again by the next who asks: a file may have been put right. */
  const once = <Thing extends { dispose(): Promise<void> }>(
    key: string,
    open: () => Promise<Thing>,
  ): Promise<Thing> => {
    const known = opened.get(key) as Promise<Thing> | undefined;
    if (known) return known;
    const opening = open();
    opened.set(key, opening);
    opening.catch(() => opened.delete(key));
    return opening;
  };
  const pipelineOf = (kind: AnalyzeJob["kind"]): Promise<FacePipeline> =>
    once(kind, async () => {
      const [detector] = faceModels;
      await settle(kind === "detect" ? [detector] : faceModels);
      const options = { models, threads, openSession };
      return kind === "detect" ? openFaceFinder(options) : parts.createFacePipeline(options);
    });
  const modelOf = (name: string): Promise<OpenModel> =>
    once(`model ${name}`, async () => {
      await settle([name]);
      return openModel({ models, name, threads, openSession });
    });
  const decode = (bytes: Uint8Array, name: string) => parts.decodeImage(bytes, { name, maxPixels: setup.pixels });

  const check = async ({ bytes, name }: CheckJob) => {
    const start = performance.now();
    const { width, height } = await decode(bytes, name);
    return { answer: { width, height }, stages: { decode: performance.now() - start } };
  };
  const runAnalyze = (job: AnalyzeJob, signal: AbortSignal) =>
    analyzeOne(job, { signal, parts, context, decode, faces: setup.faces, pipeline: () => pipelineOf(job.kind) });

  return {
    async warm() {
      // without a reader faces can still be found
      await Promise.allSettled([pipelineOf("analyze"), pipelineOf("detect")]);
    },
    async execute(entries, told) {
      const [first] = entries;
      if (first?.job.kind === "predict") return runPredictions(entries, { told, decode, modelOf });
      if (first?.job.kind === "infer") return runInference(entries, { told, modelOf });
      await Promise.all(
        entries.map(async ({ job, signal }, index) =>
          told(
            index,
            await outcomeOf(() => (job.kind === "check" ? check(job) : runAnalyze(job as AnalyzeJob, signal))),
          ),
        ),
      );
    },
    async dispose() {
      await Promise.allSettled([...opened.values()].map(async (opening) => (await opening).dispose()));
    },
  };
}

interface Surroundings {
  readonly signal: AbortSignal;
  readonly parts: Parts;
  readonly context: Context;
  readonly decode: (bytes: Uint8Array, name: string) => Promise<Image>;
  readonly faces: number;
  readonly pipeline: () => Promise<FacePipeline>;
}

/** The operation `analyze` on bytes in memory, by models that stay open. */
async function analyzeOne(job: AnalyzeJob, { signal, parts, context, decode, faces: most, pipeline }: Surroundings) {
  const stages: { decode?: number; inference?: number; render?: number } = {};
  let drawn: { image: Image; faces: readonly Face[] } | undefined;
  let failure: unknown;
  const measured = async <Result>(stage: keyof typeof stages, run: () => Promise<Result>) => {
    const start = performance.now();
    const result = await run();
    stages[stage] = performance.now() - start;
    return result;
  };
  const own: Context = {
    ...context,
    signal,
    stdin: once(job.bytes),
    onFailure: (thrown) => {
      failure = thrown;
    },
    parts: {
      ...parts,
      decodeImage: (bytes) => measured("decode", () => decode(bytes, job.name)),
      async createFacePipeline() {
        const resident = await pipeline();
        return {
          ...resident,
          async analyze(image, options) {
            const faces = await measured("inference", () => resident.analyze(image, options));
            if (faces.length > most)
              throw errors["too-many-faces"]({ limit: most, received: faces.length, file: job.name });
            drawn = { image, faces };
            return faces;
          },
          dispose: async () => {},
        };
      },
    },
  };
  for await (const result of runOperation(analyze, { files: ["-"], ...job.input }, own)) {
    if (typeof result === "object" && result !== null && "error" in result) throw failure;
    const analysis = { ...(result as Analysis), file: job.name };
    const answer: AnalyzeAnswer = {
      analysis: { ...analysis, faces: analysis.faces.map((face) => withoutReadings(face, job.withheld)) },
    };
    if (job.overlay === undefined || drawn === undefined) return { answer, stages };
    const { image, faces } = drawn;
    const overlay = await measured("render", () => draw(image, faces, job, parts));
    return { answer: { ...answer, overlay }, stages };
  }
  throw errors["bad-request"]({ where: job.name, expected: "a picture", received: "nothing" });
}

async function draw(image: Image, faces: readonly Face[], job: AnalyzeJob, parts: Parts): Promise<Uint8Array> {
  const only = job.input.only?.split(",").map((name) => name.trim());
  const isTold = (name: string) => !job.withheld.includes(name) && (only?.includes(name) ?? true);
  const told = <Value>(record: Readonly<Record<string, Value>>) =>
    Object.fromEntries(Object.entries(record).filter(([name]) => isTold(name)));
  const shown = faces.map(
    ({ landmarks, ...face }): Face => ({
      ...face,
      readings: told(face.readings),
      values: told(face.values),
      eyes: told(face.eyes),
      ...(landmarks && isTold("landmarks") ? { landmarks } : {}),
    }),
  );
  const { width, height } = image;
  return parts.encodeImage(await renderOverlay(image, overlaySvg({ width, height, faces: shown })), {
    format: job.overlay!,
  });
}

/** A face that tells neither these readings nor what they were worked out from. */
function withoutReadings(face: FaceResult, names: readonly string[]): FaceResult {
  const { derived = {}, ...told } = without(face, names);
  const origins = without(derived, names);
  return { ...told, ...(Object.keys(origins).length > 0 ? { derived: origins } : {}) } as FaceResult;
}

const without = <Value extends object>(value: Value, names: readonly string[]): Value =>
  Object.fromEntries(Object.entries(value).filter(([name]) => !names.includes(name))) as Value;

async function* once(bytes: Uint8Array): AsyncIterable<Uint8Array> {
  yield bytes;
}

async function outcomeOf(run: () => Promise<{ answer: Answer; stages: Stages }>): Promise<Outcome> {
  try {
    return await run();
  } catch (thrown) {
    return { error: asFoveaError(thrown) };
  }
}

type Told = (index: number, outcome: Outcome) => void;

async function runPredictions(
  entries: readonly Entry[],
  {
    told,
    decode,
    modelOf,
  }: { told: Told; decode: Surroundings["decode"]; modelOf: (name: string) => Promise<OpenModel> },
): Promise<void> {
  const pictures = await Promise.all(
    entries.map(async ({ job, signal }, index) => {
      const { bytes, name } = job as PredictJob;
      const start = performance.now();
      try {
        signal.throwIfAborted();
        return [{ index, image: await decode(bytes, name), decodeMs: performance.now() - start }];
      } catch (thrown) {
        told(index, { error: asFoveaError(thrown) });
        return [];
      }
    }),
  );
  const ready = pictures.flat();
  if (ready.length === 0) return;
  const start = performance.now();
  try {
    const model = await modelOf((entries[0]!.job as PredictJob).model);
    const predictions = await model.predict(ready.map(({ image }) => image));
    const inference = performance.now() - start;
    for (const [at, { index, image, decodeMs }] of ready.entries()) {
      const { width, height } = image;
      told(index, { answer: { width, height, prediction: predictions[at]! }, stages: { decode: decodeMs, inference } });
    }
  } catch (thrown) {
    for (const { index } of ready) told(index, { error: asFoveaError(thrown) });
  }
}

async function runInference(
  entries: readonly Entry[],
  { told, modelOf }: { told: Told; modelOf: (name: string) => Promise<OpenModel> },
): Promise<void> {
  const start = performance.now();
  try {
    const { run, isBatched } = await modelOf((entries[0]!.job as InferJob).model);
    const results = await runJoined(
      entries.map(({ job }) => (job as InferJob).feeds),
      { run, isBatched },
    );
    const inference = performance.now() - start;
    for (const [index, result] of results.entries()) {
      if (result.status === "fulfilled") told(index, { answer: { outputs: result.value }, stages: { inference } });
      else told(index, { error: asFoveaError(result.reason) });
    }
  } catch (thrown) {
    for (const index of entries.keys()) told(index, { error: asFoveaError(thrown) });
  }
}
