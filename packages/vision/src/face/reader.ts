import type { Tensor } from "@foveajs/graph";
import { alignFace, faceTransform } from "../data/crops.ts";
import { faceGeometry } from "../data/five-points.ts";
import { pointSchemes } from "../data/point-schemes.ts";
import { errors } from "../errors.ts";
import { applyAffine, invertAffine } from "../image/affine.ts";
import type { Image, Point } from "../image/image.ts";
import { type LoadOptions, loadModel, type Model, type ModelBytes } from "../model/load.ts";
import { type Classification, probabilitiesOf } from "../tasks/classification.ts";
import { fiveOf, type Landmarks, pointsOf } from "../tasks/landmarks.ts";
import type { Regression } from "../tasks/regression.ts";
import type { TaskSpec } from "../tasks/table.ts";
import { eyeCrop } from "./eyes.ts";
import type { FaceReadings, Reading } from "./types.ts";

/** Reads faces that were found, each by its five points. */
export interface FaceReader {
  readonly tells: readonly string[];
  /** Readings and the five points as the landmarks have them, of each face; nothing of one whose points say nothing. */
  read(
    image: Image,
    faces: readonly (readonly Point[])[],
    options: { readonly eyes: boolean; readonly signal?: AbortSignal },
  ): Promise<readonly (ReadFace | undefined)[]>;
  dispose(): Promise<void>;
}

export interface ReadFace extends FaceReadings {
  /** The five points by the landmarks; absent where the reader has none. */
  readonly five?: readonly Point[];
}

/** Crops that are read in one run; more are read in turn, so that memory stays bounded in a crowd. */
const CROPS_AT_ONCE = 64;
/** Size of a face by its points, in pixels, below which it shows nothing (and has no direction where it is 0). */
const LEAST_SIZE = 1;
/** Width of an eye from corner to corner, in pixels, below which its lids cannot be seen. */
const LEAST_EYE = 8;
/** A face is cut out again by its landmarks only where these agree with the detector's points about as well as two detectors do. */
const AGREEMENT = { size: 1.6, shift: 0.5 };

/** The tasks of a reader, by what becomes of them. */
interface Tasks {
  readonly faces: readonly Classification[];
  readonly eyes: readonly Classification[];
  readonly values: readonly Regression[];
  readonly landmarks: Landmarks | undefined;
}

export async function openReader({ name, bytes }: ModelBytes, options: LoadOptions): Promise<FaceReader> {
  const model = await loadModel(bytes, { ...options, name });
  const tasks = tasksOf(model.card.tasks);
  const tells = [
    ...tasks.faces.map((task) => task.name),
    ...tasks.values.flatMap(({ values }) => values),
    ...(tasks.landmarks ? ["landmarks"] : []),
    ...tasks.eyes.map((task) => task.name),
  ];
  if (tells.length === 0) {
    await model.dispose();
    throw errors["card-task"]({
      name: model.card.name,
      expected: "classification, regression or landmarks of a face",
      received: model.card.tasks.map(({ kind }) => kind).join(", "),
    });
  }
  return {
    tells,
    async read(image, faces, { eyes, signal }) {
      const legible = faces.flatMap((points, index) => (faceGeometry(points).size >= LEAST_SIZE ? [index] : []));
      const read = new Array<ReadFace | undefined>(faces.length).fill(undefined);
      for (let start = 0; start < legible.length; start += CROPS_AT_ONCE) {
        const part = legible.slice(start, start + CROPS_AT_ONCE);
        const found = await readPart(
          model,
          tasks,
          image,
          part.map((index) => faces[index]!),
          { eyes, ...(signal ? { signal } : {}) },
        );
        part.forEach((index, at) => {
          read[index] = found[at]!;
        });
      }
      return read;
    },
    dispose: () => model.dispose(),
  };
}

function tasksOf(tasks: readonly TaskSpec[]): Tasks {
  const classifications = tasks.filter((task) => task.kind === "classification");
  return {
    faces: classifications.filter(({ region }) => region === undefined),
    eyes: classifications.filter(({ region }) => region === "eye"),
    values: tasks.filter((task) => task.kind === "regression"),
    landmarks: tasks.find((task) => task.kind === "landmarks"),
  };
}

async function readPart(
  model: Model,
  tasks: Tasks,
  image: Image,
  detected: readonly (readonly Point[])[],
  { eyes, signal }: { eyes: boolean; signal?: AbortSignal },
): Promise<ReadFace[]> {
  const run = (crops: readonly Image[]) => model.run(crops, signal ? { signal } : {});
  let five = detected;
  let { outputs } = await run(five.map((points) => faceCrop(model, image, points)));
  let landmarks = tasks.landmarks && landmarksOf(model, tasks.landmarks, outputs, five);
  if (tasks.landmarks && landmarks) {
    // a second look, cut out by the points of the first: the detector's own are coarser
    const { scheme } = tasks.landmarks;
    five = landmarks.map((points, index) => agreed(fiveOf(points, scheme), detected[index]!));
    ({ outputs } = await run(five.map((points) => faceCrop(model, image, points))));
    landmarks = landmarksOf(model, tasks.landmarks, outputs, five);
  }
  const eyeReadings =
    eyes && landmarks && tasks.eyes.length > 0 ? await readEyes(model, tasks, image, landmarks, run) : [];
  return five.map((_, index) => {
    const points = landmarks?.[index];
    return {
      ...(points ? { landmarks: points, five: fiveOf(points, tasks.landmarks!.scheme) } : {}),
      readings: Object.fromEntries(tasks.faces.map((task) => [task.name, readingOf(task, outputs, index)])),
      values: Object.fromEntries(tasks.values.flatMap((task) => valuesOf(task, outputs, index))),
      eyes: eyeReadings[index] ?? {},
    };
  });
}

function faceCrop({ card }: Model, image: Image, points: readonly Point[]): Image {
  const { width, height } = card.preprocessing;
  return alignFace(image, points, { width, height, ...(card.alignment ? { framing: card.alignment } : {}) });
}

/** Landmarks of each face in pixels of the picture, from outputs that are shares of the part of the crop that is shown. */
function landmarksOf(
  { card: { preprocessing, alignment } }: Model,
  task: Landmarks,
  outputs: Readonly<Record<string, Tensor>>,
  five: readonly (readonly Point[])[],
): Point[][] {
  const { width, height, crop: shown = { width, height } } = preprocessing;
  const [left, top] = [(width - shown.width) / 2, (height - shown.height) / 2];
  return five.map((points, index) => {
    const toCrop = faceTransform(points, { width, height, ...(alignment ? { framing: alignment } : {}) });
    const inCrop = pointsOf(rowOf(outputs, task.name, index), shown).map(([x, y]): Point => [x + left, y + top]);
    return applyAffine(invertAffine(toCrop), inCrop);
  });
}

/** The five points of the landmarks, or the detector's where the two disagree so much that one has lost the face. */
function agreed(five: readonly Point[], detected: readonly Point[]): readonly Point[] {
  const [own, other] = [faceGeometry(five), faceGeometry(detected)];
  const shift = Math.hypot(own.middle[0] - other.middle[0], own.middle[1] - other.middle[1]) / other.size;
  const ratio = own.size / other.size;
  const isNear = shift < AGREEMENT.shift && ratio < AGREEMENT.size && ratio > 1 / AGREEMENT.size;
  return isNear && own.size >= LEAST_SIZE ? five : detected;
}

async function readEyes(
  { card }: Model,
  tasks: Tasks,
  image: Image,
  landmarks: readonly (readonly Point[])[],
  run: (crops: readonly Image[]) => ReturnType<Model["run"]>,
): Promise<FaceReadings["eyes"][]> {
  const { five } = pointSchemes[tasks.landmarks!.scheme];
  const side = Math.max(card.preprocessing.width, card.preprocessing.height);
  const eyesOf = (points: readonly Point[]) =>
    five.slice(0, 2).map((eye: readonly number[]) => eye.map((index) => points[index]!));
  const isSeen = (points: readonly Point[]) =>
    eyesOf(points).every((eye) => Math.hypot(eye[3]![0] - eye[0]![0], eye[3]![1] - eye[0]![1]) >= LEAST_EYE);
  const seen = landmarks.filter(isSeen);
  if (seen.length === 0) return landmarks.map(() => ({}));
  const { outputs } = await run(seen.flatMap((points) => eyesOf(points).map((eye) => eyeCrop(image, eye, side))));
  const read = seen.map((_, index) =>
    Object.fromEntries(
      tasks.eyes.map((task) => [
        task.name,
        { left: readingOf(task, outputs, 2 * index), right: readingOf(task, outputs, 2 * index + 1) },
      ]),
    ),
  );
  return landmarks.map((points) => read[seen.indexOf(points)] ?? {});
}

function readingOf(task: Classification, outputs: Readonly<Record<string, Tensor>>, index: number): Reading {
  const probabilities = probabilitiesOf(rowOf(outputs, task.name, index), task);
  return {
    label: task.labels[probabilities.indexOf(Math.max(...probabilities))]!,
    scores: Object.fromEntries(task.labels.map((label, at) => [label, probabilities[at]!])),
  };
}

const valuesOf = ({ name, values }: Regression, outputs: Readonly<Record<string, Tensor>>, index: number) => {
  const row = rowOf(outputs, name, index);
  return values.map((value, at) => [value, row[at]!] as const);
};

function rowOf(outputs: Readonly<Record<string, Tensor>>, name: string, index: number): Float32Array {
  const { data, shape } = outputs[name]!;
  const width = data.length / shape[0]!;
  return (data as Float32Array).subarray(index * width, (index + 1) * width);
}
