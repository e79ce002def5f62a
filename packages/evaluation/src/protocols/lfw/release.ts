import { errors } from "../../errors.ts";
import { noLabels, type ReleaseFiles } from "../release-files.ts";
import type { Layout } from "../split-standing.ts";
import { choiceOf, numberOf, readTextTable, textOf } from "../text-table.ts";

/** One pair of pictures, by their files, and the people whom the release says they show. */
export interface LfwPair {
  readonly part: "view2" | "view1_test" | "view1_train";
  /** 1 to 10 in view 2; 1 in view 1. */
  readonly fold: number;
  readonly first: string;
  readonly second: string;
  readonly people: readonly [first: string, second: string];
  readonly isSame: boolean;
}

/** The text files of the official release and the parts that they hold. */
const textFiles = {
  "pairs.txt": "view2",
  "pairsDevTest.txt": "view1_test",
  "pairsDevTrain.txt": "view1_train",
} as const;

/**
 * Reads pairs in the official layout (pairs.txt for view 2, pairsDevTest.txt and pairsDevTrain.txt for view 1, pictures
 * NAME/NAME_0001.jpg, in a folder lfw or not) or in the packed one (pairs.csv: fold, name_a, image_a, name_b, image_b, same).
 */
export async function readLfw(files: ReleaseFiles): Promise<{ layout: Layout; pairs: readonly LfwPair[] }> {
  const packed = await files.text("pairs.csv");
  if (packed !== undefined) return { layout: "packed", pairs: readPacked(packed) };
  const names = await files.names();
  const prefix = pictureFolder(names);
  const texts = await Promise.all(
    Object.entries(textFiles).map(async ([file, part]) => ({ file, part, text: await files.text(file) })),
  );
  const pairs = texts.flatMap(({ file, part, text }) =>
    text === undefined ? [] : readText(text, { file, part, prefix }),
  );
  if (pairs.length === 0) throw noLabels(files, ["pairs.csv", Object.keys(textFiles).join(" or ")]);
  return { layout: "official", pairs };
}

function readPacked(text: string): LfwPair[] {
  const columns = ["fold", "name_a", "image_a", "name_b", "image_b", "same"];
  return readTextTable(text, "pairs.csv", columns).rows.map((row) => ({
    part: "view2",
    fold: numberOf(row, "fold", { minimum: 1, maximum: 10, whole: true }),
    first: textOf(row, "image_a"),
    second: textOf(row, "image_b"),
    people: [textOf(row, "name_a"), textOf(row, "name_b")],
    isSame: choiceOf(row, "same", ["0", "1"]) === "1",
  }));
}

/** Where the folders of people stand: beside the text files, or in a folder of the archive's name. */
const pictureFolder = (names: readonly string[]): string => {
  const picture = names.find((name) => /(^|\/)([^/]+)\/\2_\d{4}\.jpg$/.test(name));
  return picture === undefined ? "" : picture.replace(/[^/]+\/[^/]+$/, "");
};

/** "10 300" (folds, pairs of a kind) or "500"; then lines "NAME i j" of one person and "NAME i OTHER j" of two. */
function readText(
  text: string,
  { file, part, prefix }: { file: string; part: LfwPair["part"]; prefix: string },
): LfwPair[] {
  const [head = "", ...lines] = text.split(/\r?\n/).filter((line) => line.trim() !== "");
  const numbers = head.trim().split(/\s+/).map(Number);
  const [folds, each] = numbers.length === 2 ? (numbers as [number, number]) : [1, numbers[0]!];
  const bad = (line: number, expected: string, received: string) =>
    errors["table-format"]({ where: `${file}, line ${line}`, expected, received: JSON.stringify(received) });
  if (numbers.length > 2 || !(folds >= 1 && each >= 1 && Number.isInteger(folds * each))) {
    throw bad(1, "the number of folds and of pairs of a kind", head);
  }
  if (lines.length !== folds * each * 2) {
    throw errors["table-format"]({
      where: file,
      expected: `${folds * each * 2} pairs, as its first line says`,
      received: `${lines.length}`,
    });
  }
  const picture = (name: string, index: string) => `${prefix}${name}/${name}_${index.padStart(4, "0")}.jpg`;
  return lines.map((line, i) => {
    const cells = line.trim().split(/\s+/);
    const isSame = i % (2 * each) < each;
    const [a = "", i1 = "", ...rest] = cells;
    const [b, i2] = isSame ? [a, rest[0] ?? ""] : [rest[0] ?? "", rest[1] ?? ""];
    if (cells.length !== (isSame ? 3 : 4) || !/^\d+$/.test(i1) || !/^\d+$/.test(i2)) {
      throw bad(i + 2, isSame ? "a name and two numbers" : "a name, a number, a name and a number", line);
    }
    const fold = Math.floor(i / (2 * each)) + 1;
    return { part, fold, first: picture(a, i1), second: picture(b, i2), people: [a, b], isSame };
  });
}
