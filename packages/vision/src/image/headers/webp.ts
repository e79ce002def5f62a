import { readOrientation } from "./exif.ts";
import { type HeaderReader, type Orientation, viewOf } from "./header.ts";

/** Header of a WebP file: RFC 9649 (VP8X section 2.7, VP8 2.5, VP8L 3.4). */
export const readWebpHeader: HeaderReader = (bytes) => {
  const view = viewOf(bytes);
  const end = 8 + view.u32le(4);
  let size: { width: number; height: number } | undefined;
  let orientation: Orientation = 1;
  let alpha = false;
  let animated = false;
  for (let at = 12; at + 8 <= Math.min(end, bytes.length); ) {
    const type = view.text(at, 4);
    const length = view.u32le(at + 4);
    const body = at + 8;
    if (type === "VP8X") {
      alpha ||= (view.u8(body) & 0x10) !== 0;
      animated = (view.u8(body) & 0x02) !== 0;
      size = { width: view.u24le(body + 4) + 1, height: view.u24le(body + 7) + 1 };
    } else if (type === "VP8L") {
      alpha ||= (view.u8(body + 4) & 0x10) !== 0;
      const low = view.u16le(body + 1);
      const high = view.u16le(body + 3);
      size ??= { width: (low & 0x3fff) + 1, height: ((low >> 14) | ((high & 0xfff) << 2)) + 1 };
    } else if (type === "VP8 ") {
      size ??= { width: view.u16le(body + 6) & 0x3fff, height: view.u16le(body + 8) & 0x3fff };
    } else if (type === "EXIF") {
      orientation = readOrientation(bytes.subarray(body, body + length));
    }
    at = body + length + (length % 2); // chunks are padded to an even size
  }
  if (!size) return { problem: bytes.length < 30 ? "truncated" : "broken", detail: "no picture chunk found" };
  if (Number.isNaN(size.width + size.height))
    return { problem: "truncated", detail: "the file ends inside its header" };
  return {
    format: "webp",
    ...size,
    orientation,
    bitDepth: 8,
    colorModel: "rgb",
    alpha,
    animated,
    complete: end <= bytes.length,
  };
};
