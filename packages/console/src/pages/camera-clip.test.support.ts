import { writeFile } from "node:fs/promises";
import type { Image } from "@foveajs/vision";

export interface ClipOptions {
  readonly width: number;
  readonly height: number;
  readonly frames: number;
}

/**
 * Writes a film in which a picture moves to and fro on grey, as YUV4MPEG2, which Chromium's fake camera plays over and over.
 * Source of the coefficients: ITU-R BT.601, studio range.
 */
export async function writeClip(path: string, picture: Image, { width, height, frames }: ClipOptions): Promise<void> {
  const parts: Buffer[] = [Buffer.from(`YUV4MPEG2 W${width} H${height} F30:1 Ip A1:1\n`)];
  for (let frame = 0; frame < frames; frame++) {
    const left = Math.abs(frames / 2 - frame) * 4;
    parts.push(Buffer.from("FRAME\n"), frameOf(picture, { width, height, left }));
  }
  await writeFile(path, Buffer.concat(parts));
}

/** One frame as planes of Y, Cb and Cr, the latter two of half the size. */
function frameOf(
  { data, width: across, height: down }: Image,
  { width, height, left }: { width: number; height: number; left: number },
): Buffer {
  const planes = Buffer.alloc((width * height * 3) / 2);
  const [blue, red] = [width * height, (width * height * 5) / 4];
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const isInside = x >= left && x < left + across && y < down;
      const from = (y * across + x - left) * 3;
      const [r, g, b] = isInside ? [data[from]!, data[from + 1]!, data[from + 2]!] : [90, 90, 90];
      planes[y * width + x] = 16 + (65.738 * r + 129.057 * g + 25.064 * b) / 256;
      if (y % 2 === 1 || x % 2 === 1) continue;
      const at = (y / 2) * (width / 2) + x / 2;
      planes[blue + at] = 128 + (-37.945 * r - 74.494 * g + 112.439 * b) / 256;
      planes[red + at] = 128 + (112.439 * r - 94.154 * g - 18.285 * b) / 256;
    }
  }
  return planes;
}
