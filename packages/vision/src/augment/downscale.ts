import type { Image } from "../image/image.ts";
import { type ResizeFilter, resize } from "../image/resize.ts";
import type { Random } from "./random.ts";

const shrinkFilters: readonly ResizeFilter[] = ["box", "bilinear", "bicubic"];
const growFilters: readonly ResizeFilter[] = ["nearest", "bilinear", "bicubic"];

/** Shrinks by a factor drawn evenly from `factor` and grows back, each by a random filter: a picture of low resolution. */
export function downscale(
  image: Image,
  random: Random,
  { factor: [low, high] = [1, 4] }: { factor?: readonly [low: number, high: number] } = {},
): Image {
  const factor = random.uniform(low, high);
  const width = Math.max(1, Math.round(image.width / factor));
  const height = Math.max(1, Math.round(image.height / factor));
  const small = resize(image, { width, height, filter: random.pick(shrinkFilters) });
  return resize(small, { width: image.width, height: image.height, filter: random.pick(growFilters) });
}
