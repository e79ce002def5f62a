import { FoveaError } from "@foveajs/errors";
import {
  type CopyPair,
  classBalance,
  type Dataset,
  type Fingerprint,
  findCopies,
  fingerprintPictures,
  groupsAcrossSplits,
  openDataset,
  type Picture,
  type ReaderName,
  readerOf,
  readers,
  type SplitCounts,
  writeWhole,
} from "@foveajs/vision";
import { z } from "zod";
import type { Context } from "../context.ts";
import { errors } from "../errors.ts";
import { streamOperation } from "../operation.ts";
import { pairSheet } from "../overlay/pair-sheet.ts";
import { failureSchema, terminal, threads } from "./schemas.ts";

const splitNames = ["train", "valid", "test"] as const;
const splitCounts = z.partialRecord(z.enum(splitNames), z.int());
const pictureSchema = z.object({
  folder: z.string(),
  id: z.string().describe("unique in its folder"),
  split: z.enum(splitNames),
});

const resultSchema = z.discriminatedUnion("type", [
  z.object({
    type: z.literal("folder"),
    folder: z.string(),
    reader: z.string(),
    pictures: splitCounts.describe("by split"),
    unreadable: z.int(),
    classes: z.record(z.string(), z.record(z.string(), splitCounts)).describe("pictures by task, class and split"),
  }),
  z.object({ type: z.literal("unreadable"), ...pictureSchema.shape, file: z.string(), error: failureSchema }),
  z.object({
    type: z.literal("copies"),
    kind: z.enum(["exact", "near"]).describe("the same pixels, or changed: scaled, recompressed, cropped, mirrored"),
    similarity: z.number().describe("correlation of the edges; 1 for exact copies"),
    mirrored: z.boolean(),
    leaks: z.boolean().describe("the two stand in different splits"),
    conflicts: z
      .array(z.object({ task: z.string(), first: z.string(), second: z.string() }))
      .describe("tasks in which they are labelled differently"),
    first: pictureSchema,
    second: pictureSchema,
  }),
  z.object({
    type: z.literal("group"),
    dataset: z.string(),
    group: z.string().describe("subject, video or photograph with pictures in several splits"),
    splits: splitCounts,
  }),
  z.object({
    type: z.literal("summary"),
    pictures: z.int(),
    unreadable: z.int(),
    exact_copies: z.int().describe("pictures with the same pixels as an earlier one"),
    near_copies: z.int().describe("pairs"),
    label_conflicts: z.int().describe("pairs of copies that are labelled differently"),
    leaking_copies: z.int().describe("pairs of copies in different splits"),
    leaking_groups: z.int(),
    sheet: z.string().optional().describe("the picture sheet, with --sheet"),
    milliseconds: z.number(),
  }),
]);

export type DatasetCheck = z.output<typeof resultSchema>;

/** Looks for what would make a score too good or a label wrong; a leak across splits is a gate not met. */
export const checkDatasets = streamOperation({
  name: "datasets check",
  summary: "Find copies, leaks across splits, contradicting labels and unreadable files in data sets.",
  input: z.object({
    folders: z
      .array(z.string().min(1))
      .min(1)
      .describe(
        "folders of data sets, compared with one another; test=DIR makes all of DIR the test split (train, valid)",
      )
      .meta(terminal({ positional: true, value: "DIR" })),
    reader: z
      .enum(Object.keys(readers) as [ReaderName, ...ReaderName[]])
      .optional()
      .describe("how all the folders are read; by looking at each when absent")
      .meta(terminal({ value: "NAME" })),
    options: z
      .string()
      .optional()
      .describe("options of the reader as a recipe has them, in JSON")
      .meta(terminal({ value: "JSON" })),
    sheet: z
      .string()
      .regex(/\.(jpe?g|png)$/i, "expected a name that ends in .jpg or .png")
      .optional()
      .describe("draw the copies that were found side by side, the gravest first, to this .jpg or .png")
      .meta(terminal({ value: "FILE" })),
    threads,
  }),
  output: resultSchema,
  outcome: (result) =>
    result.type === "summary" && result.leaking_copies + result.leaking_groups > 0 ? "unmet" : "done",
  async *run(input, context): AsyncGenerator<DatasetCheck> {
    const start = context.now();
    const opened = await openFolders(input);
    const listed = opened.flatMap(({ pictures }) => pictures);
    const prints = await readAll(listed, input.threads, context);

    const readable = listed.filter((_, i) => !(prints[i] instanceof FoveaError));
    const unreadable = listed.length - readable.length;
    for (const { folder, reader, pictures } of opened) yield describeFolder({ folder, reader, pictures, readable });
    for (const [i, picture] of listed.entries()) {
      const error = prints[i];
      if (!(error instanceof FoveaError)) continue;
      context.onFailure?.(error);
      const { file } = picture.sample.image;
      yield { type: "unreadable", ...nameOf(picture), file, error: error.toJSON() };
    }
    const found = await compareAll(
      readable,
      prints.filter((print): print is Fingerprint => !(print instanceof FoveaError)),
      context,
    );
    for (const { first, second, conflicts, ...pair } of found) {
      yield {
        type: "copies",
        ...pair,
        similarity: Math.round(pair.similarity * 1000) / 1000,
        conflicts: [...conflicts],
        first: nameOf(readable[first]!),
        second: nameOf(readable[second]!),
      };
    }
    const groups = groupsAcrossSplits(readable);
    for (const { dataset, group, splits } of groups) yield { type: "group", dataset, group, splits };
    if (input.sheet !== undefined) await writeSheet(input.sheet, readable, found, context);
    yield {
      type: "summary",
      pictures: listed.length,
      unreadable,
      exact_copies: found.filter(({ kind }) => kind === "exact").length,
      near_copies: found.filter(({ kind }) => kind === "near").length,
      label_conflicts: found.filter(({ conflicts }) => conflicts.length > 0).length,
      leaking_copies: found.filter(({ leaks }) => leaks).length,
      leaking_groups: groups.length,
      ...(input.sheet === undefined ? {} : { sheet: input.sheet }),
      milliseconds: Math.round(context.now() - start),
    };
  },
});

/** A picture with the folder that it was read from, as the user named it. */
interface Listed extends Picture {
  readonly folder: string;
  readonly dataset: Dataset;
}

interface OpenedFolder {
  readonly folder: string;
  readonly reader: ReaderName;
  readonly pictures: readonly Listed[];
}

async function openFolders(input: {
  folders: readonly string[];
  reader?: ReaderName | undefined;
  options?: string | undefined;
}): Promise<OpenedFolder[]> {
  const options = readerOptions(input.options);
  const opened: OpenedFolder[] = [];
  for (const named of input.folders) {
    const { split, folder } = splitOf(named);
    const reader = input.reader ?? (await readerOf(folder));
    const dataset = await openDataset(reader, folder, { options });
    const pictures = dataset.samples.map(
      (sample): Listed => ({ folder, dataset, sample: split === undefined ? sample : { ...sample, split } }),
    );
    opened.push({ folder, reader, pictures });
  }
  return opened;
}

/** "test=faces" is the folder faces, all of it the test split. */
function splitOf(named: string): { split?: (typeof splitNames)[number]; folder: string } {
  const split = splitNames.find((name) => named.startsWith(`${name}=`));
  return split === undefined ? { folder: named } : { split, folder: named.slice(split.length + 1) };
}

function readerOptions(text = "{}"): unknown {
  try {
    return z.record(z.string(), z.unknown()).parse(JSON.parse(text));
  } catch (cause) {
    throw errors["bad-reader-options"]({ received: text, reason: (cause as Error).message }, { cause });
  }
}

/** Fingerprints of all pictures; what comes after the reading takes about a third as long. */
async function readAll(pictures: readonly Listed[], threadCount: number | undefined, context: Context) {
  const total = pictures.length;
  const start = context.now();
  return fingerprintPictures(
    pictures.map(({ sample }) => sample.image),
    {
      threads: threadCount ?? context.parts.machine().cores,
      signal: context.signal,
      onProgress: (done) => {
        const secondsLeft = (((context.now() - start) / done) * (total - done + total / 3)) / 1000;
        context.progress({ done, total, unit: "pictures", note: "reading", secondsLeft });
      },
    },
  ).catch(orCancelled(context));
}

async function compareAll(pictures: readonly Listed[], prints: readonly Fingerprint[], context: Context) {
  const total = prints.length;
  const start = context.now();
  return findCopies(pictures, prints, {
    signal: context.signal,
    onProgress: (done) => {
      const secondsLeft = (((context.now() - start) / done) * (total - done)) / 1000;
      context.progress({ done, total, unit: "pictures", note: "comparing", secondsLeft });
    },
  }).catch(orCancelled(context));
}

const orCancelled = (context: Context) => (thrown: unknown) => {
  if (context.signal.aborted) throw errors.cancelled({ operation: "datasets check", done: "nothing was written" });
  throw thrown;
};

const nameOf = ({ folder, sample: { id, split } }: Listed) => ({ folder, id, split });

function describeFolder({
  folder,
  reader,
  pictures,
  readable,
}: OpenedFolder & { readable: readonly Listed[] }): DatasetCheck {
  const own = new Set(pictures);
  const counts: SplitCounts = {};
  for (const { sample } of pictures) counts[sample.split] = (counts[sample.split] ?? 0) + 1;
  const good = readable.filter((picture) => own.has(picture));
  return {
    type: "folder",
    folder,
    reader,
    pictures: counts,
    unreadable: pictures.length - good.length,
    classes: classBalance(good),
  };
}

/** Pairs on a sheet at most: it is for looking at. */
const mostPairs = 120;

async function writeSheet(path: string, pictures: readonly Listed[], pairs: readonly CopyPair[], context: Context) {
  const shown = [];
  for (const { first, second, ...pair } of pairs.slice(0, mostPairs)) {
    const [a, b] = [pictures[first]!, pictures[second]!];
    const images = [await a.dataset.load(a.sample), await b.dataset.load(b.sample)] as const;
    shown.push({ ...pair, images, names: [a, b].map(({ sample }) => `${sample.split}: ${sample.id}`) });
  }
  const sheet = await pairSheet(shown, { left: Math.max(0, pairs.length - mostPairs) });
  const bytes = await context.parts.encodeImage(sheet, { format: /\.png$/i.test(path) ? "png" : "jpeg" });
  await writeWhole(path, [bytes]).catch((cause: Error) => {
    throw errors["sheet-failed"]({ path, reason: cause.message }, { cause });
  });
}
