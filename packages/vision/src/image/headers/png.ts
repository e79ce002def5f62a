import { readOrientation } from "./exif.ts";
import { type ColorModel, type HeaderReader, type Orientation, viewOf } from "./header.ts";

// PNG (third edition), table 9: allowed colour types
const colorModels: Readonly<Record<number, ColorModel>> = { 0: "gray", 2: "rgb", 3: "palette", 4: "gray", 6: "rgb" };

/** Header of a PNG file: IHDR, then the chunks up to IEND for eXIf, tRNS and acTL. */
export const readPngHeader: HeaderReader = (bytes) => {
  const view = viewOf(bytes);
  if (bytes.length < 33) return { problem: "truncated", detail: "the file ends inside its header" };
  if (view.text(12, 4) !== "IHDR") return { problem: "broken", detail: "the first chunk is not IHDR" };
  const colorType = view.u8(25);
  const colorModel = colorModels[colorType];
  if (!colorModel) return { problem: "broken", detail: `unknown colour type ${colorType}` };
  let orientation: Orientation = 1;
  let alpha = colorType >= 4;
  let animated = false;
  let complete = false;
  for (let at = 33; at + 12 <= bytes.length && !complete; ) {
    const length = view.u32(at);
    const end = at + 12 + length; // length, type, body, CRC
    if (end > bytes.length) break;
    const type = view.text(at + 4, 4);
    if (type === "eXIf") orientation = readOrientation(bytes.subarray(at + 8, at + 8 + length));
    else if (type === "tRNS") alpha = true;
    else if (type === "acTL") animated = true;
    else if (type === "IEND") complete = true;
    at = end;
  }
  return {
    format: "png",
    width: view.u32(16),
    height: view.u32(20),
    orientation,
    bitDepth: view.u8(24),
    colorModel,
    alpha,
    animated,
    complete,
  };
};
