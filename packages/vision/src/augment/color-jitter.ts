import { luma } from "../image/color.ts";
import { channelsOf, type Image } from "../image/image.ts";
import { lookup } from "./lookup.ts";
import type { Random } from "./random.ts";

/** Greatest relative changes: 0.2 draws a factor from 0.8 to 1.2. */
export interface ColorJitterOptions {
  readonly brightness?: number;
  /** About the mean luma of the picture, as in torchvision's adjust_contrast. */
  readonly contrast?: number;
  /** Of each channel alone: a change of the light's colour. */
  readonly gain?: number;
}

/** Random brightness, then contrast, then gain of each channel; rounded once. */
export function colorJitter(
  image: Image,
  random: Random,
  { brightness = 0, contrast = 0, gain = 0 }: ColorJitterOptions,
): Image {
  const factor = (change: number) => random.uniform(1 - change, 1 + change);
  const light = factor(brightness);
  const spread = factor(contrast);
  const gains = Array.from({ length: channelsOf(image.order) }, () => factor(gain));
  const mean = meanLuma(image) * light;
  return lookup(image, (byte, channel) => ((byte * light - mean) * spread + mean) * gains[channel]!);
}

function meanLuma({ order, data, width, height }: Image): number {
  const c = channelsOf(order);
  const sums = [0, 0, 0];
  for (let k = 0; k < c; k++) {
    let sum = 0;
    for (let at = k; at < data.length; at += c) sum += data[at]!;
    sums[k] = sum / (width * height);
  }
  const [first = 0, second = 0, third = 0] = sums;
  if (order === "gray") return first;
  return order === "rgb" ? luma(first, second, third) : luma(third, second, first);
}
