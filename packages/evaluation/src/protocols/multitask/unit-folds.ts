import { errors } from "../../errors.ts";
import type { MetricInfo, ProtocolInfo, ReadOptions, Test } from "../protocol.ts";
import { noLabels, type ReleaseFiles } from "../release-files.ts";
import { chooseSplit } from "../split.ts";
import type { Layout } from "../split-standing.ts";
import { findFile, linesOf } from "../text-lines.ts";
import { numberOf, readTextTable, textOf } from "../text-table.ts";
import type { MultitaskMeasures } from "./measures.ts";
import { multitaskTest } from "./multitask.ts";
import { targetCells, unitColumns, unitTargets } from "./unit-targets.ts";

/** One frame of a test fold. */
export interface FoldRow {
  readonly id: string;
  readonly subject: string;
  /** From 0. */
  readonly fold: number;
  /** 1, 0, and NaN where missing. */
  readonly targets: readonly number[];
}

/** A set of frames whose subjects are dealt to three test folds. */
export interface FoldedSet {
  /** The name with which its lists begin. */
  readonly name: string;
  readonly units: readonly string[];
  /** Subjects that are tested in each fold. */
  readonly folds: readonly (readonly string[])[];
}

/** What the two means of a set of folds are. */
export const foldMetrics: readonly MetricInfo[] = [
  { name: "mean_f1", unit: "fraction", higherIsBetter: true, summary: "mean of F1 over units and folds" },
  { name: "mean_accuracy", unit: "fraction", higherIsBetter: true, summary: "mean of accuracy over units and folds" },
];

/** What is measured of a set of folds. */
export const foldMeasures = ({ units }: FoldedSet): MultitaskMeasures => ({ labels: units });

/**
 * Reads the test folds of a set in either layout. Official, as ME-GraphAU lays them out: NAME_test_img_path_foldK.txt, a
 * line SUBJECT/... for each frame, and NAME_test_label_foldK.txt, its units as 0 and 1. Packed: labels.csv with `file,
 * subject, fold` (from 1) and a column for each unit, empty where missing.
 */
export async function readFolds(
  files: ReleaseFiles,
  set: FoldedSet,
): Promise<{ readonly layout: Layout; readonly rows: readonly FoldRow[] }> {
  const packed = await files.text("labels.csv");
  const rows =
    packed === undefined
      ? (await Promise.all(set.folds.map((_, fold) => readFold(files, set, fold)))).flat()
      : readPacked(packed, set);
  if (rows.length === 0) {
    throw noLabels(files, ["labels.csv", `${set.name}_test_img_path_fold1.txt, ${set.name}_test_label_fold1.txt ...`]);
  }
  for (const { id, subject, fold } of rows) {
    if (set.folds[fold]!.includes(subject)) continue;
    const expected = `subjects ${set.folds[fold]!.join(", ")} alone in test fold ${fold + 1}`;
    throw errors["text-format"]({ where: `${set.name}, ${id}`, expected, received: subject });
  }
  return { layout: packed === undefined ? "official" : "packed", rows };
}

function readPacked(text: string, { units, folds }: FoldedSet): readonly FoldRow[] {
  const table = readTextTable(text, "labels.csv", ["file", "subject", "fold"]);
  const columns = unitColumns(table);
  return table.rows.map((row) => ({
    id: textOf(row, "file"),
    subject: textOf(row, "subject"),
    fold: numberOf(row, "fold", { minimum: 1, maximum: folds.length, whole: true }) - 1,
    targets: unitTargets(row, units, columns, "refused"),
  }));
}

async function readFold(files: ReleaseFiles, { name, units }: FoldedSet, fold: number): Promise<readonly FoldRow[]> {
  const paths = await findFile(files, `${name}_test_img_path_fold${fold + 1}.txt`);
  const labels = await findFile(files, `${name}_test_label_fold${fold + 1}.txt`);
  if (paths === undefined || labels === undefined) return [];
  const frames = linesOf(paths.text, paths.path);
  const rows = linesOf(labels.text, labels.path);
  if (frames.length !== rows.length) {
    throw errors["row-count"]({ where: labels.path, expected: frames.length, received: rows.length });
  }
  return frames.map(({ text: id }, i) => {
    const { where, text } = rows[i]!;
    const cells = text.split(/\s+/);
    if (cells.length !== units.length || cells.some((cell) => cell !== "0" && cell !== "1")) {
      const expected = `${units.length} labels of 0 or 1`;
      throw errors["text-format"]({ where, expected, received: JSON.stringify(text) });
    }
    return { id, subject: id.split("/")[0]!, fold, targets: cells.map(Number) };
  });
}

/**
 * The test of a part: `fold1` to `fold3`, or `folds`, all three, whose values are means over folds. Intervals are over
 * subjects, each of which is in one fold.
 */
export async function foldsTest(
  protocol: Pick<ProtocolInfo, "id" | "parts">,
  set: FoldedSet,
  files: ReleaseFiles,
  options: ReadOptions = {},
): Promise<Test> {
  const { layout, rows } = await readFolds(files, set);
  const isWhole = set.folds.every((_, fold) => rows.some((row) => row.fold === fold));
  const parts = rows.flatMap((row) => {
    const alone = { ...row, part: `fold${row.fold + 1}`, label: [row.fold + 1, ...targetCells(row.targets)] };
    return isWhole ? [{ ...alone, part: "folds" }, alone] : [alone];
  });
  const chosen = await chooseSplit(protocol, parts, { ...options, layout, folder: files.name });
  const isOfAll = chosen.rows[0]!.part === "folds";
  return multitaskTest({
    ...chosen,
    modes: ["direct"],
    measures: foldMeasures(set),
    folds: isOfAll ? set.folds.length : 1,
    samples: chosen.rows.map(({ id, subject, fold, targets }) => ({
      id,
      picture: { file: id },
      unit: subject,
      labels: targets,
      fold: isOfAll ? fold : 0,
    })),
  });
}
