import { stat } from "node:fs/promises";
import { join } from "node:path";
import {
  type EmbeddedPictures,
  embedPictures,
  type PictureWish,
  pictureKey,
  type ReportInput,
  reportPage,
  type Thumbnail,
} from "@foveajs/evaluation";
import { type Recipe, resize, type ValidationPictures, writeWhole } from "@foveajs/vision";
import type { Parts } from "../context.ts";
import { errors } from "../errors.ts";
import { type MeasuredEpochs, measureRun } from "./measured-run.ts";
import { partThumbnail } from "./part-thumbnail.ts";
import { readRun } from "./run-record.ts";
import { quickLimits, runReport, wholeLimits } from "./run-report.ts";
import { type RunState, runState } from "./run-state.ts";

/** The page that was written. */
export interface WrittenReport {
  readonly path: string;
  readonly bytes: number;
  readonly recipe: string;
  readonly state: RunState;
  readonly epoch: number;
  readonly tasks: readonly string[];
  readonly pictures: number;
  /** Why no pictures could be shown. */
  readonly reason?: string;
}

/** Writes the report of one run, again and again while it goes on: what did not change is not read anew. */
export interface RunReporter {
  /** `quick`: few pictures, for a run that is going on. `now`: of the clock, in milliseconds. */
  readonly write: (
    folder: string,
    options: {
      readonly detail: "quick" | "whole";
      readonly now: number;
      readonly path?: string;
      readonly onPicture?: () => void;
    },
  ) => Promise<WrittenReport>;
}

/** Pixels of the longer side: pictures in a list, and those with points drawn on them. */
const sides = { plain: 112, marked: 176 };

export interface ReporterOptions {
  readonly parts: Pick<Parts, "validationPictures" | "encodeImage">;
  /** Where the data sets are looked for; the usual places when absent. */
  readonly dataFolders?: readonly string[] | undefined;
}

/** Makes the reporter of one run. */
export function createRunReporter({ parts, dataFolders }: ReporterOptions): RunReporter {
  const measured: MeasuredEpochs = new Map();
  let known: EmbeddedPictures = new Map();
  let opened: Promise<Opened> | undefined;
  return {
    async write(folder, { detail, now, path = join(folder, "report.html"), onPicture }) {
      const record = await readRun(folder);
      const run = await measureRun(record, measured);
      const state = runState(record, now);
      const input = runReport(run, { state, limits: detail === "quick" ? quickLimits : wholeLimits });
      opened ??= open(parts, record.loaded.recipe, dataFolders);
      const { load, reason } = await opened;
      const isWhole = record.loaded.recipe.data.kind !== "samples";
      const thumbnail = async (wish: PictureWish) => {
        onPicture?.();
        return known.has(pictureKey(wish)) ? undefined : makeThumbnail(wish, { load, isWhole }, parts);
      };
      const added = await embedPictures(input, thumbnail);
      known = new Map([...known, ...added]);
      const page = reportPage(withReason(input, reason), known);
      await writePage(path, page);
      return {
        path,
        bytes: (await stat(path)).size,
        recipe: record.loaded.recipe.name,
        state,
        epoch: record.epochs.at(-1)?.epoch ?? 0,
        tasks: run.courses.map(({ task }) => task.name),
        pictures: known.size,
        ...(reason === undefined ? {} : { reason }),
      };
    },
  };
}

interface Opened {
  readonly load: ValidationPictures;
  readonly reason?: string;
}

/** A report without its data is whole but for the pictures, and says why. */
const open = (parts: ReporterOptions["parts"], recipe: Recipe, dataFolders?: readonly string[]): Promise<Opened> =>
  parts.validationPictures(recipe, { side: sides.marked, ...(dataFolders ? { dataFolders } : {}) }).then(
    (load) => ({ load }),
    (thrown: Error) => ({ load: async () => undefined, reason: thrown.message }),
  );

const withReason = (input: ReportInput, reason: string | undefined): ReportInput =>
  reason === undefined ? input : { ...input, notes: [...input.notes, `Pictures are not at hand: ${reason}`] };

async function makeThumbnail(
  wish: PictureWish,
  { load, isWhole }: { readonly load: ValidationPictures; readonly isWhole: boolean },
  { encodeImage }: Pick<Parts, "encodeImage">,
): Promise<Thumbnail | undefined> {
  // one picture that cannot be read leaves its place empty and no page unwritten
  const image = await load(wish.sample).catch(() => undefined);
  if (image === undefined) return undefined;
  // of pictures in their own pixels a region is a part; those that a network is shown are scaled, and shown whole
  if (isWhole) return partThumbnail(image, wish.region, { side: sides.marked, encodeImage });
  const side = wish.region === undefined ? sides.plain : sides.marked;
  const scale = side / Math.max(image.width, image.height);
  const size = {
    width: Math.max(1, Math.round(image.width * scale)),
    height: Math.max(1, Math.round(image.height * scale)),
  };
  const small = scale < 1 ? resize(image, size) : image;
  const whole = { x: 0, y: 0, width: small.width, height: small.height };
  return { type: "image/jpeg", bytes: await encodeImage(small, { format: "jpeg" }), region: wish.region ?? whole };
}

const writePage = (path: string, page: string): Promise<void> =>
  writeWhole(path, [page]).catch((cause: Error) => {
    throw errors["report-failed"]({ path, reason: cause.message }, { cause });
  });
