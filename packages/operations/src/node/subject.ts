import { createHash } from "node:crypto";
import { availableParallelism } from "node:os";
import { basename } from "node:path";
import { readOnnx, withoutMetadata } from "@foveajs/graph";
import {
  type BoxedFaceReader,
  createBoxedFaceReader,
  createFacePipeline,
  type FacePipeline,
  facePointNames,
  loadModel,
  type Model,
  type ModelBytes,
  pointSchemes,
  readModelCard,
  readTrainingPictures,
} from "@foveajs/vision";
import { type ModelStore, modelPath } from "../models/store.ts";
import type { BoxedReader, Finder, Reader, Subject } from "../models/subject.ts";
import { faceModels, readFaceModels, readModel } from "./face-models.ts";
import { objectFinderOf } from "./object-finder.ts";
import { taskReaderOf } from "./task-reader.ts";

/** The name that stands for the shipped face pipeline. */
const PIPELINE = "face";

/** Opens the face pipeline, a model by its name, or a model by the path of its .onnx file. */
export async function openSubject({
  models,
  name,
  threads = availableParallelism(),
}: {
  models: ModelStore;
  name: string;
  threads?: number;
}): Promise<Subject> {
  if (name === PIPELINE) return openPipeline(await readFaceModels(models), threads);
  const path = await modelPath(models, name);
  return openModel({ name: path, bytes: await readModel(path) }, threads);
}

async function openPipeline([detector, reader]: readonly [ModelBytes, ModelBytes], threads: number): Promise<Subject> {
  const opened = await openAll([
    () => loadModel(reader.bytes, { name: reader.name, threads }),
    () => createFacePipeline({ detector, threads }),
    () => createFacePipeline({ detector, reader, threads }),
    () => createBoxedFaceReader({ reader, threads }),
  ]);
  const [model, finding, reading, boxed] = opened;
  const sums = [detector, reader].map(({ bytes }, i) => `${sha256(bytes)}  ${faceModels[i]}.onnx\n`);
  return {
    name: PIPELINE,
    sha256: sha256(sums.join("")),
    trainingPictures: [detector, reader].map(listOf),
    ...taskReaderOf(model),
    finder: finderOf(finding, detector),
    reader: { ...toldOf(model), read: reading.analyze },
    boxedReader: boxedReaderOf(boxed, model),
    device: reading.device,
    dispose: () => disposeAll(opened),
  };
}

async function openModel(file: ModelBytes, threads: number): Promise<Subject> {
  const card = readModelCard(file.bytes, file.name);
  const finds = card.tasks.some((task) => task.kind === "detection" && task.points === facePointNames.length);
  const marks = card.tasks.some((task) => task.kind === "landmarks");
  const [model, finding, boxed] = await openAll([
    () => loadModel(file.bytes, { name: file.name, threads }),
    async () => (finds ? createFacePipeline({ detector: file, threads }) : undefined),
    async () => (marks ? createBoxedFaceReader({ reader: file, threads }) : undefined),
  ]);
  return {
    name: basename(file.name, ".onnx"),
    sha256: sha256(file.bytes),
    graphSha256: sha256(withoutMetadata(file.bytes)),
    trainingPictures: [listOf(file)],
    ...taskReaderOf(model),
    ...(finding ? { finder: finderOf(finding, file) } : {}),
    ...(boxed ? { boxedReader: boxedReaderOf(boxed, model) } : {}),
    ...objectFinderOf(model),
    device: `${model.session.device}, ${threads} thread${threads === 1 ? "" : "s"}`,
    dispose: () => disposeAll([model, finding, boxed]),
  };
}

/** The tasks that look at the whole face, the numbers, and the points. */
function toldOf({ card }: Model): Omit<Reader, "read"> {
  const marks = card.tasks.find((task) => task.kind === "landmarks");
  const count = marks ? pointSchemes[marks.scheme].count : 0;
  return {
    tasks: card.tasks.filter((task) => task.kind === "classification").filter(({ region }) => region === undefined),
    values: card.tasks.flatMap((task) => (task.kind === "regression" ? task.values : [])),
    pointNames: [...facePointNames, ...Array.from({ length: count }, (_, index) => String(index))],
  };
}

const boxedReaderOf = (boxed: BoxedFaceReader, model: Model): BoxedReader => ({
  ...toldOf(model),
  read: async (image, box, options) => (await boxed.read(image, [box], options))[0]!,
});

function finderOf(pipeline: FacePipeline, { name, bytes }: ModelBytes): Finder {
  const task = readModelCard(bytes, name).tasks.find(({ kind }) => kind === "detection");
  const threshold = task?.kind === "detection" ? task.threshold : Number.NaN;
  return { threshold, pointNames: facePointNames, find: pipeline.analyze };
}

/** The pictures that a model was trained on, as far as its file lists them. */
function listOf({ name, bytes }: ModelBytes): NonNullable<Subject["trainingPictures"]>[number] {
  const pictures = readTrainingPictures(readOnnx(bytes), name);
  return { model: basename(name, ".onnx"), ...(pictures === undefined ? {} : { pictures }) };
}

type Disposable = { dispose(): Promise<void> } | undefined;

/** Opens all, or none: where one fails the others are closed again. */
async function openAll<Opened extends readonly Disposable[]>(
  openers: {
    readonly [Index in keyof Opened]: () => Promise<Opened[Index]>;
  },
): Promise<Opened> {
  const settled = await Promise.allSettled(openers.map((open) => open()));
  const failed = settled.find((result) => result.status === "rejected");
  const opened = settled.map((result) => (result.status === "fulfilled" ? result.value : undefined));
  if (failed === undefined) return opened as unknown as Opened;
  await disposeAll(opened);
  throw failed.reason;
}

const disposeAll = async (opened: readonly Disposable[]): Promise<void> => {
  await Promise.all(opened.map((one) => one?.dispose()));
};

const sha256 = (data: string | Uint8Array): string => createHash("sha256").update(data).digest("hex");
