import type { SessionOptions } from "@foveajs/graph";
import { alignFace } from "../data/crops.ts";
import { faceGeometry } from "../data/five-points.ts";
import { errors } from "../errors.ts";
import type { Image } from "../image/image.ts";
import { preprocess } from "../image/preprocess.ts";
import type { ModelCard } from "../model/card.ts";
import { loadModel, type Model } from "../model/load.ts";
import { probabilitiesOf } from "../tasks/classification.ts";
import { type Detected, decodeDetections, levelsOf } from "../tasks/detections.ts";
import type { TaskSpec } from "../tasks/table.ts";
import { type Expression, type Face, type FaceOptions, type FacePipeline, facePointNames } from "./types.ts";

/** Bytes of a model's file and the name that messages give it. */
export interface ModelBytes {
  readonly name: string;
  readonly bytes: Uint8Array;
}

export interface FacePipelineOptions extends SessionOptions {
  readonly detector: ModelBytes;
  /** Absent: faces are only found. */
  readonly expression?: ModelBytes;
}

/** Faces whose crops are read in one run; more are read in turn, so that memory stays bounded in a crowd. */
const FACES_AT_ONCE = 64;
/** Size of a face by its points, in pixels, below which it shows nothing (and has no direction where it is 0). */
const LEAST_SIZE = 1;

/** Opens the pipeline that finds faces, cuts them out by their five points and reads them. */
export async function createFacePipeline({
  detector,
  expression,
  ...options
}: FacePipelineOptions): Promise<FacePipeline> {
  const opened = await Promise.allSettled([
    open(detector, "detection", options),
    expression && open(expression, "classification", options),
  ]);
  const dispose = async () => {
    await Promise.all(opened.map((result) => result.status === "fulfilled" && result.value?.model.dispose()));
  };
  const [finding, reading] = opened;
  if (finding.status === "rejected" || reading.status === "rejected") {
    await dispose();
    throw finding.status === "rejected" ? finding.reason : (reading as PromiseRejectedResult).reason;
  }
  const [finder, reader] = [finding.value, reading.value];
  const { threads } = options;
  return {
    device: `${finder.model.session.device}${threads ? `, ${threads} thread${threads === 1 ? "" : "s"}` : ""}`,
    async analyze(image, faceOptions = {}) {
      const found = await detect(finder, image, faceOptions);
      const legible = reader ? found.filter(({ points }) => faceGeometry(points).size >= LEAST_SIZE) : [];
      const expressions = new Map<Detected, Expression>();
      for (let start = 0; reader && start < legible.length; start += FACES_AT_ONCE) {
        const part = legible.slice(start, start + FACES_AT_ONCE);
        const read = await readExpressions(reader, image, part, faceOptions);
        part.forEach((face, index) => {
          expressions.set(face, read[index]!);
        });
      }
      return found.map((face) => asFace(face, expressions.get(face)));
    },
    dispose,
  };
}

/** A model with its task of one kind. */
interface Opened<Kind extends TaskSpec["kind"]> {
  readonly model: Model;
  readonly task: Extract<TaskSpec, { kind: Kind }>;
}

async function open<Kind extends TaskSpec["kind"]>(
  { name, bytes }: ModelBytes,
  kind: Kind,
  options: SessionOptions,
): Promise<Opened<Kind>> {
  const model = await loadModel(bytes, { ...options, name });
  try {
    return { model, task: taskOfKind(model.card, kind) };
  } catch (error) {
    await model.dispose();
    throw error;
  }
}

async function detect(
  { model: { card, session }, task }: Opened<"detection">,
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

async function readExpressions(
  { model, task }: Opened<"classification">,
  image: Image,
  faces: readonly Detected[],
  { signal }: FaceOptions,
): Promise<Expression[]> {
  const { alignment, preprocessing } = model.card;
  const crops = faces.map(({ points }) =>
    alignFace(image, points, {
      width: preprocessing.width,
      height: preprocessing.height,
      ...(alignment ? { framing: alignment } : {}),
    }),
  );
  const { outputs } = await model.run(crops, signal ? { signal } : {});
  const logits = outputs[task.name]!.data as Float32Array;
  return faces.map((_, index) => {
    const probabilities = probabilitiesOf(
      logits.subarray(index * task.labels.length, (index + 1) * task.labels.length),
      task,
    );
    const best = probabilities.indexOf(Math.max(...probabilities));
    return {
      label: task.labels[best]!,
      scores: Object.fromEntries(task.labels.map((label, at) => [label, probabilities[at]!])),
    };
  });
}

const asFace = ({ box, score, points }: Detected, expression: Expression | undefined): Face => ({
  box,
  score,
  points: Object.fromEntries(facePointNames.map((name, index) => [name, points[index]!])) as Face["points"],
  ...(expression ? { expression } : {}),
});

/** The first task of a kind; a detector's must tell the five points by which faces are cut out. */
function taskOfKind<Kind extends TaskSpec["kind"]>(card: ModelCard, kind: Kind): Extract<TaskSpec, { kind: Kind }> {
  const points = facePointNames.length;
  const task = card.tasks.find((candidate) => candidate.kind === kind);
  if (task && (task.kind !== "detection" || task.points === points)) return task as Extract<TaskSpec, { kind: Kind }>;
  const told = (spec: TaskSpec) => (spec.kind === "detection" ? `detection of ${spec.points} points` : spec.kind);
  throw errors["card-task"]({
    name: card.name,
    expected: kind === "detection" ? `detection of ${points} points` : kind,
    received: card.tasks.map(told).join(", "),
  });
}
