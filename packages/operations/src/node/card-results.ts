import { createHash } from "node:crypto";
import { readOnnx, replaceMetadata, withoutMetadata } from "@foveajs/graph";
import { CARD_KEY, type ModelCard, readCard, withCard, writeWhole } from "@foveajs/vision";
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
  await writeWhole(path, [replaceMetadata(bytes, { [CARD_KEY]: metadata[CARD_KEY]! })]).catch((cause: Error) => {
    throw errors["write-model-failed"]({ path, reason: cause.message }, { cause });
  });
}
