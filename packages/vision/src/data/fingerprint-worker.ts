import { parentPort } from "node:worker_threads";
import { asFoveaError } from "@foveajs/errors";
import { pixelHash } from "./duplicates.ts";
import type { FingerprintAnswer } from "./fingerprints.ts";
import { createLoader } from "./load.ts";
import { printOf } from "./near-duplicates.ts";
import { thumbnailOf } from "./thumbnail.ts";
import type { ImageReference } from "./types.ts";

/** A thread that reads pictures and answers with their fingerprints; the cache is for sheets, which many pictures share. */
const load = createLoader({ maximumBytes: 64 * 2 ** 20 });
const port = parentPort!;

port.on("message", async (images: readonly ImageReference[]) => {
  const answers: FingerprintAnswer[] = [];
  for (const image of images) answers.push(await fingerprint(image));
  port.postMessage(answers);
});

async function fingerprint(image: ImageReference): Promise<FingerprintAnswer> {
  try {
    const picture = await load({ image });
    return { pixels: pixelHash(picture), ...printOf(thumbnailOf(picture)) };
  } catch (thrown) {
    const { code, kind, message, help } = asFoveaError(thrown);
    return { error: { code, kind, message, help } };
  }
}
