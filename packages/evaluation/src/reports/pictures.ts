import type { Box } from "../metrics/boxes.ts";
import type { ReportInput, ReportPicture } from "./report-input.ts";

/** A small picture as a file, and which part of the sample's picture it shows (pixels of that). */
export interface Thumbnail {
  readonly type: "image/jpeg" | "image/png";
  readonly bytes: Uint8Array;
  readonly region: Box;
}

/** What tells a picture apart. */
export type PictureWish = Pick<ReportPicture, "sample" | "region">;

/** Gives the picture of a sample, or the part of it that a region tells; undefined where there is none to show. */
export type ThumbnailMaker = (picture: PictureWish) => Promise<Thumbnail | undefined>;

/** A picture as it stands in the page. */
export interface EmbeddedPicture {
  /** data: URI */
  readonly uri: string;
  readonly region: Box;
}

/** Pictures by `pictureKey`. */
export type EmbeddedPictures = ReadonlyMap<string, EmbeddedPicture>;

/** What tells the pictures of a report apart: sample and region. */
export const pictureKey = ({ sample, region }: PictureWish): string =>
  region === undefined ? sample : `${sample}\n${region.x} ${region.y} ${region.width} ${region.height}`;

/** All pictures that a report shows, each once, in the order of reading. */
export function picturesOf({ runs }: ReportInput): readonly PictureWish[] {
  const found = new Map<string, PictureWish>();
  for (const section of runs.flatMap(({ sections }) => sections)) {
    const pictures =
      section.kind === "confusion"
        ? section.cells.flat().flatMap((cell) => cell.pictures)
        : section.kind === "mistakes"
          ? section.pictures
          : [];
    for (const picture of pictures) {
      for (const wish of [picture, ...(picture.beside ? [picture.beside] : [])]) {
        if (!found.has(pictureKey(wish))) found.set(pictureKey(wish), wish);
      }
    }
  }
  return [...found.values()];
}

/** Asks for each picture of a report once, one after the other. */
export async function embedPictures(input: ReportInput, thumbnail: ThumbnailMaker): Promise<EmbeddedPictures> {
  const embedded = new Map<string, EmbeddedPicture>();
  for (const picture of picturesOf(input)) {
    const found = await thumbnail(picture);
    if (found === undefined) continue;
    const { type, bytes, region } = found;
    embedded.set(pictureKey(picture), { uri: `data:${type};base64,${base64(bytes)}`, region });
  }
  return embedded;
}

function base64(bytes: Uint8Array): string {
  let text = "";
  // in pieces, as a call takes no more than some ten thousand arguments
  for (let at = 0; at < bytes.length; at += 8192) text += String.fromCharCode(...bytes.subarray(at, at + 8192));
  return btoa(text);
}
