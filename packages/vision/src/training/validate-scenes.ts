import type { Session } from "@foveajs/graph";
import type { Dataset, Label, LabelledBox } from "../data/types.ts";
import { preprocess } from "../image/preprocess.ts";
import type { Detection } from "../tasks/detection-spec.ts";
import { decodeDetections, levelsOf } from "../tasks/detections.ts";
import type { Measures } from "./events.ts";
import {
  type DetectedSample,
  type Measurers,
  namedMeasures,
  type PredictedBoxes,
  type Served,
  type Validation,
} from "./measure.ts";

/** Detections below this score change no metric that is reported. */
const LOWEST_SCORE = 0.02;

/** Every validation picture looked at whole, one after the other, as a detector is served. */
export async function validateScenes(
  session: Session,
  recipe: Served,
  datasets: readonly Dataset[],
  measurers: Measurers,
): Promise<Validation> {
  const metrics: Measures[] = [];
  const boxes = new Map<string, PredictedBoxes>();
  for (const task of recipe.model.tasks) {
    if (task.kind !== "detection") continue;
    const found = await detect(session, recipe, task, datasets);
    if (found.length === 0) continue;
    metrics.push(namedMeasures(task, measurers.detection(found, task)));
    boxes.set(task.name, {
      ids: found.map(({ id }) => id),
      found: found.map(({ detections }) => detections),
      labelled: found.map(({ sample }) => boxesOf(sample.labels[task.name])),
    });
  }
  return { metrics: Object.assign({}, ...metrics), predicted: new Map(), boxes };
}

async function detect(
  session: Session,
  { preprocessing }: Served,
  task: Detection,
  datasets: readonly Dataset[],
): Promise<(DetectedSample & { readonly id: string })[]> {
  const found: (DetectedSample & { readonly id: string })[] = [];
  for (const { name, samples, load } of datasets) {
    for (const sample of samples) {
      if (sample.split !== "valid" || sample.labels[task.name] === undefined) continue;
      const { data, shape, toImage } = preprocess(await load(sample), preprocessing);
      const outputs = await session.run(
        { image: { dtype: "float32", shape: [1, ...shape], data } },
        { transfer: true },
      );
      const detections = decodeDetections(levelsOf(outputs, task), task, { toImage, threshold: LOWEST_SCORE });
      found.push({ id: `${name}/${sample.id}`, sample, detections });
    }
  }
  return found;
}

const boxesOf = (label: Label | undefined): readonly LabelledBox[] => (label?.kind === "boxes" ? label.boxes : []);
