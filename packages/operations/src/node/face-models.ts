import { readFile } from "node:fs/promises";
import { createFacePipeline, type FacePipeline, type LoadOptions, type ModelBytes } from "@foveajs/vision";
import { errors } from "../errors.ts";
import type { ModelStore } from "../models/store.ts";

/** Models of the shipped face pipeline, in the order in which they run. */
export const faceModels = ["face-detector", "face-reader"] as const;

/** The files of the face pipeline: its detector and its reader. */
export async function readFaceModels(models: ModelStore): Promise<readonly [ModelBytes, ModelBytes]> {
  const [detector, reader] = await Promise.all(
    faceModels.map(async (name) => {
      const { path } = await models.find(name);
      return { name: path, bytes: await readModel(path) };
    }),
  );
  return [detector!, reader!];
}

/** All bytes of a model's file. */
export const readModel = async (path: string): Promise<Uint8Array> =>
  readFile(path).catch((cause: unknown) => {
    throw errors["unreadable-model"]({ path }, { cause });
  });

/** The shipped detector alone, as a pipeline that reads nothing. */
export async function openFaceFinder({
  models,
  ...options
}: LoadOptions & { models: ModelStore }): Promise<FacePipeline> {
  const { path } = await models.find(faceModels[0]);
  return createFacePipeline({ ...options, detector: { name: path, bytes: await readModel(path) } });
}
