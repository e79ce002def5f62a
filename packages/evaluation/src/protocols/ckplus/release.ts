import { errors } from "../../errors.ts";
import { noLabels, type ReleaseFiles } from "../release-files.ts";
import type { Layout } from "../split-standing.ts";
import { choiceOf, numberOf, parseNumber, readTextTable, textOf } from "../text-table.ts";

/** Classes in the order of the official codes 1 to 7; 0, neutral, labels no sequence. */
export const ckplusClasses = ["anger", "contempt", "disgust", "fear", "happy", "sadness", "surprise"] as const;

/** One frame with the emotion of its sequence. */
export interface CkplusRow {
  readonly id: string;
  readonly subject: string;
  readonly sequence: string;
  readonly emotion: (typeof ckplusClasses)[number];
  /** Frames before the last one of the sequence, 0 to 2. */
  readonly fromPeak: number;
}

/**
 * Reads CK+ in either layout: the last three frames of each sequence with an emotion. Official: Emotion/S005/001/*_emotion.txt
 * with cohn-kanade-images/S005/001/*.png. Packed: labels.csv with a row a frame.
 */
export async function readCkplus(
  files: ReleaseFiles,
): Promise<{ readonly layout: Layout; readonly rows: readonly CkplusRow[] }> {
  const packed = await files.text("labels.csv");
  if (packed !== undefined) return { layout: "packed", rows: readPacked(packed) };
  const names = await files.names();
  const labels = names.filter((name) => /(^|\/)S\d{3}\/\d{3}\/[^/]+_emotion\.txt$/.test(name));
  if (labels.length === 0) {
    throw noLabels(files, ["labels.csv", "Emotion/ and cohn-kanade-images/, unpacked beside each other"]);
  }
  const rows = await Promise.all(labels.map((name) => readSequence(name, names, files)));
  return { layout: "official", rows: rows.flat() };
}

const readPacked = (text: string): CkplusRow[] =>
  readTextTable(text, "labels.csv", ["file", "emotion", "subject", "sequence", "frame_from_peak"]).rows.map((row) => ({
    id: textOf(row, "file"),
    subject: textOf(row, "subject"),
    sequence: textOf(row, "sequence"),
    emotion: choiceOf(row, "emotion", ckplusClasses),
    fromPeak: numberOf(row, "frame_from_peak", { minimum: 0, whole: true }),
  }));

/** What the release calls a frame, in whatever folder: S010_004_00000017. */
export const frameName = (file: string): string => file.replace(/^.*\//, "").replace(/\.\w+$/, "");

async function readSequence(name: string, names: readonly string[], files: ReleaseFiles): Promise<CkplusRow[]> {
  const [, subject = "", session = ""] = /(S\d{3})\/(\d{3})\/[^/]+$/.exec(name)!;
  const text = ((await files.text(name)) ?? "").trim();
  const emotion = ckplusClasses[parseNumber(text) - 1];
  if (emotion === undefined) {
    throw errors["table-format"]({
      where: name,
      expected: "a code of an emotion from 1 to 7",
      received: text || "nothing",
    });
  }
  const frames = names.filter((file) => file.endsWith(".png") && file.includes(`/${subject}/${session}/`)).slice(-3);
  if (frames.length < 3) {
    throw errors["missing-labels"]({
      folder: files.name,
      expected: [`three frames or more in cohn-kanade-images/${subject}/${session}`],
    });
  }
  const sequence = `${subject}_${session}`;
  return frames.map((id, i) => ({ id, subject, sequence, emotion, fromPeak: 2 - i }));
}
