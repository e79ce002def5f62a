import { statSync } from "node:fs";
import { basename, dirname, extname, join, relative, resolve } from "node:path";
import { splitOfFolder } from "../../data/readers/picture-files.ts";
import { openDataset } from "../../data/readers/table.ts";
import type { GroupRule } from "../../data/regroup.ts";
import type { Dataset } from "../../data/types.ts";
import { errors } from "../../errors.ts";
import type { DataSetSpec } from "../data-places.ts";
import { csvOptions } from "./csv-columns.ts";

/** What pictures of one's own lie in: folders by class, or boxes in a common layout, or a table. */
export const ownLayouts = ["images", "coco", "yolo", "voc", "csv"] as const;

export type OwnLayout = (typeof ownLayouts)[number];

/** What a training on one's own pictures is asked for. */
export interface OwnRequest {
  readonly layout: OwnLayout;
  /** Folder or file of that layout. */
  readonly path: string;
  /** Of a table: NAME=COLUMN[,COLUMN...][:KIND]; absent: every column that looks like a label. */
  readonly tasks?: readonly string[];
  /** Regular expression over the names of pictures, or the name of a table's column. */
  readonly groupBy?: string;
  /** Pictures of a run, by the captured number. */
  readonly groupRun?: number;
  /** Whether pictures may be mirrored; absent: as the data suggest. */
  readonly flip?: boolean;
  /** How long all may take. */
  readonly minutes: number;
  /** Path of a model to start from. */
  readonly from?: string;
  readonly features?: string;
  readonly freeze?: readonly string[];
  /** Name of the model; absent: after the folder. */
  readonly name?: string;
}

/** A request's data, opened. */
export interface OwnData {
  readonly spec: DataSetSpec;
  readonly dataset: Dataset;
  readonly groupBy: GroupRule | undefined;
  /** Whether all labels are boxes. */
  readonly hasBoxes: boolean;
}

/** Opens the data of a request by the reader of its layout. */
export async function openOwnData(request: OwnRequest): Promise<OwnData> {
  const path = resolve(request.path);
  const found = statSync(path, { throwIfNoEntry: false });
  if (!found) throw errors["data-missing"]({ path: request.path });
  const { spec, isColumn } = await specOf(request, path, found.isDirectory());
  const dataset = await openDataset(spec.reader, spec.folder, { options: spec.options });
  const { groupBy, groupRun } = request;
  if (groupBy === undefined && groupRun !== undefined) {
    throw errors["own-data"]({ where: "--group-run", expected: "--group-by beside it", received: "none" });
  }
  const rule = groupBy === undefined || isColumn ? undefined : { pattern: groupBy, ...(groupRun && { run: groupRun }) };
  return { spec, dataset, groupBy: rule, hasBoxes: request.layout !== "images" && request.layout !== "csv" };
}

async function specOf(
  { layout, tasks, groupBy, groupRun }: OwnRequest,
  path: string,
  isFolder: boolean,
): Promise<{ spec: DataSetSpec; isColumn: boolean }> {
  const mustBe = (expected: string) => {
    throw errors["own-data"]({ where: `--${layout}`, expected, received: path });
  };
  if (tasks?.length && layout !== "csv") {
    throw errors["own-data"]({ where: "--task", expected: "--csv beside it", received: `--${layout}` });
  }
  const spec = (reader: string, folder: string, options: DataSetSpec["options"]) => ({
    spec: { reader, folder, options },
    isColumn: false,
  });
  switch (layout) {
    case "images":
      if (!isFolder) mustBe("a folder with a folder for each class");
      return spec("folder", path, {});
    case "voc":
      if (!isFolder) mustBe("a folder with Annotations and JPEGImages");
      return spec("voc", path, {});
    case "yolo":
      if (isFolder) return spec("yolo", path, {});
      return spec("yolo", dirname(path), { data: basename(path) });
    case "coco": {
      if (isFolder) return spec("coco", path, {});
      const folder = basename(dirname(path)) === "annotations" ? dirname(dirname(path)) : dirname(path);
      return spec("coco", folder, { annotations: relative(folder, path).replaceAll("\\", "/") });
    }
    case "csv": {
      if (isFolder || extname(path).toLowerCase() !== ".csv") mustBe("a file that ends in .csv");
      const { options, isColumn } = await csvOptions(path, {
        tasks: tasks ?? [],
        group: groupRun === undefined ? groupBy : undefined,
      });
      return { spec: { reader: "csv", folder: dirname(path), options }, isColumn };
    }
  }
}

/** A name for a recipe after the data: the folder's last name that says something, in small letters. */
export function nameOf({ layout, path, name }: Pick<OwnRequest, "layout" | "path" | "name">): string {
  const whole = resolve(path);
  const file = layout === "csv" || extname(whole) !== "" ? dirname(whole) : whole;
  const parts = file.split(/[\\/]/).filter((part) => !splitOfFolder(part) && !/^(annotations|images|)$/.test(part));
  const slug = (text: string) =>
    text
      .toLowerCase()
      .replace(/[^a-z0-9]+/g, "-")
      .replace(/^-+|-+$/g, "");
  return slug(name ?? parts.at(-1) ?? "") || "own";
}

/** Path of the folder of a run of this name. */
export const runOf = (name: string): string => join("runs", name);
