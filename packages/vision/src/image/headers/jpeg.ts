import { readOrientation } from "./exif.ts";
import { type ColorModel, type HeaderReader, type Orientation, viewOf } from "./header.ts";

/** What the segments before the first scan tell. */
interface Frame {
  bitDepth: number;
  width: number;
  height: number;
  componentIds: number[];
  sampling: string;
}

const startOfScan = 0xda;
const endOfImage = 0xd9;

// SOF0 to SOF15 without DHT (c4), JPG (c8) and DAC (cc): ITU-T T.81, table B.1
const isFrame = (marker: number) =>
  marker >= 0xc0 && marker <= 0xcf && marker !== 0xc4 && marker !== 0xc8 && marker !== 0xcc;

// TEM, RST0 to RST7 and SOI have no length
const isBare = (marker: number) => marker === 0x01 || (marker >= 0xd0 && marker <= 0xd8);

/** Header of a JPEG file: ITU-T T.81 annex B; colour model by JFIF and Adobe markers as libjpeg decides it. */
export const readJpegHeader: HeaderReader = (bytes) => {
  const view = viewOf(bytes);
  let orientation: Orientation = 1;
  let adobeTransform: number | undefined;
  let frame: Frame | undefined;
  let at = 2;
  while (at < bytes.length) {
    if (bytes[at] !== 0xff) {
      at++; // filler between segments, which decoders skip
      continue;
    }
    const marker = view.u8(at + 1);
    if (marker === 0xff) at++;
    else if (isBare(marker)) at += 2;
    else if (marker === endOfImage) break;
    else {
      const length = view.u16(at + 2);
      if (!(at + 2 + length <= bytes.length)) break;
      if (marker === startOfScan) {
        if (!frame) return { problem: "broken", detail: "a scan comes before the frame header" };
        return {
          format: "jpeg",
          width: frame.width,
          height: frame.height,
          orientation,
          bitDepth: frame.bitDepth,
          colorModel: colorModelOf(frame, adobeTransform),
          alpha: false,
          animated: false,
          complete: reachesEnd(bytes, at + 2 + length),
          sampling: frame.sampling,
        };
      }
      const body = at + 4;
      if (isFrame(marker)) frame ??= readFrame(bytes.subarray(body, at + 2 + length));
      else if (marker === 0xe1 && view.text(body, 6) === "Exif\0\0")
        orientation = readOrientation(bytes.subarray(body, at + 2 + length));
      else if (marker === 0xee && view.text(body, 5) === "Adobe") adobeTransform = view.u8(body + 11);
      at += 2 + length;
    }
  }
  return { problem: "truncated", detail: "the file ends before the first scan" };
};

function readFrame(body: Uint8Array): Frame {
  const view = viewOf(body);
  const starts = Array.from({ length: view.u8(5) || 0 }, (_, component) => 6 + component * 3);
  return {
    bitDepth: view.u8(0),
    height: view.u16(1),
    width: view.u16(3),
    componentIds: starts.map((start) => view.u8(start)),
    sampling: starts.map((start) => view.u8(start + 1).toString(16)).join(""),
  };
}

function colorModelOf({ componentIds }: Frame, adobeTransform: number | undefined): ColorModel {
  if (componentIds.length === 1) return "gray";
  if (componentIds.length === 4) return adobeTransform === 2 ? "ycck" : "cmyk";
  const namedRgb = String.fromCharCode(...componentIds) === "RGB";
  return adobeTransform === 0 || (adobeTransform === undefined && namedRgb) ? "rgb" : "ycbcr";
}

/** Whether an end-of-image marker follows the scans; inside a scan ff is followed by 00 or a restart marker. */
function reachesEnd(bytes: Uint8Array, scan: number): boolean {
  for (let at = bytes.indexOf(0xff, scan); at >= 0; at = bytes.indexOf(0xff, at + 1)) {
    if (bytes[at + 1] === endOfImage) return true;
  }
  return false;
}
