import { readFile } from "node:fs/promises";
import { parse } from "yaml";
import { z } from "zod";
import { errors } from "../../errors.ts";
import type { Point } from "../../image/image.ts";
import type { LabelledBox } from "../types.ts";
import { boxWithin } from "./box-within.ts";

const places = z.union([z.string(), z.array(z.string())]).nullish();

/** The part of a data file (Ultralytics, "Object Detection Datasets Overview") that is read here. */
const dataSchema = z.object({
  /** Root of the set, often on another machine. */
  path: z.string().nullish(),
  /** Folders of pictures or lists of them. */
  train: places,
  val: places,
  test: places,
  /** In label order, or by number from 0. */
  names: z.union([z.array(z.coerce.string()), z.record(z.string(), z.coerce.string())]),
  /** Landmarks of each box, and numbers of each: 2, or 3 with the visibility. */
  kpt_shape: z.tuple([z.int().positive(), z.int().min(2).max(3)]).nullish(),
});

export interface YoloData extends Omit<z.output<typeof dataSchema>, "names"> {
  readonly names: readonly string[];
}

/** Reads a text file of the set. */
export const readText = (path: string): Promise<string> =>
  readFile(path, "utf8").catch((cause: unknown) => {
    throw errors["data-missing"]({ path }, { cause });
  });

/** Lines of a text file without those that are empty. */
export const linesOf = (text: string): string[] =>
  text
    .split(/\r?\n/)
    .map((line) => line.trim())
    .filter((line) => line !== "");

/** Reads a set's data file. */
export async function readYoloData(path: string): Promise<YoloData> {
  const text = await readText(path);
  const fail = (expected: string, received: string, cause?: unknown) =>
    errors["data-table"]({ where: path, expected, received }, { cause });
  let yaml: unknown;
  try {
    yaml = parse(text);
  } catch (cause) {
    throw fail("a data file in YAML", (cause as Error).message, cause);
  }
  const parsed = dataSchema.safeParse(yaml);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    throw fail(`a data file with names, train and val`, `${issue?.path.join(".")}: ${issue?.message}`, parsed.error);
  }
  const names = Array.isArray(parsed.data.names) ? parsed.data.names : inOrder(parsed.data.names);
  if (names === undefined || names.length === 0) throw fail("names numbered from 0", JSON.stringify(parsed.data.names));
  return { ...parsed.data, names };
}

function inOrder(names: Readonly<Record<string, string>>): string[] | undefined {
  const values = Object.keys(names).map((_, i) => names[i]);
  return values.every((name) => name !== undefined) ? values : undefined;
}

interface BoxLinesOptions {
  /** The label file, for messages. */
  readonly path: string;
  /** Of the upright picture, in pixels. */
  readonly size: { readonly width: number; readonly height: number };
  readonly classes: readonly string[];
  readonly landmarks: YoloData["kpt_shape"];
}

/**
 * The boxes of a picture from its label file: a line each with the class, the centre's x and y, width and height as shares of the picture,
 * then landmarks, of which five are taken for those of a face. Boxes with a landmark missing have no points.
 */
export function boxesOfLines(text: string, { path, size, classes, landmarks }: BoxLinesOptions): LabelledBox[] {
  const [count, step] = landmarks ?? [0, 2];
  return text.split(/\r?\n/).flatMap((line, i): LabelledBox[] => {
    if (line.trim() === "") return [];
    const where = `${path}, line ${i + 1}`;
    const numbers = line.trim().split(/\s+/).map(Number);
    if (numbers.length !== 5 + count * step || !numbers.every(Number.isFinite)) {
      throw errors["data-table"]({
        where,
        expected: `${5 + count * step} numbers: class, x and y of the centre, width, height${
          count === 0 ? " (for landmarks, kpt_shape in the data file)" : `, ${count} landmarks`
        }`,
        received: `"${line}"`,
      });
    }
    const [index, x, y, width, height, ...rest] = numbers as [number, number, number, number, number, ...number[]];
    if (classes[index] === undefined) {
      throw errors["data-table"]({
        where,
        expected: `a class number from 0 to ${classes.length - 1}`,
        received: `${index}`,
      });
    }
    const box = boxWithin(
      {
        x: (x - width / 2) * size.width,
        y: (y - height / 2) * size.height,
        width: width * size.width,
        height: height * size.height,
      },
      size,
      where,
    );
    const points = count === 5 ? pointsOf(rest, step, size) : undefined;
    return [{ box, ...(points && { points }), kind: "face", class: index }];
  });
}

/** The landmarks in pixels; undefined where one is unknown: negative, at the very corner, or not visible. */
function pointsOf(numbers: readonly number[], step: number, size: BoxLinesOptions["size"]): Point[] | undefined {
  const points: Point[] = [];
  for (let at = 0; at < numbers.length; at += step) {
    const [x, y, visibility] = [numbers[at]!, numbers[at + 1]!, step === 3 ? numbers[at + 2]! : 1];
    if (x < 0 || y < 0 || (x === 0 && y === 0) || visibility === 0) return undefined;
    points.push([x * size.width, y * size.height]);
  }
  return points;
}
