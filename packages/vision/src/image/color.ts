import { type ColorOrder, channelsOf, type Image } from "./image.ts";

// ITU-R BT.601 luma 0.299, 0.587, 0.114 in 16-bit fixed point, as Pillow's mode "L" (Convert.c, L24)
const redWeight = 19595;
const greenWeight = 38470;
const blueWeight = 7471;

/** Luma of an RGB pixel, 0 to 255: ITU-R BT.601, rounded; a gray pixel keeps its value. */
export const luma = (red: number, green: number, blue: number): number =>
  (red * redWeight + green * greenWeight + blue * blueWeight + 0x8000) >> 16;

/** The picture with its channels in another order: gray by luma, colour from gray by repeating it. Same order: same picture. */
export function convertColor(image: Image, order: ColorOrder): Image {
  if (image.order === order) return image;
  const { width, height, data } = image;
  const pixels = width * height;
  const converted = new Uint8Array(pixels * channelsOf(order));
  if (order === "gray") {
    const red = image.order === "rgb" ? 0 : 2;
    for (let i = 0, from = 0; i < pixels; i++, from += 3) {
      converted[i] = luma(data[from + red]!, data[from + 1]!, data[from + 2 - red]!);
    }
  } else if (image.order === "gray") {
    for (let i = 0, to = 0; i < pixels; i++, to += 3) {
      const byte = data[i]!;
      converted[to] = byte;
      converted[to + 1] = byte;
      converted[to + 2] = byte;
    }
  } else {
    for (let at = 0; at < converted.length; at += 3) {
      converted[at] = data[at + 2]!;
      converted[at + 1] = data[at + 1]!;
      converted[at + 2] = data[at]!;
    }
  }
  return { width, height, order, data: converted };
}
