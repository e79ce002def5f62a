import { errors } from "../errors.ts";
import type { Image, Point } from "../image/image.ts";
import { preprocess } from "../image/preprocess.ts";
import type { ModelCard } from "../model/card.ts";
import { type LoadOptions, loadModel, type Model, type ModelBytes } from "../model/load.ts";
import type { Detection } from "../tasks/detection-spec.ts";
import { type Detected, decodeDetections, levelsOf } from "../tasks/detections.ts";
import { openReader, type ReadFace } from "./reader.ts";
import { type Face, type FaceOptions, type FacePipeline, facePointNames } from "./types.ts";

export interface FacePipelineOptions extends LoadOptions {
  readonly detector: ModelBytes;
  /** Reads each face that was found; absent: faces are only found. */
  readonly reader?: ModelBytes;
}

/** Opens the pipeline that finds faces, cuts them out by their five points and reads them. */
export async function createFacePipeline({ detector, reader, ...options }: FacePipelineOptions): Promise<FacePipeline> {
  const [finding, reading] = await Promise.allSettled([
    openDetector(detector, options),
    reader && openReader(reader, options),
  ]);
  const dispose = async () => {
    await Promise.all([
      finding.status === "fulfilled" && finding.value.model.dispose(),
      reading.status === "fulfilled" && reading.value?.dispose(),
    ]);
  };
  if (finding.status === "rejected" || reading.status === "rejected") {
    await dispose();
    throw finding.status === "rejected" ? finding.reason : (reading as PromiseRejectedResult).reason;
  }
  const [finder, faceReader] = [finding.value, reading.value];
  const { threads } = options;
  return {
    device: `${finder.model.session.device}${threads ? `, ${threads} thread${threads === 1 ? "" : "s"}` : ""}`,
    told: faceReader?.told ?? [],
    async analyze(image, faceOptions = {}) {
      const found = await detect(finder, image, faceOptions);
      const { eyes = true, signal } = faceOptions;
      const read = await faceReader?.read(
        image,
        found.map(({ points }) => points),
        { eyes, ...(signal ? { signal } : {}) },
      );
      return found.map((face, index) => asFace(face, read?.[index]));
    },
    dispose,
  };
}

/** A model with its task of detection, which tells the five points by which faces are cut out. */
interface Detector {
  readonly model: Model;
  readonly task: Detection;
}

async function openDetector({ name, bytes }: ModelBytes, options: LoadOptions): Promise<Detector> {
  const model = await loadModel(bytes, { ...options, name });
  try {
    return { model, task: detectionOf(model.card) };
  } catch (error) {
    await model.dispose();
    throw error;
  }
}

function detectionOf({ name, tasks }: ModelCard): Detection {
  const points = facePointNames.length;
  const task = tasks.find(({ kind }) => kind === "detection");
  if (task?.kind === "detection" && task.points === points) return task;
  const received = tasks.map((spec) => (spec.kind === "detection" ? `detection of ${spec.points} points` : spec.kind));
  throw errors["card-task"]({ name, expected: `detection of ${points} points`, received: received.join(", ") });
}

async function detect(
  { model: { card, session }, task }: Detector,
  image: Image,
  { threshold, maxSide, signal }: FaceOptions,
): Promise<readonly Detected[]> {
  const spec = maxSide === undefined ? card.preprocessing : { ...card.preprocessing, width: maxSide, height: maxSide };
  const { data, shape, toImage } = preprocess(image, spec);
  const outputs = await session.run(
    { image: { dtype: "float32", shape: [1, ...shape], data } },
    { transfer: true, ...(signal ? { signal } : {}) },
  );
  return decodeDetections(levelsOf(outputs, task), task, {
    toImage,
    ...(threshold === undefined ? {} : { threshold }),
  });
}

function asFace({ box, score, points }: Detected, read: ReadFace | undefined): Face {
  const { five = points, ...readings } = read ?? { readings: {}, values: {}, eyes: {} };
  const named = Object.fromEntries(facePointNames.map((name, index) => [name, five[index] as Point]));
  return { box, score, points: named as Face["points"], ...readings };
}
