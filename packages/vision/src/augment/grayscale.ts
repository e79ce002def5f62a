import { convertColor } from "../image/color.ts";
import type { Image } from "../image/image.ts";
import type { Random } from "./random.ts";

/** Takes the colour away with this chance; the order of the channels stays, so that pictures still stack. */
export const grayscale = (image: Image, random: Random, { chance = 0.1 }: { chance?: number } = {}): Image =>
  random.chance(chance) ? convertColor(convertColor(image, "gray"), image.order) : image;
