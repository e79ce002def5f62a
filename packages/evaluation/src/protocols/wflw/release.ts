import { errors } from "../../errors.ts";
import type { Box } from "../../metrics/boxes.ts";
import { noLabels, type ReleaseFiles } from "../release-files.ts";
import { parseNumber } from "../text-table.ts";

/** The attributes in the order of the lists, each 0 or 1. */
export const wflwAttributes = ["pose", "expression", "illumination", "makeup", "occlusion", "blur"] as const;

export type WflwAttribute = (typeof wflwAttributes)[number];

/** Columns of the 98 points, in the order of the lists. */
export const columns98 = Array.from({ length: 98 }, (_, i) => [`x${i}`, `y${i}`] as const);

/** One labelled face. */
export interface WflwFace {
  /** Picture and corners of the box, "PICTURE XMIN YMIN XMAX YMAX" as the list has them: a picture may show several. */
  readonly id: string;
  readonly part: string;
  /** The picture, as the list names it. */
  readonly unit: string;
  readonly file: string;
  /** x, y of 98 points. */
  readonly points: readonly number[];
  readonly box: Box;
  readonly attributes: ReadonlySet<WflwAttribute>;
}

const LIST = /^(.*?)(?:WFLW_annotations\/)?(?:list_98pt_rect_attr_train_test\/)?list_98pt_rect_attr_(train|test)\.txt$/;

/**
 * Reads list_98pt_rect_attr_test.txt and list_98pt_rect_attr_train.txt, a line a face: x, y of 98 points; xmin, ymin,
 * xmax, ymax of its box; six attributes; the picture below WFLW_images.
 */
export async function readWflw(files: ReleaseFiles): Promise<readonly WflwFace[]> {
  const names = (await files.names()).filter((name) => LIST.test(name));
  if (names.length === 0) {
    const folder = "WFLW_annotations/list_98pt_rect_attr_train_test";
    throw noLabels(files, [`${folder}/list_98pt_rect_attr_test.txt beside WFLW_images`]);
  }
  const lists = await Promise.all(
    names.map(async (name) => {
      const [, root = "", part = ""] = LIST.exec(name)!;
      return ((await files.text(name)) ?? "").split(/\r?\n/).flatMap((line, i): WflwFace[] => {
        const cells = line.trim().split(/\s+/);
        return cells[0] === "" ? [] : [readFace(cells, { root, part, where: `${name}, line ${i + 1}` })];
      });
    }),
  );
  return lists.flat();
}

function readFace(cells: readonly string[], { root, part, where }: { root: string; part: string; where: string }) {
  const refuse = (expected: string, received: string) => errors["text-format"]({ where, expected, received });
  const unit = cells[206];
  if (unit === undefined || cells.length > 207) {
    throw refuse("98 points, 4 corners, 6 attributes and a picture, 207 cells", `${cells.length}`);
  }
  const numbers = cells.slice(0, 200).map(parseNumber);
  const broken = numbers.findIndex(Number.isNaN);
  if (broken >= 0) throw refuse("numbers before the attributes", JSON.stringify(cells[broken]));
  const [xmin, ymin, xmax, ymax] = numbers.slice(196) as [number, number, number, number];
  if (!(xmax >= xmin && ymax >= ymin)) throw refuse("xmin, ymin, xmax, ymax", cells.slice(196, 200).join(" "));
  const flags = cells.slice(200, 206);
  const strange = flags.find((flag) => flag !== "0" && flag !== "1");
  if (strange !== undefined) throw refuse("attributes 0 or 1", JSON.stringify(strange));
  return {
    id: [unit, ...cells.slice(196, 200)].join(" "),
    part,
    unit,
    file: `${root}WFLW_images/${unit}`,
    points: numbers.slice(0, 196),
    box: { x: xmin, y: ymin, width: xmax - xmin, height: ymax - ymin },
    attributes: new Set(wflwAttributes.filter((_, i) => flags[i] === "1")),
  };
}
