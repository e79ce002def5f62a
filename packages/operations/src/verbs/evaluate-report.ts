import { mkdir, rm, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import {
  type EmbeddedPictures,
  embedPictures,
  type Mode,
  type PictureReference,
  type PictureWish,
  type Protocol,
  pictureKey,
  picturesOf,
  type ReportInput,
  type ReportRun,
  reportPage,
  reportRun,
  type ScoredTest,
  type Split,
  type Test,
  type Thumbnail,
} from "@foveajs/evaluation";
import { type Image, writeWhole } from "@foveajs/vision";
import type { Context } from "../context.ts";
import { errors } from "../errors.ts";
import { partThumbnail } from "../runs/part-thumbnail.ts";

/** What a report tells of an evaluation besides its scores. */
export interface ReportedEvaluation {
  readonly mode: Mode;
  readonly split: Split;
  readonly model: { readonly name: string; readonly sha256: string };
  readonly seed: number;
  readonly commit: string | null;
  readonly leak_check: string;
  readonly command: string;
  readonly machine: { readonly cpu: string; readonly device: string | null };
}

/** A report that grows with each mode: after each it is a whole file, so that stopping loses nothing. */
export interface EvaluationReport {
  /** The test, whose next score is remembered. */
  readonly watch: <T extends Test>(test: T) => T;
  /** Writes the file anew with what was scored last. */
  readonly add: (evaluation: ReportedEvaluation) => Promise<void>;
}

/** Starts a report; refuses a file that cannot be written before anything is computed. */
export async function openReport({
  path,
  protocol,
  load,
  context,
}: {
  readonly path: string;
  readonly protocol: Protocol;
  readonly load: (picture: PictureReference) => Promise<Image>;
  readonly context: Context;
}): Promise<EvaluationReport> {
  const orFailed = (cause: Error): never => {
    throw errors["report-failed"]({ path, reason: cause.message }, { cause });
  };
  // before anything is computed: whether the page can be written there
  const trial = `${path}.part`;
  await mkdir(dirname(path), { recursive: true })
    .then(() => writeFile(trial, ""))
    .then(() => rm(trial))
    .catch(orFailed);
  const runs: ReportRun[] = [];
  let pictures: EmbeddedPictures = new Map();
  let scored: ScoredTest | undefined;
  return {
    watch: (test) => {
      const score = test.score as (answers: never, options: never) => ReturnType<Test["score"]>;
      return {
        ...test,
        score: (answers: never, options: never) => {
          const scores = score(answers, options);
          scored = { test, answers, options, scores };
          return scores;
        },
      };
    },
    async add(evaluation) {
      if (scored === undefined) return;
      runs.push(reportRun(protocol, evaluation.mode, scored));
      const input = reportInput(protocol, evaluation, runs);
      pictures = await thumbnailsOf(input, pictures, { test: scored.test, load, context });
      await writeWhole(path, [reportPage(input, pictures)]).catch(orFailed);
    },
  };
}

function reportInput(
  protocol: Protocol,
  { split, model, seed, commit, leak_check, command, machine }: ReportedEvaluation,
  runs: readonly ReportRun[],
): ReportInput {
  return {
    title: `Evaluation of ${model.name}`,
    lead: `By protocol ${protocol.id}: ${protocol.title}. Part ${split.name}.`,
    facts: [
      { name: "model", value: model.name },
      { name: "SHA-256 of the model", value: model.sha256 },
      { name: "protocol", value: `${protocol.id}: ${protocol.title}` },
      { name: "part", value: `${split.name}, ${split.count} samples` },
      { name: "SHA-256 of the label rows", value: split.sha256 },
      { name: "intervals", value: `95 %, over each ${protocol.unit}; seed ${seed}` },
      { name: "source of the data", value: protocol.data.source },
      { name: "licence of the data", value: protocol.data.licence },
      { name: "leaks of training pictures", value: leak_check },
      { name: "command", value: command },
      { name: "computed by", value: machine.device === null ? machine.cpu : `${machine.cpu}, ${machine.device}` },
      ...(commit === null ? [] : [{ name: "commit of the code", value: commit }]),
    ],
    runs,
    notes: protocol.rules,
  };
}

/** Pixels of the longer side: pictures of a matrix, and parts of pictures with something drawn on them. */
const sides = { whole: 112, region: 176 };

/** The pictures that a report shows; those of `known` are not read again, and one that cannot be read is left out. */
async function thumbnailsOf(
  input: ReportInput,
  known: EmbeddedPictures,
  { test, load, context }: { test: Test; load: (picture: PictureReference) => Promise<Image>; context: Context },
): Promise<EmbeddedPictures> {
  const references = new Map(test.samples.map(({ id, picture }) => [id, picture]));
  const total = picturesOf(input).filter((wish) => !known.has(pictureKey(wish))).length;
  let done = 0;
  let last: { readonly sample: string; readonly image: Promise<Image | undefined> } | undefined;
  const open = ({ sample }: PictureWish): Promise<Image | undefined> => {
    const reference = references.get(sample);
    if (reference === undefined) return Promise.resolve(undefined);
    // predictions are scored without pictures too: the page says where one is not at hand
    if (last?.sample !== sample) last = { sample, image: load(reference).catch(() => undefined) };
    return last.image;
  };
  const added = await embedPictures(input, async (wish) => {
    if (known.has(pictureKey(wish))) return undefined;
    if (context.signal.aborted) throw errors.cancelled({ operation: "evaluate", done: "the report was not finished" });
    const image = await open(wish);
    context.progress({ done: ++done, total, unit: "pictures", note: "report" });
    return image && thumbnail(image, wish, context);
  });
  return new Map([...known, ...added]);
}

const thumbnail = (image: Image, { region }: PictureWish, { parts: { encodeImage } }: Context): Promise<Thumbnail> =>
  partThumbnail(image, region, { side: region === undefined ? sides.whole : sides.region, encodeImage });
