import { errors } from "../../errors.ts";
import type { Box } from "../../metrics/boxes.ts";
import { noLabels, type ReleaseFiles } from "../release-files.ts";
import { parseNumber } from "../text-table.ts";

/** The twenty classes, in the order of the development kit. */
export const vocClasses = [
  ...["aeroplane", "bicycle", "bird", "boat", "bottle", "bus", "car", "cat", "chair", "cow"],
  ...["diningtable", "dog", "horse", "motorbike", "person", "pottedplant", "sheep", "sofa", "train", "tvmonitor"],
] as const;

/** One labelled object. */
export interface VocObject {
  readonly name: string;
  /** In pixels from 0 with continuous edges: that of VOC less 1, and one wider than xmax - xmin. */
  readonly box: Box;
  readonly difficult: boolean;
}

/** A picture on the list of a part; `read` reads its labels. */
export interface VocPicture {
  /** As the lists name it. */
  readonly id: string;
  /** Year and list, "2007_test". */
  readonly part: string;
  readonly file: string;
  readonly read: () => Promise<readonly VocObject[]>;
}

/** Lists of whole parts; those of one class have its name in front. */
const LISTS = /^(.*?)ImageSets\/Main\/(train|val|trainval|test)\.txt$/;

/**
 * Reads the lists of VOCdevkit (or of one VOCYEAR folder of it): ImageSets/Main/PART.txt with a picture's name in each
 * line, Annotations/NAME.xml with its objects, JPEGImages/NAME.jpg. The year is that of the folder, else that which
 * the first picture's annotation names.
 */
export async function readVocLists(files: ReleaseFiles): Promise<readonly VocPicture[]> {
  const lists = (await files.names()).flatMap((name) => {
    const match = LISTS.exec(name);
    return match === null ? [] : [{ name, root: match[1]!, part: match[2]! }];
  });
  if (lists.length === 0) {
    throw noLabels(files, ["VOCYEAR/ImageSets/Main/test.txt (or val, train, trainval) beside VOCYEAR/Annotations"]);
  }
  const read = await Promise.all(
    lists.map(async ({ name, root, part }) => {
      const ids = ((await files.text(name)) ?? "").split(/\r?\n/).flatMap((line) => line.trim().split(/\s+/)[0] || []);
      const year = /VOC(\d{4})\/$/.exec(root)?.[1] ?? (await yearOf(files, root, ids[0]));
      return ids.map((id) => ({
        id,
        part: year === undefined ? part : `${year}_${part}`,
        file: `${root}JPEGImages/${id}.jpg`,
        read: () => readObjects(files, `${root}Annotations/${id}.xml`),
      }));
    }),
  );
  return read.flat();
}

async function yearOf(files: ReleaseFiles, root: string, id: string | undefined): Promise<string | undefined> {
  const text = id === undefined ? undefined : await files.text(`${root}Annotations/${id}.xml`);
  return /<folder>\s*VOC(\d{4})\s*<\/folder>/.exec(text ?? "")?.[1];
}

async function readObjects(files: ReleaseFiles, file: string): Promise<VocObject[]> {
  const text = await files.text(file);
  if (text === undefined) throw errors["missing-labels"]({ folder: files.name, expected: [file] });
  return readVocObjects(text, file);
}

/** The objects of an annotation; the boxes of their parts (head, hand, foot) are passed over. */
export function readVocObjects(text: string, file: string): VocObject[] {
  const bare = text.replace(/<!--[\s\S]*?-->/g, "");
  if (!/<annotation[\s>][\s\S]*<\/annotation>/.test(bare)) {
    throw errors["text-format"]({
      where: file,
      expected: "an <annotation> of VOC",
      received: bare.slice(0, 40).trim(),
    });
  }
  return [...bare.matchAll(/<object>([\s\S]*?)<\/object>/g)].map(([, object = ""], i) => {
    const own = object.replace(/<part>[\s\S]*?<\/part>/g, "");
    const where = `${file}, object ${i}`;
    const name = textOf(own, "name") ?? "";
    if (!vocClasses.some((known) => known === name)) {
      throw errors["text-format"]({ where, expected: `a class of ${vocClasses.join(", ")}`, received: `"${name}"` });
    }
    const difficult = textOf(own, "difficult") ?? "0";
    if (!/^[01]$/.test(difficult)) {
      throw errors["text-format"]({ where, expected: "difficult 0 or 1", received: `"${difficult}"` });
    }
    const corners = ["xmin", "ymin", "xmax", "ymax"].map((tag) => textOf(own, tag) ?? "");
    return { name, box: vocBox(corners, where), difficult: difficult === "1" };
  });
}

/** The box of VOC's corners xmin, ymin, xmax, ymax, pixels counted from 1 and both corners inside. */
export function vocBox(corners: readonly string[], where: string): Box {
  const [xmin, ymin, xmax, ymax] = corners.map(parseNumber) as [number, number, number, number];
  const box = { x: xmin - 1, y: ymin - 1, width: xmax - xmin + 1, height: ymax - ymin + 1 };
  if (!(box.width >= 0 && box.height >= 0)) {
    throw errors["text-format"]({
      where,
      expected: "numbers xmin, ymin, xmax, ymax, the last two not below the first",
      received: corners.join(" ") || "none",
    });
  }
  return box;
}

const textOf = (xml: string, tag: string): string | undefined =>
  new RegExp(`<${tag}>\\s*([^<]*?)\\s*</${tag}>`).exec(xml)?.[1];
