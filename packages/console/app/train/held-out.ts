import { readOnnx } from "@foveajs/graph";
import {
  type HeldOutExample,
  type Image,
  isTrainedOn,
  loadModel,
  pictureHash,
  probabilitiesOf,
  readTrainingPictures,
} from "@foveajs/vision";
import type { RunClass } from "./run.ts";

/**
 * What a model says of the pictures that it was not trained on, by the list that its file has of those that it was. Classes are in the
 * order of the model's outputs; `read` gives the pixels of a picture, undefined where they are gone.
 */
export async function askHeldOut(
  bytes: Uint8Array,
  classes: readonly RunClass[],
  read: (id: string) => Promise<Image | undefined>,
): Promise<readonly HeldOutExample[]> {
  const list = readTrainingPictures(readOnnx(bytes), "the model");
  const model = await loadModel(bytes, { name: "the model" });
  try {
    const [task] = model.card.tasks;
    if (!list || task?.kind !== "classification") return [];
    const heldOut: HeldOutExample[] = [];
    for (const [own, { pictures }] of classes.entries()) {
      for (const [at, { id }] of pictures.entries()) {
        const image = await read(id);
        if (!image || isTrainedOn(list, pictureHash(image))) continue;
        const { outputs } = await model.run([image]);
        heldOut.push({
          class: own,
          at,
          probabilities: probabilitiesOf(outputs[task.name]!.data as Float32Array, task),
        });
      }
    }
    return heldOut;
  } finally {
    await model.dispose();
  }
}
