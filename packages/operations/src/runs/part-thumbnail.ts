import type { PictureWish, Thumbnail } from "@foveajs/evaluation";
import { crop, type Image, resize } from "@foveajs/vision";
import type { Parts } from "../context.ts";

/** The part of a picture that a region tells (pixels of the picture; all of it when absent), at most `side` pixels along the longer side. */
export async function partThumbnail(
  image: Image,
  region: PictureWish["region"],
  { side, encodeImage }: { readonly side: number } & Pick<Parts, "encodeImage">,
): Promise<Thumbnail> {
  const part = region === undefined ? { x: 0, y: 0, width: image.width, height: image.height } : inside(region, image);
  const cut = region === undefined ? image : crop(image, part);
  const scale = side / Math.max(cut.width, cut.height);
  const size = {
    width: Math.max(1, Math.round(cut.width * scale)),
    height: Math.max(1, Math.round(cut.height * scale)),
  };
  const small = scale < 1 ? resize(cut, size) : cut;
  return { type: "image/jpeg", bytes: await encodeImage(small, { format: "jpeg" }), region: part };
}

/** The part of a region that lies in a picture, in whole pixels, at least one each way. */
function inside({ x, y, width, height }: NonNullable<PictureWish["region"]>, image: Image) {
  const clamp = (value: number, low: number, high: number) => Math.min(Math.max(Math.round(value), low), high);
  const [left, top] = [clamp(x, 0, image.width - 1), clamp(y, 0, image.height - 1)];
  return {
    x: left,
    y: top,
    width: clamp(x + width, left + 1, image.width) - left,
    height: clamp(y + height, top + 1, image.height) - top,
  };
}
