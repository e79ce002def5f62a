import { mkdir, open } from "node:fs/promises";
import { asFoveaError } from "@foveajs/errors";
import { type Face, type FacePipeline, type Image, type Told, writeWhole } from "@foveajs/vision";
import { z } from "zod";
import type { Context } from "../context.ts";
import { errors } from "../errors.ts";
import { type ExpandedInput, expandInputs } from "../inputs/expand.ts";
import { inputName, readInput } from "../inputs/read-input.ts";
import { streamOperation } from "../operation.ts";
import { type OverlayFile, overlayNames } from "../overlay/file-names.ts";
import { renderOverlay } from "../overlay/render.ts";
import { overlaySvg } from "../overlay/svg.ts";
import { begunAhead } from "./analyze-ahead.ts";
import { type FaceResult, faceResult, faceSchema, withOnly } from "./face-result.ts";
import { createFaceTable, type FaceTable } from "./face-table.ts";
import { failureSchema, modelsFolder, optionalText, terminal, threads } from "./schemas.ts";

const analysisSchema = z.object({
  file: z.string().describe("as named, or found in the folder named; - is standard input"),
  width: z.int(),
  height: z.int(),
  faces: z.array(faceSchema),
  milliseconds: z.number().describe("from the bytes to the faces; of several files two are at work at once"),
  overlay: z.string().optional().describe("the picture drawn, with --overlay"),
});

const failedSchema = z.object({ file: z.string(), error: failureSchema });

export type Analysis = z.output<typeof analysisSchema>;
export type FailedAnalysis = z.output<typeof failedSchema>;

/** Pictures at work at once: while the networks look at one, the next is decoded and made small; more only cost memory. */
const AT_ONCE = 2;

interface Read {
  readonly decoded: Image;
  readonly faces: readonly Face[];
  readonly milliseconds: number;
}

/** Finds and reads the faces of images; a file that fails gives its error in its place and the others are still read. */
export const analyze = streamOperation({
  name: "analyze",
  summary: "Find the faces of images and read them: expression, landmarks, smile, glasses, head pose, mask, eyes.",
  input: z.object({
    files: z
      .array(z.string().min(1))
      .min(1)
      .describe('images, folders, quoted patterns such as "photos/**/*.jpg", or - for an image on standard input')
      .meta(terminal({ positional: true, value: "FILE" })),
    overlay: optionalText(
      "write each picture with boxes, points and what was read to this folder, as NAME.overlay.jpg or .png",
      "DIR",
    ),
    threshold: z
      .number()
      .min(0)
      .max(1)
      .optional()
      .describe("leave out faces of a lower score; the detector's own threshold when absent")
      .meta(terminal({ value: "SCORE" })),
    maxSide: z
      .int()
      .min(32)
      .max(16384)
      .optional()
      .describe(
        "search in the picture reduced to this longer side, in pixels: smaller is faster and misses small faces",
      )
      .meta(terminal({ value: "PIXELS" })),
    only: optionalText(
      "of the readings only these, by name and with commas between them: expression,landmarks",
      "NAMES",
    ),
    csv: optionalText(
      "write the faces to this table too, a row a face; columns named as by OpenFace where they mean the same, NAME_derived where nobody measured",
      "FILE",
    ),
    models: modelsFolder,
    threads,
  }),
  output: z.union([analysisSchema, failedSchema]),
  async *run(input, context) {
    const images = await expandInputs(input.files);
    if (input.overlay !== undefined) await makeFolder(input.overlay);
    const overlayName = input.overlay === undefined ? undefined : overlayNames(input.overlay);
    const only = input.only === undefined ? undefined : new Set(input.only.split(",").map((name) => name.trim()));
    const table = input.csv === undefined ? undefined : await openTable(input.csv);
    // Made at the first file that can be read: nothing but wrong names costs no loading of models.
    let opening: Promise<FacePipeline> | undefined;
    const analyzeOne = async (image: ExpandedInput): Promise<Read> => {
      const bytes = await readInput(image, context.stdin);
      opening ??= openPipeline(input, { only, table, context });
      const pipeline = await opening;
      context.signal.throwIfAborted();
      const start = context.now();
      const decoded = await context.parts.decodeImage(bytes, { name: inputName(image) });
      const { threshold, maxSide } = input;
      const faces = await pipeline.analyze(decoded, {
        ...(threshold === undefined ? {} : { threshold }),
        ...(maxSide === undefined ? {} : { maxSide }),
        eyes: only?.has("eye") ?? true,
        signal: context.signal,
      });
      return { decoded, faces, milliseconds: round(context.now() - start, 10) };
    };
    let done = 0;
    try {
      stopIfAborted(context.signal, done, images.length);
      for await (const { item, result } of begunAhead(images, analyzeOne, { atOnce: AT_ONCE })) {
        stopIfAborted(context.signal, done, images.length);
        const file = inputName(item);
        context.progress({ done, total: images.length, unit: "images", note: file });
        try {
          const { decoded, faces, milliseconds } = await result;
          const overlay = overlayName?.(file);
          const told = only ? faces.map((face) => withOnly(face, only)) : faces;
          if (overlay) await writeOverlay(overlay, decoded, told, context);
          const results = told.map(faceResult);
          await table?.add(file, results);
          yield {
            file,
            width: decoded.width,
            height: decoded.height,
            faces: results,
            milliseconds,
            ...(overlay ? { overlay: overlay.path } : {}),
          };
        } catch (thrown) {
          stopIfAborted(context.signal, done, images.length);
          if (thrown instanceof PipelineFailure) throw thrown.cause;
          context.onFailure?.(thrown);
          yield { file, error: asFoveaError(thrown).toJSON() };
        }
        done++;
      }
      const pipeline = await opening;
      const device = pipeline && { device: pipeline.device };
      context.progress({ done, total: images.length, unit: "images", ...device });
    } finally {
      await table?.close();
      await opening?.then(
        (pipeline) => pipeline.dispose(),
        () => undefined, // told where it failed
      );
    }
  },
});

/** Models that do not load end the whole, where a picture that fails ends only itself. */
class PipelineFailure extends Error {}

async function openPipeline(
  { models, threads }: { models?: string | undefined; threads?: number | undefined },
  {
    only,
    table,
    context: { parts, models: stored },
  }: { only: ReadonlySet<string> | undefined; table: OpenTable | undefined; context: Context },
): Promise<FacePipeline> {
  let pipeline: FacePipeline | undefined;
  try {
    pipeline = await parts.createFacePipeline({
      models: stored(models),
      ...(threads === undefined ? {} : { threads }),
    });
    checkNames(only, pipeline);
    await table?.begin(pipeline.told.filter(({ name }) => only?.has(name) ?? true));
    return pipeline;
  } catch (cause) {
    await pipeline?.dispose();
    throw new PipelineFailure("", { cause });
  }
}

/** A name that the models do not tell is a slip: the whole ends, with the names that there are. */
function checkNames(only: ReadonlySet<string> | undefined, { told }: FacePipeline): void {
  const tells = told.map(({ name }) => name);
  const unknown = [...(only ?? [])].find((name) => !tells.includes(name));
  if (unknown !== undefined) throw errors["unknown-reading"]({ name: unknown, tells: tells.join(", ") });
}

interface OpenTable {
  /** Writes the line of names; without it there are no rows. */
  begin(told: readonly Told[]): Promise<void>;
  add(name: string, faces: readonly FaceResult[]): Promise<void>;
  close(): Promise<void>;
}

/** A table that grows with every picture, so that a stop leaves the rows so far. */
async function openTable(path: string): Promise<OpenTable> {
  const fail = (cause: unknown) => errors["table-failed"]({ path, reason: (cause as Error).message }, { cause });
  const file = await open(path, "w").catch((cause: unknown) => {
    throw fail(cause);
  });
  let table: FaceTable | undefined;
  const write = (lines: string) =>
    file.writeFile(lines).catch((cause: unknown) => {
      throw fail(cause);
    });
  return {
    begin(told) {
      table = createFaceTable(told);
      return write(table.head);
    },
    async add(name, faces) {
      await write(table!.add(name, faces)).catch((cause: unknown) => {
        throw new PipelineFailure("", { cause });
      });
    },
    close: () => file.close(),
  };
}

function stopIfAborted(signal: AbortSignal, done: number, total: number): void {
  if (signal.aborted) throw errors.cancelled({ operation: "analyze", done: `${done} of ${total} images are done` });
}

const round = (value: number, parts = 100): number => Math.round(value * parts) / parts;

async function makeFolder(path: string): Promise<void> {
  try {
    await mkdir(path, { recursive: true });
  } catch (cause) {
    throw errors["bad-overlay-folder"]({ path, reason: (cause as Error).message }, { cause });
  }
}

/** Writes beside the place and moves in, so that a stop never leaves half a picture. */
async function writeOverlay({ path, format }: OverlayFile, image: Image, faces: readonly Face[], context: Context) {
  const { width, height } = image;
  const drawn = await renderOverlay(image, overlaySvg({ width, height, faces }));
  const bytes = await context.parts.encodeImage(drawn, { format });
  await writeWhole(path, [bytes]).catch((cause: Error) => {
    throw errors["overlay-failed"]({ path, reason: cause.message }, { cause });
  });
}
