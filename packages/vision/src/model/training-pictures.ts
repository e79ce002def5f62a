import type { Graph } from "@foveajs/graph";
import { pixelHash } from "../data/duplicates.ts";
import type { Dataset } from "../data/types.ts";
import { errors } from "../errors.ts";
import { convertColor } from "../image/color.ts";
import type { Image } from "../image/image.ts";
import { fromBase64, toBase64 } from "./base64.ts";

/**
 * Key of the list of pictures that a model was trained on, in the metadata of its .onnx. It stands beside the card, since
 * it is for one question only (was this picture learnt from?) and much longer than all the rest.
 */
export const TRAINING_PICTURES_KEY = "fovea.training-pictures";

/** Bytes of a hash. Of 30,000 listed pictures and 3,000 asked for, 48 bits say one wrong "yes" in three million lists. */
const HASH_BYTES = 6;

/** The pictures that a model was trained on, by their hashes, sorted and each once. */
export interface TrainingPictures {
  readonly hashes: Float64Array;
}

/**
 * What a picture is known again by: the first 48 bits of SHA-256 of its size and RGB pixels, as a whole number. The same
 * for a grey picture and its grey RGB; another one for any copy that was scaled, cropped or compressed anew.
 */
export const pictureHash = (image: Image): number =>
  Number.parseInt(pixelHash(convertColor(image, "rgb")).slice(0, 2 * HASH_BYTES), 16);

/** The list of these hashes. */
export const trainingPictures = (hashes: Iterable<number>): TrainingPictures => ({
  hashes: Float64Array.from(new Set(hashes)).sort(),
});

/** The list of all pictures in the training part of data sets; each is decoded once. */
export async function hashTrainingPictures(
  datasets: readonly Pick<Dataset, "samples" | "load">[],
  { signal }: { signal?: AbortSignal } = {},
): Promise<TrainingPictures> {
  const hashes = new Set<number>();
  for (const { samples, load } of datasets) {
    for (const sample of samples) {
      if (sample.split !== "train") continue;
      signal?.throwIfAborted();
      hashes.add(pictureHash(await load(sample)));
    }
  }
  return trainingPictures(hashes);
}

/** The list of what any of several models was trained on. */
export const joinTrainingPictures = (lists: readonly TrainingPictures[]): TrainingPictures =>
  trainingPictures(lists.flatMap(({ hashes }) => [...hashes]));

/** Whether a picture of this hash is in the list. */
export function isTrainedOn({ hashes }: TrainingPictures, hash: number): boolean {
  let [low, high] = [0, hashes.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (hashes[middle]! < hash) low = middle + 1;
    else high = middle;
  }
  return hashes[low] === hash;
}

/** The graph with this list in its metadata: 8 characters a picture. */
export const withTrainingPictures = (graph: Graph, pictures: TrainingPictures): Graph => ({
  ...graph,
  metadata: { ...graph.metadata, [TRAINING_PICTURES_KEY]: writeTrainingPictures(pictures) },
});

/** A list as text: JSON with the hashes, 6 bytes each, the highest byte first, in base64. */
export function writeTrainingPictures({ hashes }: TrainingPictures): string {
  const bytes = new Uint8Array(HASH_BYTES * hashes.length);
  const view = new DataView(bytes.buffer);
  hashes.forEach((hash, i) => {
    view.setUint16(HASH_BYTES * i, Math.floor(hash / 2 ** 32));
    view.setUint32(HASH_BYTES * i + 2, hash % 2 ** 32);
  });
  return JSON.stringify({ format: 1, hash: HASH_NAME, count: hashes.length, hashes: toBase64(bytes) });
}

const HASH_NAME = "sha256-48 of size and RGB pixels";

/** The list in a model's metadata, undefined where there is none; `name` is for messages. */
export function readTrainingPictures(
  { metadata }: Pick<Graph, "metadata">,
  name: string,
): TrainingPictures | undefined {
  const text = metadata[TRAINING_PICTURES_KEY];
  if (text === undefined) return undefined;
  const refused = (detail: string, cause?: unknown) => errors["training-pictures-invalid"]({ name, detail }, { cause });
  let value: { format?: unknown; hash?: unknown; count?: unknown; hashes?: unknown };
  try {
    value = JSON.parse(text) as typeof value;
  } catch (cause) {
    throw refused("it is not JSON", cause);
  }
  if (value?.format !== 1 || value.hash !== HASH_NAME || typeof value.hashes !== "string") {
    throw refused(`expected format 1 with hashes "${HASH_NAME}"`);
  }
  const bytes = fromBase64(value.hashes);
  if (bytes.length !== HASH_BYTES * Number(value.count)) {
    throw refused(`expected ${String(value.count)} hashes of ${HASH_BYTES} bytes, received ${bytes.length} bytes`);
  }
  const view = new DataView(bytes.buffer);
  const hashAt = (at: number) => view.getUint16(at) * 2 ** 32 + view.getUint32(at + 2);
  return trainingPictures(Array.from({ length: bytes.length / HASH_BYTES }, (_, i) => hashAt(HASH_BYTES * i)));
}
