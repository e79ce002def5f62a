import { errors } from "../../errors.ts";
import { noLabels, type ReleaseFiles } from "../release-files.ts";
import type { Layout } from "../split-standing.ts";
import { linesOf } from "../text-lines.ts";
import { cellError, cellOf, parseNumber, readTextTable, textOf } from "../text-table.ts";

/** The last frame of one sequence, with its units. */
export interface CodedFrame {
  readonly id: string;
  readonly subject: string;
  /** Intensities by number of the unit: 1 to 5, and 0 for a unit that is present without its intensity. */
  readonly units: ReadonlyMap<number, number>;
}

/** The largest number of a unit in FACS, codes of the head, eyes and body included. */
const LARGEST_UNIT = 99;

/**
 * Reads the action units of CK+ in either layout. Official: a file FACS/S005/001/S005_001_00000011_facs.txt for each
 * sequence, named as its last frame, a line "unit intensity" for each unit that is present. Packed: action_units.csv
 * with `file, subject, action_units`, the last as "4:0 7:5".
 */
export async function readCodedFrames(
  files: ReleaseFiles,
): Promise<{ readonly layout: Layout; readonly rows: readonly CodedFrame[] }> {
  const packed = await files.text("action_units.csv");
  if (packed !== undefined) {
    const { rows } = readTextTable(packed, "action_units.csv", ["file", "subject", "action_units"]);
    return {
      layout: "packed",
      rows: rows.map((row) => ({
        id: textOf(row, "file"),
        subject: textOf(row, "subject"),
        units: unitsOf(
          cellOf(row, "action_units")
            .split(" ")
            .filter(Boolean)
            .map((unit) => unit.split(":")),
          () => cellError(row, "action_units", 'units and intensities such as "4:0 7:5"'),
        ),
      })),
    };
  }
  const names = await files.names();
  const coded = names.filter((name) => /S\d{3}_\d{3}_\d{8}_facs\.txt$/.test(name));
  if (coded.length === 0) throw noLabels(files, ["action_units.csv", "FACS/, with cohn-kanade-images/ beside it"]);
  const rows = coded.map(async (name): Promise<CodedFrame> => {
    const [, frame = "", subject = "", session = ""] = /((S\d{3})_(\d{3})_\d{8})_facs\.txt$/.exec(name)!;
    const lines = linesOf((await files.text(name)) ?? "", name);
    const picture = `${subject}/${session}/${frame}.png`;
    return {
      id: names.find((file) => file.endsWith(picture)) ?? `cohn-kanade-images/${picture}`,
      subject,
      units: unitsOf(
        lines.map(({ text }) => text.split(/\s+/)),
        (i) =>
          errors["text-format"]({
            where: lines[i]!.where,
            expected: `a unit from 1 to ${LARGEST_UNIT}, once, and its intensity from 0 to 5`,
            received: JSON.stringify(lines[i]!.text),
          }),
      ),
    };
  });
  return { layout: "official", rows: await Promise.all(rows) };
}

function unitsOf(pairs: readonly (readonly string[])[], error: (pair: number) => Error): ReadonlyMap<number, number> {
  const units = new Map<number, number>();
  pairs.forEach((pair, i) => {
    const [unit = Number.NaN, intensity = Number.NaN, ...rest] = pair.map(parseNumber);
    const isWhole = Number.isInteger(unit) && Number.isInteger(intensity) && rest.length === 0;
    if (!isWhole || unit < 1 || unit > LARGEST_UNIT || intensity < 0 || intensity > 5 || units.has(unit))
      throw error(i);
    units.set(unit, intensity);
  });
  return units;
}
