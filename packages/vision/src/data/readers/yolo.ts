import { existsSync, statSync } from "node:fs";
import { readdir } from "node:fs/promises";
import { basename, dirname, join, relative, resolve } from "node:path";
import { z } from "zod";
import { errors } from "../../errors.ts";
import { createLoader } from "../load.ts";
import type { Dataset, LabelledBox, Sample, Split } from "../types.ts";
import { createFileLookup, namesBelow, pictureName, splitOfFolder, stemOf } from "./picture-files.ts";
import { defineReader } from "./reader.ts";
import { termsOptions } from "./terms-options.ts";
import { uprightSize } from "./upright-size.ts";
import { boxesOfLines, linesOf, readText, readYoloData, type YoloData } from "./yolo-file.ts";

/**
 * Pictures with a text file of boxes each (the layout of Darknet and Ultralytics), one task with a class a box. A picture without a
 * label file is one without an object. `val` is the validation part. Without a data file the classes stand in classes.txt, a line each.
 */
export const yolo = defineReader({
  summary: "YOLO: data.yaml or classes.txt, images and labels/*.txt, boxes in classes",
  knownBy: { file: "data.yaml" },
  options: z.strictObject({
    task: z.string().min(1).default("objects").describe("the task that the boxes are labels of"),
    data: z
      .string()
      .min(1)
      .default("data.yaml")
      .describe("the data file, seen from the folder; without one classes.txt"),
    ...termsOptions,
  }),
  async read(folder, { task, data, ...terms }): Promise<Dataset> {
    const file = resolve(folder, data);
    const hasData = existsSync(file);
    const { names, kpt_shape, ...parts } = hasData ? await readYoloData(file) : await classesIn(folder, file);
    const pictures = hasData ? await picturesOf(folder, file, parts) : await picturesIn(folder);
    if (pictures.length === 0) {
      throw errors["data-count"]({ where: folder, expected: "pictures with label files", received: "no pictures" });
    }
    const exists = createFileLookup();
    let labelled = 0;
    const samples: Sample[] = [];
    const expected = new Set<string>();
    for (const { picture, split } of pictures) {
      const path = labelFileOf(folder, picture);
      expected.add(path);
      let boxes: LabelledBox[] = [];
      if (await exists(path)) {
        labelled++;
        const text = await readText(path);
        if (text.trim() !== "") {
          const size = await uprightSize(picture);
          boxes = boxesOfLines(text, { path, size, classes: names, landmarks: kpt_shape });
        }
      }
      const id = relative(folder, picture).replaceAll("\\", "/");
      samples.push({
        id,
        image: { file: picture },
        labels: { [task]: { kind: "boxes", boxes } },
        group: id,
        split,
      });
    }
    if (labelled === 0) {
      const [example] = expected;
      throw errors["data-count"]({ where: folder, expected: `label files such as ${example}`, received: "none" });
    }
    await refuseOrphans(expected, pictures);
    return {
      name: basename(resolve(folder)),
      samples,
      classes: { [task]: names },
      terms,
      load: createLoader({ maximumBytes: 0 }),
    };
  },
});

interface Listed {
  /** Path of the file. */
  readonly picture: string;
  readonly split: Split;
  /** Whether it was named in a list, which may leave others out. */
  readonly isListed: boolean;
}

async function classesIn(folder: string, data: string): Promise<YoloData> {
  const file = ["classes.txt", join("labels", "classes.txt")]
    .map((name) => join(folder, name))
    .find((path) => existsSync(path));
  if (file === undefined) throw errors["data-missing"]({ path: data });
  const names = linesOf(await readText(file));
  if (names.length > 0 && new Set(names).size === names.length) return { names };
  throw errors["data-table"]({ where: file, expected: "each class on a line, once", received: names.join(", ") });
}

/** All pictures of the folder; a folder named train, valid, val or test on the way makes the part. */
async function picturesIn(folder: string): Promise<Listed[]> {
  return (await namesBelow(folder))
    .filter((name) => pictureName.test(name))
    .map((name) => {
      const split = dirname(name)
        .split("/")
        .map(splitOfFolder)
        .find((found) => found !== undefined);
      return { picture: join(folder, name), split: split ?? "train", isListed: false };
    });
}

/** The pictures of the parts that a data file names. */
async function picturesOf(
  folder: string,
  file: string,
  { path, train, val, test }: Omit<YoloData, "names">,
): Promise<Listed[]> {
  const own = dirname(file);
  const named = path ? resolve(folder, path) : own;
  const roots = existsSync(named) ? [named, own] : [own];
  const parts: [Split, typeof train][] = [
    ["train", train],
    ["valid", val],
    ["test", test],
  ];
  const found: Listed[] = [];
  const seen = new Set<string>();
  for (const [split, places] of parts) {
    for (const place of [places ?? []].flat()) {
      // "../train/images" is what a widespread export writes for "train/images"
      const candidates = roots.flatMap((root) => [resolve(root, place), resolve(root, place.replace(/^\.\.\//, ""))]);
      const at = candidates.find((candidate) => existsSync(candidate));
      if (at === undefined) throw errors["data-missing"]({ path: candidates[0]! });
      for (const one of statSync(at).isDirectory() ? await inFolder(at) : await inList(at, roots)) {
        if (seen.has(one.picture)) {
          throw errors["data-table"]({ where: file, expected: "each picture in one part", received: one.picture });
        }
        seen.add(one.picture);
        found.push({ ...one, split });
      }
    }
  }
  return found;
}

const inFolder = async (path: string): Promise<Omit<Listed, "split">[]> =>
  (await namesBelow(path))
    .filter((name) => pictureName.test(name))
    .map((name) => ({ picture: join(path, name), isListed: false }));

async function inList(path: string, roots: readonly string[]): Promise<Omit<Listed, "split">[]> {
  const exists = createFileLookup();
  const found: Omit<Listed, "split">[] = [];
  for (const line of linesOf(await readText(path))) {
    let picture: string | undefined;
    for (const root of [dirname(path), ...roots]) {
      const candidate = resolve(root, line);
      if (picture === undefined && (await exists(candidate))) picture = candidate;
    }
    if (picture === undefined) {
      throw errors["data-table"]({ where: path, expected: "files of pictures, a line each", received: `"${line}"` });
    }
    found.push({ picture, isListed: true });
  }
  return found;
}

/** images/a/b.jpg has its boxes in labels/a/b.txt; a picture in no folder of that name has them beside it. */
function labelFileOf(folder: string, picture: string): string {
  const names = stemOf(relative(folder, picture)).split(/[\\/]/);
  const at = names.lastIndexOf("images");
  if (at >= 0) names[at] = "labels";
  return resolve(folder, `${names.join("/")}.txt`);
}

/** Refuses label files that no picture belongs to: a picture is missing then. */
async function refuseOrphans(expected: ReadonlySet<string>, pictures: readonly Listed[]): Promise<void> {
  if (pictures.some(({ isListed }) => isListed)) return;
  const beside = new Set(pictures.map(({ picture }) => dirname(picture)));
  for (const folder of new Set([...expected].map((path) => dirname(path)))) {
    if (beside.has(folder)) continue; // other texts may lie there
    const names = await readdir(folder).catch(() => []);
    const orphan = names.find(
      (name) => name.endsWith(".txt") && name !== "classes.txt" && !expected.has(join(folder, name)),
    );
    if (orphan === undefined) continue;
    throw errors["data-table"]({ where: join(folder, orphan), expected: "a picture of that name", received: "none" });
  }
}
