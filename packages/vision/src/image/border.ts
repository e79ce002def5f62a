/** What lies outside a picture: its nearest edge pixel, its mirror image (edge pixel repeated: cba|abc), or one colour. */
export type Border = "replicate" | "mirror" | "white" | "black";

/** The byte of a border of one colour, undefined where the border repeats the picture. */
export const borderByte = (border: Border): number | undefined => ({ white: 255, black: 0 })[border as string];

/** Index of the pixel that stands for position `index` on an axis of `size` pixels. */
export function borderIndex(index: number, size: number, border: Border): number {
  if (border !== "mirror") return index < 0 ? 0 : index >= size ? size - 1 : index;
  const period = 2 * size;
  const phase = ((index % period) + period) % period;
  return phase < size ? phase : period - 1 - phase;
}
