import { type Orientation, viewOf } from "./header.ts";

const orientationTag = 0x0112; // EXIF 2.32, section 4.6.4
const entryBytes = 12; // TIFF 6.0, section 2: tag, type, count, value

/**
 * Orientation out of an EXIF block (a TIFF file in small), 1 where it is absent, damaged or out of range.
 * `block` starts with the TIFF header, or with the `Exif\0\0` that JPEG and some WebP writers put before it.
 */
export function readOrientation(block: Uint8Array): Orientation {
  const prefixed = viewOf(block).text(0, 4) === "Exif";
  const view = viewOf(prefixed ? block.subarray(6) : block);
  const byteOrder = view.text(0, 2);
  if (byteOrder !== "II" && byteOrder !== "MM") return 1;
  const u16 = byteOrder === "II" ? view.u16le : view.u16;
  const u32 = byteOrder === "II" ? view.u32le : view.u32;
  const directory = u32(4);
  const entries = u16(directory);
  for (let entry = 0; entry < entries; entry++) {
    const at = directory + 2 + entry * entryBytes;
    if (!(at + entryBytes <= view.length)) return 1;
    if (u16(at) !== orientationTag) continue;
    const value = u16(at + 8);
    return value >= 1 && value <= 8 ? (value as Orientation) : 1;
  }
  return 1;
}
