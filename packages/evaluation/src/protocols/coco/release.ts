import { errors } from "../../errors.ts";
import type { Box } from "../../metrics/boxes.ts";
import type { Mask } from "../../metrics/coco/run-length.ts";
import { type JsonObject, listOf, numberOf, objectOf, parseJson, textOf, unexpected } from "../json.ts";
import { noLabels, type ReleaseFiles } from "../release-files.ts";
import { boxOf, maskOf } from "./regions.ts";

/** One annotated object. */
export interface CocoLabel {
  /** Number of its category. */
  readonly category: number;
  readonly box: Box;
  readonly area: number;
  readonly crowd: boolean;
  /** Draws its mask; absent where the file has none for it. */
  readonly mask?: () => Mask;
}

/** One picture with all its objects, in the order of the file. */
export interface CocoPicture {
  /** Its number, as text. */
  readonly id: string;
  readonly part: string;
  readonly file: string;
  readonly size: Pick<Mask, "height" | "width">;
  readonly objects: readonly CocoLabel[];
  readonly label: readonly string[];
}

/** The annotations of one part. */
export interface CocoRelease {
  readonly pictures: readonly CocoPicture[];
  /** Names of categories by their number, in the order of the file. */
  readonly categories: ReadonlyMap<number, string>;
}

const ANNOTATIONS = /^(.*?)(annotations\/)?instances_([\w-]+)\.json$/;

/** The parts of a release by name: its files instances_PART.json, in the folder or in its annotations/. */
export async function cocoParts(files: ReleaseFiles): Promise<ReadonlyMap<string, string>> {
  const parts = (await files.names()).flatMap((name): [string, string][] => {
    const part = ANNOTATIONS.exec(name)?.[3];
    return part === undefined ? [] : [[part, name]];
  });
  if (parts.length === 0) throw noLabels(files, ["annotations/instances_val2017.json", "instances_PART.json"]);
  return new Map(parts);
}

/**
 * Reads one file instances_PART.json, official or a packed part of it: images (id, file_name, width, height), categories
 * (id, name), annotations (image_id, category_id, bbox, area, iscrowd, segmentation as polygons or run lengths).
 */
export async function readCoco(files: ReleaseFiles, file: string, part: string): Promise<CocoRelease> {
  const content = objectOf(parseJson((await files.text(file)) ?? "", file), file);
  const list = (name: string) => listOf(content[name], `${file}, ${name}`);
  const categories = new Map<number, string>();
  list("categories").forEach((value, i) => {
    const where = `${file}, category ${i}`;
    const { id, name } = objectOf(value, where);
    const number = numberOf(id, where, { minimum: 0, whole: true });
    const text = textOf(name, where);
    if (categories.has(number) || [...categories.values()].includes(text)) {
      throw unexpected(value, where, "each category once");
    }
    categories.set(number, text);
  });
  const names = new Set(await files.names());
  const root = ANNOTATIONS.exec(file)?.[1] ?? "";
  const pictures = new Map<
    number,
    Omit<CocoPicture, "objects" | "label"> & { objects: CocoLabel[]; label: string[] }
  >();
  list("images").forEach((value, i) => {
    const where = `${file}, image ${i}`;
    const image = objectOf(value, where);
    const number = numberOf(image.id, where, { minimum: 0, whole: true });
    if (pictures.has(number)) throw errors["repeated-image"]({ received: String(number) });
    const name = textOf(image.file_name, where);
    const size = {
      height: numberOf(image.height, where, { minimum: 1, whole: true }),
      width: numberOf(image.width, where, { minimum: 1, whole: true }),
    };
    const places = [
      `${root}${part}/${name}`,
      `${root}images/${name}`,
      `${root}images/${part}/${name}`,
      `${root}${name}`,
    ];
    const picture = places.find((place) => names.has(place)) ?? places[0]!;
    pictures.set(number, { id: String(number), part, file: picture, size, objects: [], label: [] });
  });
  list("annotations").forEach((value, i) => {
    const where = `${file}, annotation ${i}`;
    const annotation = objectOf(value, where);
    const picture = pictures.get(numberOf(annotation.image_id, where));
    if (picture === undefined) throw errors["unknown-image"]({ where, received: String(annotation.image_id) });
    picture.objects.push(labelOf(annotation, { categories, size: picture.size, where }));
    const { category_id, bbox, area, iscrowd = 0, segmentation = null } = annotation;
    picture.label.push(JSON.stringify([category_id, bbox, area, iscrowd, segmentation]));
  });
  // the order of annotations settles ties as in COCO's own code, and yet is no part of the split's hash
  return {
    categories,
    pictures: [...pictures.values()].map((picture) => ({ ...picture, label: picture.label.sort() })),
  };
}

function labelOf(
  annotation: JsonObject,
  { categories, size, where }: Pick<CocoRelease, "categories"> & { size: CocoPicture["size"]; where: string },
): CocoLabel {
  const { category_id, bbox, area, iscrowd = 0, segmentation } = annotation;
  const category = numberOf(category_id, where);
  if (!categories.has(category)) throw unexpected(category_id, where, "a category_id of the file's categories");
  if (iscrowd !== 0 && iscrowd !== 1) throw unexpected(iscrowd, where, "iscrowd 0 or 1");
  const isMasked = Array.isArray(segmentation) ? segmentation.length > 0 : segmentation !== undefined;
  return {
    category,
    box: boxOf(bbox, `${where}, bbox`),
    area: numberOf(area, `${where}, area`, { minimum: 0 }),
    crowd: iscrowd === 1,
    ...(isMasked ? { mask: () => maskOf(segmentation, size, `${where}, segmentation`) } : {}),
  };
}
