import { type Image, resize } from "@foveajs/vision";

/** Share of a JPEG's quality that a small picture needs. */
const QUALITY = 0.85;

/** A picture reduced to this longer side, never enlarged, as a JPEG. */
export async function thumbnail(image: Image, side: number): Promise<Blob> {
  const share = Math.min(1, side / Math.max(image.width, image.height));
  const width = Math.max(1, Math.round(image.width * share));
  const height = Math.max(1, Math.round(image.height * share));
  const small = share === 1 ? image : resize(image, { width, height });
  const canvas = new OffscreenCanvas(width, height);
  canvas.getContext("2d")!.putImageData(new ImageData(rgbaOf(small), width, height), 0, 0);
  return canvas.convertToBlob({ type: "image/jpeg", quality: QUALITY });
}

/** RGB bytes with an alpha of 255 after each three. */
export function rgbaOf({ data }: Image): Uint8ClampedArray<ArrayBuffer> {
  const rgba = new Uint8ClampedArray((data.length / 3) * 4).fill(255);
  for (let from = 0, to = 0; from < data.length; from += 3, to += 4) {
    rgba[to] = data[from]!;
    rgba[to + 1] = data[from + 1]!;
    rgba[to + 2] = data[from + 2]!;
  }
  return rgba;
}
