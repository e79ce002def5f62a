import { z } from "zod";
import { sha256 as hashOf, readBytes } from "#host";
import { errors } from "../errors.ts";
import type { Box, Image } from "../image/image.ts";
import { areaOf, intersect } from "./scene-types.ts";
import type { Dataset, LabelledBox } from "./types.ts";

/** A place that a detector took for an object where there is none. Pixels of the picture; score 0 to 1. */
export interface FalseFind {
  readonly box: Box;
  readonly score: number;
}

const findSchema = z.tuple([z.number(), z.number(), z.number().positive(), z.number().positive(), z.number()]);

/** What a detector wrongly found in training pictures: names and numbers only, no picture. */
export const falseFindsSchema = z.strictObject({
  detector: z.string().describe("SHA-256 of the detector's file"),
  least_score: z.number().describe("weaker finds are left out"),
  finds: z
    .record(z.string(), z.record(z.string(), z.array(findSchema)))
    .describe("by data set (its folder in the recipe) and picture: x, y, width, height, score"),
});

export type FalseFinds = z.output<typeof falseFindsSchema>;

/** Reads a list of false finds; with `sha256` another file is refused. */
export async function readFalseFinds({
  file,
  sha256,
}: {
  readonly file: string;
  readonly sha256?: string | undefined;
}): Promise<FalseFinds> {
  const bytes = await readBytes(file).catch((cause: unknown) => {
    throw errors["data-missing"]({ path: file }, { cause });
  });
  const received = hashOf(bytes);
  if (sha256 !== undefined && sha256 !== received)
    throw errors["data-table"]({ where: file, expected: `SHA-256 ${sha256}`, received });
  try {
    return falseFindsSchema.parse(JSON.parse(new TextDecoder().decode(bytes)));
  } catch (cause) {
    const detail = cause instanceof z.ZodError ? z.prettifyError(cause) : (cause as Error).message;
    throw errors["data-table"]({ where: file, expected: "a list of false finds", received: detail }, { cause });
  }
}

/** A find of which more than this share lies on one labelled box is about that object. */
const mostShared = 0.1;

/** The finds that lie on no labelled box, of any kind: a place that is to be ignored may hold an object. */
export const falseAmong = <Find extends FalseFind>(
  finds: readonly Find[],
  boxes: readonly Pick<LabelledBox, "box">[],
): Find[] =>
  finds.filter(({ box }) =>
    boxes.every((other) => {
      const shared = intersect(box, other.box);
      return shared.width <= 0 || shared.height <= 0 || areaOf(shared) <= mostShared * areaOf(box);
    }),
  );

export interface MineOptions {
  readonly detect: (image: Image) => Promise<readonly FalseFind[]>;
  /** Pictures of which nothing is labelled are without an object: the caller says so. */
  readonly unlabelledAreEmpty?: boolean;
}

/** False finds in the training pictures of a data set, by the sample's name, to a tenth of a pixel and a thousandth of the score. */
export async function mineFalseFinds(
  { samples, load }: Dataset,
  { detect, unlabelledAreEmpty = false }: MineOptions,
): Promise<FalseFinds["finds"][string]> {
  const found: FalseFinds["finds"][string] = {};
  const rounded = (value: number, steps: number) => Math.round(value * steps) / steps;
  for (const sample of samples) {
    const label = sample.labels.faces;
    if (sample.split !== "train" || !(label?.kind === "boxes" || unlabelledAreEmpty)) continue;
    const wrong = falseAmong(await detect(await load(sample)), label?.kind === "boxes" ? label.boxes : []);
    if (wrong.length === 0) continue;
    found[sample.id] = wrong.map(({ box: { x, y, width, height }, score }) => [
      rounded(x, 10),
      rounded(y, 10),
      rounded(width, 10),
      rounded(height, 10),
      rounded(score, 1000),
    ]);
  }
  return found;
}
