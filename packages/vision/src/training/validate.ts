import { createSession, type Graph, type Session } from "@foveajs/graph";
import type { Dataset, Sample } from "../data/types.ts";
import { preprocess } from "../image/preprocess.ts";
import { taskOf } from "../model/network.ts";
import type { Classification } from "../tasks/classification.ts";
import type { Detection } from "../tasks/detection-spec.ts";
import { decodeDetections, levelsOf } from "../tasks/detections.ts";
import type { Measures } from "./events.ts";
import type { ClassifiedSamples, DetectedSample, Measurers } from "./measure.ts";
import type { Recipe } from "./recipe.ts";

/** Detections below this score change no metric that is reported. */
const LOWEST_SCORE = 0.02;
const BATCH = 64;

export interface Validation {
  readonly metrics: Measures;
  /** Logits and targets of classification tasks, for the temperature. */
  readonly classified: ReadonlyMap<string, ClassifiedSamples>;
}

/** Runs the model on every validation sample, exactly as it will be served, and measures each task. */
export async function validate(
  graph: Graph,
  recipe: Recipe,
  datasets: readonly Dataset[],
  measurers: Measurers,
  threads: number,
): Promise<Validation> {
  const samples = datasets.flatMap((dataset) =>
    dataset.samples.filter(({ split }) => split === "valid").map((sample) => ({ dataset, sample })),
  );
  const session = await createSession(graph, { threads });
  const metrics: Record<string, number> = {};
  const classified = new Map<string, ClassifiedSamples>();
  try {
    for (const task of recipe.model.tasks) {
      const labelled = samples.filter(({ sample }) => sample.labels[task.name] !== undefined);
      if (labelled.length === 0) continue;
      const measured =
        task.kind === "classification"
          ? measurers.classification(remember(classified, task, await classify(session, recipe, task, labelled)))
          : measurers.detection(await detect(session, recipe, task, labelled), task.threshold);
      // what these samples do not define (NaN) is left out, it is no result
      for (const [name, value] of Object.entries(measured))
        if (Number.isFinite(value)) metrics[`${task.name}/${name}`] = value;
    }
  } finally {
    await session.dispose();
  }
  return { metrics, classified };
}

type Labelled = readonly { readonly dataset: Dataset; readonly sample: Sample }[];

const remember = (
  map: Map<string, ClassifiedSamples>,
  task: Classification,
  samples: ClassifiedSamples,
): ClassifiedSamples => {
  map.set(task.name, samples);
  return samples;
};

async function classify(
  session: Session,
  { preprocessing }: Recipe,
  task: Classification,
  labelled: Labelled,
): Promise<ClassifiedSamples> {
  const logits: Float32Array[] = [];
  const targets: Float32Array[] = [];
  const size = preprocessing.crop ?? preprocessing;
  for (let start = 0; start < labelled.length; start += BATCH) {
    const part = labelled.slice(start, start + BATCH);
    const inputs = await Promise.all(
      part.map(async ({ dataset, sample }) => preprocess(await dataset.load(sample), preprocessing)),
    );
    const [channels, height, width] = inputs[0]!.shape;
    const data = new Float32Array(inputs.length * channels * height * width);
    inputs.forEach((input, index) => {
      data.set(input.data, index * input.data.length);
    });
    const outputs = await session.run(
      { image: { dtype: "float32", shape: [inputs.length, channels, height, width], data } },
      { transfer: true },
    );
    const values = outputs[task.name]!.data as Float32Array;
    part.forEach(({ sample }, index) => {
      logits.push(values.slice(index * task.labels.length, (index + 1) * task.labels.length));
      targets.push(taskOf(task).encode(sample.labels[task.name], task, size)[0]!);
    });
  }
  return { logits, targets };
}

async function detect(
  session: Session,
  { preprocessing }: Recipe,
  task: Detection,
  labelled: Labelled,
): Promise<DetectedSample[]> {
  const found: DetectedSample[] = [];
  for (const { dataset, sample } of labelled) {
    const { data, shape, toImage } = preprocess(await dataset.load(sample), preprocessing);
    const outputs = await session.run({ image: { dtype: "float32", shape: [1, ...shape], data } }, { transfer: true });
    found.push({
      sample,
      detections: decodeDetections(levelsOf(outputs, task), task, { toImage, threshold: LOWEST_SCORE }),
    });
  }
  return found;
}
