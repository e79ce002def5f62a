import type { Session, Tensor } from "@foveajs/graph";
import { stackSamples } from "../data/batch.ts";
import { invertAffine } from "../image/affine.ts";
import { type ModelInput, preprocess } from "../image/preprocess.ts";
import { warpAffine } from "../image/warp.ts";
import { taskOf } from "../model/network.ts";
import { viewOf } from "../model/view.ts";
import type { TaskSpec } from "../tasks/table.ts";
import type { Measures } from "./events.ts";
import { type Measurers, measureTask, type Predicted, type Served, type Validation } from "./measure.ts";
import type { SetSample } from "./sample-sets.ts";

const BATCH = 64;

/** Every validation sample read once; each task is measured on those that are labelled for it. */
export async function validateSamples(
  session: Session,
  { preprocessing, model: { tasks } }: Served,
  samples: readonly SetSample[],
  measurers: Measurers,
): Promise<Validation> {
  const predicted = new Map(tasks.map(({ name }) => [name, { ids: [], outputs: [], targets: [] } as Collected]));
  for (let start = 0; start < samples.length; start += BATCH) {
    const part = samples.slice(start, start + BATCH);
    const inputs = await Promise.all(part.map((sample) => inputOf(sample, preprocessing)));
    const outputs = await session.run({ image: stacked(inputs) }, { transfer: true });
    for (const task of tasks) {
      const values = outputs[task.name]!.data as Float32Array;
      const width = values.length / part.length;
      part.forEach((entry, index) => {
        const targets = targetsOf(entry, inputs[index]!, task, preprocessing);
        if (!targets) return;
        const collected = predicted.get(task.name)!;
        collected.ids.push(`${entry.set.dataset.name}/${entry.sample.id}`);
        collected.outputs.push(values.slice(index * width, (index + 1) * width));
        collected.targets.push(targets);
      });
    }
  }
  const labelled = tasks.filter(({ name }) => predicted.get(name)!.outputs.length > 0);
  const metrics: Measures = Object.assign(
    {},
    ...labelled.map((task) => measureTask(measurers, task, predicted.get(task.name)!)),
  );
  return { metrics, predicted: new Map(labelled.map(({ name }) => [name, predicted.get(name)!])) };
}

interface Collected extends Predicted {
  readonly ids: string[];
  readonly outputs: Float32Array[];
  readonly targets: (readonly Float32Array[])[];
}

/** A sample as the model is served with it, and the picture's size, by which its labels are placed. */
export async function inputOf({ sample, set }: SetSample, preprocessing: Served["preprocessing"]) {
  const image = await set.load(sample);
  const { width, height } = preprocessing;
  const { crop: _, ...whole } = preprocessing;
  const cut =
    set.viewing.alignedBy === undefined
      ? image
      : warpAffine(image, viewOf(image, sample, set.viewing, whole, { width, height }), { width, height });
  return { ...preprocess(cut, preprocessing), image: { width: image.width, height: image.height } };
}

/** What a task makes of a sample's label, undefined where it has none. */
export function targetsOf(
  { sample, set }: SetSample,
  { image }: Pick<Awaited<ReturnType<typeof inputOf>>, "image">,
  task: TaskSpec,
  preprocessing: Served["preprocessing"],
): readonly Float32Array[] | undefined {
  const label = set.labelOf(sample, task.name);
  if (label === undefined) return undefined;
  const size = preprocessing.crop ?? preprocessing;
  const { place, encode } = taskOf(task);
  if (!place) return encode(label, task, size);
  const toInput = invertAffine(viewOf(image, sample, set.viewing, preprocessing, size));
  return encode(place(label, task, { toInput, isMirrored: false }), task, size);
}

/** Inputs of one size as one tensor, [N, C, H, W]. */
export const stacked = (inputs: readonly Pick<ModelInput, "data" | "shape">[]): Tensor =>
  stackSamples(
    inputs.map(({ data }) => data),
    inputs[0]!.shape,
  );
