import { open } from "node:fs/promises";
import { errors } from "../../errors.ts";
import type { ImageHeader } from "../../image/headers/header.ts";
import { formatOf, probe } from "../../image/probe.ts";

/** Bytes in which the header of nearly every JPEG ends; other formats may have their orientation at the end. */
const headBytes = 2 ** 16;
/** EXIF orientations from here on lay the stored picture on its side (EXIF 2.32, tag 0x0112). */
const firstOnItsSide = 5;

/** Width and height of a picture file in pixels after its EXIF orientation; nothing is decoded. */
export async function uprightSize(file: string): Promise<{ readonly width: number; readonly height: number }> {
  const { width, height, orientation } = await headerOf(file);
  return orientation < firstOnItsSide ? { width, height } : { width: height, height: width };
}

async function headerOf(file: string): Promise<ImageHeader> {
  const handle = await open(file).catch((cause: unknown) => {
    throw errors["data-missing"]({ path: file }, { cause });
  });
  try {
    const { buffer, bytesRead } = await handle.read(new Uint8Array(headBytes), 0, headBytes, 0);
    const head = buffer.subarray(0, bytesRead);
    if (bytesRead < headBytes) return probe(head, { name: file });
    if (formatOf(head) === "jpeg") {
      try {
        return probe(head, { name: file });
      } catch {} // a large preview or colour profile stands before the header: it is in the whole file
    }
    return probe(new Uint8Array(await handle.readFile()), { name: file });
  } finally {
    await handle.close();
  }
}
