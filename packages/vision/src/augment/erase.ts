import { channelsOf, type Image } from "../image/image.ts";
import type { Random } from "./random.ts";

/** How much is erased. */
export interface EraseOptions {
  readonly chance?: number;
  /** Least and greatest share of the picture's area. */
  readonly area?: readonly [low: number, high: number];
  /** Least and greatest width / height of the rectangle; drawn evenly in its logarithm. */
  readonly aspect?: readonly [low: number, high: number];
  /** `noise`: every sample at random; `color`: one random colour. */
  readonly fill?: "noise" | "color";
}

/** Covers a random rectangle that lies wholly inside: Zhong et al., "Random Erasing Data Augmentation", AAAI 2020. */
export function erase(
  image: Image,
  random: Random,
  { chance = 0.5, area = [0.02, 0.2], aspect = [0.3, 1 / 0.3], fill = "noise" }: EraseOptions = {},
): Image {
  if (!random.chance(chance)) return image;
  const { width, height, order } = image;
  const share = random.uniform(...area) * width * height;
  const ratio = Math.exp(random.uniform(Math.log(aspect[0]), Math.log(aspect[1])));
  const boxWidth = Math.min(width, Math.max(1, Math.round(Math.sqrt(share * ratio))));
  const boxHeight = Math.min(height, Math.max(1, Math.round(Math.sqrt(share / ratio))));
  const left = random.integer(width - boxWidth + 1);
  const top = random.integer(height - boxHeight + 1);
  const c = channelsOf(order);
  const color = Array.from({ length: c }, () => random.integer(256));
  const data = image.data.slice();
  for (let y = top; y < top + boxHeight; y++) {
    const start = (y * width + left) * c;
    for (let at = start; at < start + boxWidth * c; at++) {
      data[at] = fill === "noise" ? random.bits() & 255 : color[(at - start) % c]!;
    }
  }
  return { ...image, data };
}
