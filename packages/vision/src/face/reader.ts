import type { Tensor } from "@foveajs/graph";
import { alignFace, faceTransform } from "../data/crops.ts";
import { faceGeometry } from "../data/five-points.ts";
import { pointSchemes } from "../data/point-schemes.ts";
import { errors } from "../errors.ts";
import { applyAffine, invertAffine } from "../image/affine.ts";
import type { Image, Point } from "../image/image.ts";
import { type LoadOptions, loadModel, type Model, type ModelBytes } from "../model/load.ts";
import { type Classification, labelOf, probabilitiesOf } from "../tasks/classification.ts";
import { fiveOf, type Landmarks, pointsOf } from "../tasks/landmarks.ts";
import type { Regression } from "../tasks/regression.ts";
import type { TaskSpec } from "../tasks/table.ts";
import { eyeCrop } from "./eyes.ts";
import { derivedBy, toldBy } from "./told.ts";
import type { FaceReadings, Reading, Told } from "./types.ts";

/** Reads faces that were found, each by its five points. */
export interface FaceReader {
  readonly told: readonly Told[];
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
/** Landmarks that differ more from the detector's points than those of two detectors do have lost the face; shift is in sizes of it. */
const LOST = { ratio: 1.6, shift: 0.5 };
/** Differences, nearly those that a reader is trained with, from which a crop by the landmarks shows more of the face; turn in radians. */
const AMISS = { ratio: 1.1, shift: 0.1, turn: 0.2 };

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
  const told = toldBy(model.card);
  const derived = derivedBy(told);
  if (told.length === 0) {
    await model.dispose();
    throw errors["card-task"]({
      name: model.card.name,
      expected: "classification, regression or landmarks of a face",
      received: model.card.tasks.map(({ kind }) => kind).join(", "),
    });
  }
  return {
    told,
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
          read[index] = { ...found[at]!, ...(derived ? { derived } : {}) };
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

/** Several crops in one run: the rows of all outputs by crop. */
type Run = (crops: readonly Image[]) => Promise<readonly Rows[]>;
type Rows = Readonly<Record<string, Float32Array>>;

/** What the reader makes of a face that is cut out by five points. */
interface Look {
  readonly rows: Rows;
  readonly landmarks?: readonly Point[];
}

async function readPart(
  model: Model,
  tasks: Tasks,
  image: Image,
  detected: readonly (readonly Point[])[],
  { eyes, signal }: { eyes: boolean; signal?: AbortSignal },
): Promise<ReadFace[]> {
  const run: Run = async (crops) => rowsOf((await model.run(crops, signal ? { signal } : {})).outputs, crops.length);
  const looks = await lookAt(model, tasks, image, detected, run);
  if (tasks.landmarks) {
    // a second look at faces whose first was cut amiss, since the detector's points are coarser than the landmarks
    const { scheme } = tasks.landmarks;
    const own = looks.map(({ landmarks }) => fiveOf(landmarks!, scheme));
    const amiss = own.flatMap((five, index) => (isAmiss(five, detected[index]!) ? [index] : []));
    const cut = amiss.map((index) => own[index]!);
    const again = amiss.length > 0 ? await lookAt(model, tasks, image, cut, run) : [];
    amiss.forEach((index, at) => {
      looks[index] = again[at]!;
    });
  }
  const eyeReadings =
    eyes && tasks.landmarks && tasks.eyes.length > 0 ? await readEyes(model, tasks, image, looks, run) : [];
  return looks.map(({ rows, landmarks }, index) => ({
    ...(landmarks ? { landmarks, five: fiveOf(landmarks, tasks.landmarks!.scheme) } : {}),
    readings: Object.fromEntries(tasks.faces.map((task) => [task.name, readingOf(task, rows)])),
    values: Object.fromEntries(tasks.values.flatMap((task) => valuesOf(task, rows))),
    eyes: eyeReadings[index] ?? {},
  }));
}

async function lookAt(
  model: Model,
  { landmarks: task }: Tasks,
  image: Image,
  fives: readonly (readonly Point[])[],
  run: Run,
): Promise<Look[]> {
  const read = await run(fives.map((points) => faceCrop(model, image, points)));
  return read.map((rows, index) => ({
    rows,
    ...(task ? { landmarks: landmarksOf(model, rows[task.name]!, fives[index]!) } : {}),
  }));
}

function faceCrop({ card }: Model, image: Image, points: readonly Point[]): Image {
  const { width, height } = card.preprocessing;
  return alignFace(image, points, { width, height, ...(card.alignment ? { framing: card.alignment } : {}) });
}

/** Landmarks in pixels of the picture, from outputs that are shares of the part of the crop that is shown. */
function landmarksOf(
  { card: { preprocessing, alignment } }: Model,
  row: Float32Array,
  five: readonly Point[],
): Point[] {
  const { width, height, crop: shown = { width, height } } = preprocessing;
  const [left, top] = [(width - shown.width) / 2, (height - shown.height) / 2];
  const toCrop = faceTransform(five, { width, height, ...(alignment ? { framing: alignment } : {}) });
  const inCrop = pointsOf(row, shown).map(([x, y]): Point => [x + left, y + top]);
  return applyAffine(invertAffine(toCrop), inCrop);
}

/** Whether a face looks otherwise when cut out by its landmarks, and these have not lost the face that was detected. */
function isAmiss(five: readonly Point[], detected: readonly Point[]): boolean {
  const [own, other] = [faceGeometry(five), faceGeometry(detected)];
  const shift = Math.hypot(own.middle[0] - other.middle[0], own.middle[1] - other.middle[1]) / other.size;
  const ratio = Math.max(own.size / other.size, other.size / own.size);
  const turn = Math.abs(Math.atan2(Math.sin(own.roll - other.roll), Math.cos(own.roll - other.roll)));
  const isLost = shift > LOST.shift || ratio > LOST.ratio || own.size < LEAST_SIZE;
  return !isLost && (shift > AMISS.shift || ratio > AMISS.ratio || turn > AMISS.turn);
}

async function readEyes(
  { card }: Model,
  tasks: Tasks,
  image: Image,
  looks: readonly Look[],
  run: Run,
): Promise<FaceReadings["eyes"][]> {
  const { five } = pointSchemes[tasks.landmarks!.scheme];
  const side = Math.max(card.preprocessing.width, card.preprocessing.height);
  const eyesOf = ({ landmarks }: Look) =>
    five.slice(0, 2).map((eye: readonly number[]) => eye.map((index) => landmarks![index]!));
  const isSeen = (look: Look) =>
    eyesOf(look).every((eye) => Math.hypot(eye[3]![0] - eye[0]![0], eye[3]![1] - eye[0]![1]) >= LEAST_EYE);
  const seen = looks.filter(isSeen);
  if (seen.length === 0) return looks.map(() => ({}));
  const rows = await run(seen.flatMap((look) => eyesOf(look).map((eye) => eyeCrop(image, eye, side))));
  const read = seen.map((_, index) =>
    Object.fromEntries(
      tasks.eyes.map((task) => [
        task.name,
        { left: readingOf(task, rows[2 * index]!), right: readingOf(task, rows[2 * index + 1]!) },
      ]),
    ),
  );
  return looks.map((look) => read[seen.indexOf(look)] ?? {});
}

function readingOf(task: Classification, rows: Rows): Reading {
  const probabilities = probabilitiesOf(rows[task.name]!, task);
  return {
    label: labelOf(probabilities, task),
    scores: Object.fromEntries(task.labels.map((label, at) => [label, probabilities[at]!])),
  };
}

const valuesOf = ({ name, values }: Regression, rows: Rows) =>
  values.map((value, at) => [value, rows[name]![at]!] as const);

function rowsOf(outputs: Readonly<Record<string, Tensor>>, count: number): Rows[] {
  const rowOf = ({ data }: Tensor, index: number) => {
    const width = data.length / count;
    return (data as Float32Array).subarray(index * width, (index + 1) * width);
  };
  return Array.from({ length: count }, (_, index) =>
    Object.fromEntries(Object.entries(outputs).map(([name, tensor]) => [name, rowOf(tensor, index)])),
  );
}
