import { createHash } from "node:crypto";
import { readOnnx, replaceMetadata, withoutMetadata } from "@foveajs/graph";
import {
  CARD_KEY,
  joinTrainingPictures,
  type ModelCard,
  readCard,
  readTrainingPictures,
  TRAINING_PICTURES_KEY,
  type TrainingPictures,
  withCard,
  writeTrainingPictures,
  writeWhole,
} from "@foveajs/vision";
import type { WrittenPictures } from "../context.ts";
import { errors } from "../errors.ts";
import { readModel } from "./face-models.ts";

/** SHA-256 of a model's file less its metadata, 64 hexadecimal digits: the same whatever its card says. */
export const graphHash = async (path: string): Promise<string> =>
  createHash("sha256")
    .update(withoutMetadata(await readModel(path)))
    .digest("hex");

/** Replaces the results in the card of a model's file; every other byte stays. The file changes whole or not at all. */
export async function writeResults(path: string, results: ModelCard["results"]): Promise<void> {
  const bytes = await readModel(path);
  const graph = readOnnx(bytes);
  const { metadata } = withCard(graph, { ...readCard(graph, path), results });
  await writeMetadata(path, bytes, { [CARD_KEY]: metadata[CARD_KEY]! });
}

/**
 * Adds pictures to the list of those that a model was trained on, in its file; every other byte stays. What is listed already stays
 * listed: a list that lost pictures would let a leak pass. The file changes whole or not at all.
 */
export async function writePictures(path: string, pictures: TrainingPictures): Promise<WrittenPictures> {
  const bytes = await readModel(path);
  const listed = readTrainingPictures(readOnnx(bytes), path);
  const all = listed ? joinTrainingPictures([listed, pictures]) : pictures;
  await writeMetadata(path, bytes, { [TRAINING_PICTURES_KEY]: writeTrainingPictures(all) });
  return { count: all.hashes.length, before: listed?.hashes.length ?? null };
}

async function writeMetadata(path: string, bytes: Uint8Array, metadata: Readonly<Record<string, string>>) {
  await writeWhole(path, [replaceMetadata(bytes, metadata)]).catch((cause: Error) => {
    throw errors["write-model-failed"]({ path, reason: cause.message }, { cause });
  });
}
