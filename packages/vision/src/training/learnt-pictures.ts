import type { Dataset } from "../data/types.ts";
import type { Start } from "../model/start.ts";
import { hashTrainingPictures, joinTrainingPictures, type TrainingPictures } from "../model/training-pictures.ts";

/** The pictures that a model learns from: the training parts of its data sets, and what the file of its start lists. */
export async function learntPictures(
  datasets: readonly Pick<Dataset, "samples" | "load">[],
  { from, signal }: { readonly from?: Start | undefined; readonly signal?: AbortSignal } = {},
): Promise<TrainingPictures> {
  const own = await hashTrainingPictures(datasets, signal ? { signal } : {});
  return from?.pictures ? joinTrainingPictures([from.pictures, own]) : own;
}
