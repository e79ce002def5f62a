import { errors } from "../../errors.ts";
import { expressionOf, readPackedExpressions } from "../packed-expressions.ts";
import { noLabels, type ReleaseFiles } from "../release-files.ts";
import type { Layout } from "../split-standing.ts";

/** The six expressions, in the order of their codes from 0. */
export const lsdExpressions = ["anger", "disgust", "fear", "happiness", "sadness", "surprise"] as const;

/** Names that folders and other sets give them; ANGRER is how the release spells it. */
export const lsdAliases: Readonly<Record<string, string>> = {
  angrer: "anger",
  angry: "anger",
  happy: "happiness",
  sad: "sadness",
};

/** One picture. */
export interface LsdRow {
  readonly id: string;
  readonly part: string;
  readonly unit: string;
  /** Number of its expression. */
  readonly target: number;
}

const set = { classes: lsdExpressions, aliases: lsdAliases };

const folders = { validation_set_real_images: "valid", training_set_synthetic_images: "train" } as const;

/**
 * Reads the pictures of the LSD challenge in either layout. Official: validation_set_real_images/EXPRESSION/ and
 * training_set_synthetic_images/EXPRESSION/ (names recalled). Packed: labels.csv with `file`, `expression` and, if there,
 * `split` and `group` (the video).
 */
export async function readLsd(
  files: ReleaseFiles,
): Promise<{ readonly layout: Layout; readonly rows: readonly LsdRow[] }> {
  const packed = await files.text("labels.csv");
  if (packed !== undefined) {
    const rows = readPackedExpressions(packed, { ...set, part: "valid" });
    return { layout: "packed", rows: rows.map(({ id, part, unit, target }) => ({ id, part, unit, target: target! })) };
  }
  const rows = (await files.names()).flatMap((id): LsdRow[] => {
    const [, folder = "", name = ""] = /(?:^|\/)([a-z_]+)\/([^/]+)\/[^/]+\.(?:jpe?g|png)$/i.exec(id) ?? [];
    if (!Object.hasOwn(folders, folder)) return [];
    const target = expressionOf(name, set);
    if (target < 0) {
      const expected = `a folder for each of ${lsdExpressions.join(", ")}`;
      throw errors["text-format"]({ where: folder, expected, received: `${name}/` });
    }
    return [{ id, target, part: folders[folder as keyof typeof folders], unit: id }];
  });
  if (rows.length === 0) throw noLabels(files, ["labels.csv", `${Object.keys(folders).join("/, ")}/ by expression`]);
  return { layout: "official", rows };
}
