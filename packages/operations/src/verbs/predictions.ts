import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { basename } from "node:path";
import type { PredictionFile, PredictionFormat, Test } from "@foveajs/evaluation";
import { errors } from "../errors.ts";
import { fileError } from "../inputs/read-file.ts";

/** Files of predictions, and what names them in results. */
export interface Predictions {
  /** SHA-256 of the file; of several, of their lines "HASH  NAME", as sha256sum prints them. */
  readonly model: { readonly name: string; readonly sha256: string };
  readonly files: readonly [PredictionFile, ...PredictionFile[]];
  readonly ending: Ending;
}

const endings = [".csv", ".json", ".txt"] as const;
type Ending = (typeof endings)[number];

/** Whether a subject is predictions rather than a model, by its ending. */
export const isPredictions = (subject: string): boolean => endings.some((ending) => subject.endsWith(ending));

/** The format of an ending that a test declares besides its own table; undefined for that table. */
export const formatOf = (test: Test, ending: Ending): PredictionFormat<never> | undefined =>
  "formats" in test ? (test.formats?.[ending] as PredictionFormat<never> | undefined) : undefined;

/** Reads predictions in a format that the test takes: one file, or with "%s" in its name one for each key. */
export async function readPredictions(subject: string, test: Test, protocol: string): Promise<Predictions> {
  const ending = endings.find((known) => subject.endsWith(known))!;
  const format = formatOf(test, ending);
  const taken = endings.filter((known) => formatOf(test, known) !== undefined || isTable(test, known));
  const refuse = (expected: string, received: string) =>
    errors["cannot-answer"]({ subject: basename(subject), protocol, expected, received });
  if (!taken.includes(ending)) throw refuse(`predictions in ${taken.join(" or ")}`, `a ${ending} file`);
  const keys = format?.keys;
  const name = basename(subject);
  if (keys === undefined) {
    const { text, sha256 } = await readText(subject);
    return { model: { name, sha256 }, files: [{ name, text }], ending };
  }
  if (!name.includes("%s")) {
    throw refuse(`"%s" in the file's name, which stands for each of ${shortened(keys)}`, "the name of one file");
  }
  const files: PredictionFile[] = [];
  const sums: string[] = [];
  for (const key of keys) {
    const path = subject.slice(0, -name.length) + name.replace("%s", () => key);
    const { text, sha256 } = await readText(path);
    files.push({ name: basename(path), text, key });
    sums.push(`${sha256}  ${basename(path)}\n`);
  }
  return { model: { name, sha256: sha256Of(sums.join("")) }, files: files as [PredictionFile], ending };
}

/** Objects declare their table; all others take one without saying so. */
const isTable = (test: Test, ending: Ending): boolean => ending === ".csv" && test.kind !== "objects";

async function readText(path: string): Promise<{ text: string; sha256: string }> {
  const bytes = await readFile(path).catch((cause: unknown) => {
    throw fileError(path, cause);
  });
  return { text: bytes.toString("utf8"), sha256: sha256Of(bytes) };
}

const sha256Of = (data: string | Uint8Array): string => createHash("sha256").update(data).digest("hex");

const shortened = (keys: readonly string[]): string =>
  keys.length <= 3 ? keys.join(", ") : `${keys.slice(0, 3).join(", ")} ... ${keys.at(-1)}`;
