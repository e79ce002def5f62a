import { readFile } from "node:fs/promises";
import { parse, parseDocument } from "yaml";
import { z } from "zod";
import { errors } from "../errors.ts";
import { type LoadedRecipe, parseRecipe } from "./recipe.ts";

/** A field of a recipe and the values that it takes. */
export interface Axis {
  /** Words with dots between them, items of lists by number: "training.groups.0.rate". */
  readonly path: string;
  readonly values: readonly unknown[];
}

/** A value for each of some fields of a recipe, by path. */
export type Point = Readonly<Record<string, unknown>>;

const gridSchema = z.record(z.string().min(1), z.array(z.unknown()).min(1));

/** The axes of a YAML file that has a list of values under each path. */
export async function readGrid(file: string): Promise<readonly Axis[]> {
  const text = await readFile(file, "utf8").catch((cause: unknown) => {
    throw errors["recipe-missing"]({ path: file }, { cause });
  });
  return Object.entries(checkedGrid(text, file)).map(([path, values]) => ({ path, values }));
}

/** The axis of "PATH=a,b,c"; values are written as in YAML, so that [32, 64] is one of them. */
export function parseAxis(text: string): Axis {
  const at = text.indexOf("=");
  const path = at < 0 ? text : text.slice(0, at);
  const grid = checkedGrid(`${JSON.stringify(path)}: [${at < 0 ? "" : text.slice(at + 1)}]`, text);
  return { path, values: grid[path]! };
}

function checkedGrid(text: string, where: string): z.output<typeof gridSchema> {
  let value: unknown;
  try {
    value = parse(text);
  } catch (cause) {
    throw errors["grid-invalid"]({ where, detail: (cause as Error).message }, { cause });
  }
  const parsed = gridSchema.safeParse(value);
  if (!parsed.success)
    throw errors["grid-invalid"]({ where, detail: z.prettifyError(parsed.error) }, { cause: parsed.error });
  return parsed.data;
}

/** Every combination of the axes' values, the last axis fastest; one empty point of no axes. A path that comes twice is an error. */
export function pointsOf(axes: readonly Axis[]): readonly Point[] {
  const twice = axes.find(({ path }, index) => axes.findIndex((axis) => axis.path === path) < index);
  if (twice) throw errors["grid-invalid"]({ where: twice.path, detail: "it is given twice" });
  return axes.reduce<readonly Point[]>(
    (points, { path, values }) => points.flatMap((point) => values.map((value) => ({ ...point, [path]: value }))),
    [{}],
  );
}

/** A recipe with other values at a point's paths; its text keeps all else, comments too. `name` is for messages. */
export function varyRecipe(text: string, point: Point, name: string): LoadedRecipe {
  const entries = Object.entries(point);
  if (entries.length === 0) return parseRecipe(text, name);
  const where = `${name} with ${entries.map(([path, value]) => `${path}=${JSON.stringify(value)}`).join(" ")}`;
  const document = parseDocument(text);
  for (const [path, value] of entries) {
    const words = path.split(".").map((word) => (/^\d+$/.test(word) ? Number(word) : word));
    try {
      document.setIn(words, document.createNode(value));
    } catch (cause) {
      throw errors["recipe-invalid"]({ path: where, detail: `${path}: ${(cause as Error).message}` }, { cause });
    }
  }
  return parseRecipe(document.toString({ lineWidth: 0 }), where);
}

/** Letters, digits and what file systems take, of the last words of a point's paths with their values. */
export function pointName(point: Point, sha256: string): string {
  const words = Object.entries(point).map(([path, value]) => `${path.split(".").at(-1)}-${JSON.stringify(value)}`);
  const readable = words
    .join("_")
    .replace(/[^\w.-]+/g, "-")
    .replace(/-{2,}/g, "-")
    .slice(0, 80);
  // the hash tells points with the same words apart, and a recipe that has changed from what it was
  return `${readable}${readable === "" ? "" : "_"}${sha256.slice(0, 8)}`;
}
