import { createFacePipeline, type FaceOptions, type FacePipeline, type Image, imageOf } from "@foveajs/vision";
import { createAnswerer } from "./answerer.ts";
import { download, joinProgress } from "./download.ts";
import { setLocations } from "./locations.ts";
import type { FileRequest, Found, FoundInFile, FrameRequest, FromEngine, OpenRequest, ToEngine } from "./messages.ts";
import { thumbnail } from "./thumbnail.ts";
import { createTurns } from "./turns.ts";
import { withoutReadings } from "./withheld.ts";

/** What is used of the worker's own scope, which the page's types do not know. */
interface WorkerScope {
  onmessage: (event: { readonly data: ToEngine }) => void;
  postMessage(message: FromEngine): void;
}

const scope = globalThis as unknown as WorkerScope;

let opened: { readonly pipeline: FacePipeline; readonly withheld: ReadonlySet<string> } | undefined;
/** Pictures are decoded one at a time, so that memory holds one. */
const inTurn = createTurns();

async function open(
  { base, models, headers, withheld }: OpenRequest,
  { onProgress }: { onProgress: (progress: { loaded: number; total: number | undefined }) => void },
) {
  setLocations(base);
  const tell = joinProgress(models.length, onProgress);
  const [detector, reader] = await Promise.all(
    models.map(async ({ name, url }, index) => ({
      name,
      bytes: await download(url, { headers, onProgress: tell[index]! }),
    })),
  );
  const pipeline = await createFacePipeline({ detector: detector!, reader: reader! });
  opened = { pipeline, withheld: new Set(withheld) };
  return { device: pipeline.device, told: pipeline.told.filter(({ name }) => !withheld.includes(name)) };
}

async function find(image: Image, start: number, options: FaceOptions): Promise<Found> {
  const { pipeline, withheld } = opened!;
  const faces = await pipeline.analyze(image, options);
  return {
    width: image.width,
    height: image.height,
    faces: faces.map((face) => withoutReadings(face, withheld)),
    milliseconds: Math.round(10 * (performance.now() - start)) / 10,
  };
}

const file = ({ file: blob, name, thumbnailSide }: FileRequest, { signal }: { signal: AbortSignal }) =>
  inTurn(async (): Promise<FoundInFile> => {
    signal.throwIfAborted();
    const start = performance.now();
    const image = await imageOf(blob, { name });
    const found = await find(image, start, { signal });
    return { ...found, thumbnail: await thumbnail(image, thumbnailSide) };
  });

const frame = ({ frame: bitmap, maxSide }: FrameRequest, { signal }: { signal: AbortSignal }) =>
  inTurn(async () => {
    const start = performance.now();
    try {
      return await find(await imageOf(bitmap), start, { signal, maxSide });
    } finally {
      bitmap.close();
    }
  });

const take = createAnswerer({ open, file, frame }, (message) => scope.postMessage(message));

scope.onmessage = ({ data }) => take(data);
