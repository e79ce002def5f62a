import { errors } from "../../errors.ts";
import { noLabels, type ReleaseFiles } from "../release-files.ts";
import { cellOf, readTextTable, type TextTable, textOf } from "../text-table.ts";

/** One picture with its class. */
export interface FolderRow {
  readonly id: string;
  readonly part: string;
  readonly name: string;
  readonly unit: string;
}

/** Pictures of one folder, and the column of the label file that their classes stand in, where it has one. */
export interface FolderRelease {
  readonly column?: string;
  readonly rows: readonly FolderRow[];
}

const pictureName = /\.(jpe?g|png|webp|avif)$/i;
/** Names of parts, and what they are called here. */
const parts: Readonly<Record<string, string>> = { train: "train", valid: "valid", val: "valid", test: "test" };

/**
 * Reads pictures with one class each. With a label file (labels.csv or index.csv): the file in column `file` or `path`,
 * the class in `class` or `label` or else in the column after the file's, the part in `split` or else the first folder
 * of the path, and in `group` what must not be torn apart. Without one: CLASS/picture or PART/CLASS/picture.
 */
export async function readFolder(files: ReleaseFiles): Promise<FolderRelease> {
  for (const file of ["labels.csv", "index.csv"]) {
    const text = await files.text(file);
    if (text !== undefined) return readLabels(readTextTable(text, file));
  }
  const pictures = (await files.names()).filter((name) => pictureName.test(name));
  const rows = pictures.flatMap((id): FolderRow[] => {
    const folders = id.split("/").slice(0, -1);
    const part = folders.length > 1 ? parts[folders[0]!] : undefined;
    const name = folders[part === undefined ? 0 : 1];
    return name === undefined ? [] : [{ id, part: part ?? "all", name, unit: id }];
  });
  if (rows.length === 0) throw noLabels(files, ["labels.csv or index.csv", "a folder of pictures for each class"]);
  return { rows };
}

function readLabels({ file, columns, rows }: TextTable): FolderRelease {
  const place = columns.findIndex((column) => column === "file" || column === "path");
  const named = columns.find((column) => column === "class" || column === "label") ?? columns[place + 1];
  if (place < 0 || named === undefined) {
    throw errors["table-format"]({
      where: file,
      expected: 'a column "file" or "path", and one with the class',
      received: columns.join(", "),
    });
  }
  return {
    column: named,
    rows: rows.map((row) => {
      const id = textOf(row, columns[place]!);
      const told = cellOf(row, "split") || (id.split("/")[0] ?? "");
      return { id, part: parts[told] ?? "all", name: textOf(row, named), unit: cellOf(row, "group") || id };
    }),
  };
}
