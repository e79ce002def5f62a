import { type HeaderReader, type Orientation, viewOf } from "./header.ts";

/** A box of ISO/IEC 14496-12, its body as offsets into the file. */
interface Box {
  readonly type: string;
  readonly start: number;
  readonly end: number;
}

/**
 * Header of an AVIF file: ISO/IEC 23008-12 (HEIF) properties of the primary item. `irot` and `imir` become an
 * orientation, since libavif leaves them to its caller; EXIF is only informative in HEIF and is not read.
 */
export const readAvifHeader: HeaderReader = (bytes) => {
  const view = viewOf(bytes);
  const top = boxes(bytes, 0, bytes.length);
  const complete = top.length > 0 && top.at(-1)?.end === bytes.length;
  const meta = top.find((box) => box.type === "meta");
  if (!meta || meta.end > bytes.length)
    return { problem: complete ? "broken" : "truncated", detail: "no whole meta box" };
  const inMeta = boxes(bytes, meta.start + 4, meta.end); // a full box: 4 bytes of version and flags
  const primary = inMeta.find((box) => box.type === "pitm");
  const properties = inMeta.find((box) => box.type === "iprp");
  if (!primary || !properties) return { problem: "broken", detail: "no primary item or no item properties" };
  const primaryItem = view.u8(primary.start) === 0 ? view.u16(primary.start + 4) : view.u32(primary.start + 4);
  const inProperties = boxes(bytes, properties.start, properties.end);
  const container = inProperties.find((box) => box.type === "ipco");
  const all = container ? boxes(bytes, container.start, container.end) : [];
  const own = inProperties
    .filter((box) => box.type === "ipma")
    .flatMap((box) => associations(bytes, box, primaryItem))
    .map((index) => all[index - 1])
    .filter((box) => box !== undefined);

  const size = own.find((box) => box.type === "ispe");
  if (!size) return { problem: "broken", detail: "the primary item has no size" };
  const configuration = own.find((box) => box.type === "av1C");
  const flags = configuration ? view.u8(configuration.start + 2) : 0;
  const rotation = own.find((box) => box.type === "irot");
  const mirror = own.find((box) => box.type === "imir");
  return {
    format: "avif",
    width: view.u32(size.start + 4),
    height: view.u32(size.start + 8),
    orientation: orientationOf(
      rotation ? view.u8(rotation.start) & 3 : 0,
      mirror ? (view.u8(mirror.start) & 1 ? "left-right" : "top-bottom") : "none",
    ),
    bitDepth: flags & 0x40 ? (flags & 0x20 ? 12 : 10) : 8, // high_bitdepth, twelve_bit
    colorModel: flags & 0x10 ? "gray" : "ycbcr", // monochrome
    alpha: inMeta.some((box) => box.type === "iref"), // an auxiliary item refers to the primary one
    animated: view.text(8, 4) === "avis",
    complete,
  };
};

function boxes(bytes: Uint8Array, from: number, to: number): Box[] {
  const view = viewOf(bytes);
  const found: Box[] = [];
  for (let at = from; at + 8 <= to; ) {
    const short = view.u32(at);
    const size = short === 1 ? view.u32(at + 8) * 2 ** 32 + view.u32(at + 12) : short === 0 ? to - at : short;
    const header = short === 1 ? 16 : 8;
    if (!(size >= header)) break;
    found.push({ type: view.text(at + 4, 4), start: at + header, end: at + size });
    at += size;
  }
  return found;
}

/** Indices (from 1) of the properties of one item in an ipma box. */
function associations(bytes: Uint8Array, box: Box, item: number): number[] {
  const view = viewOf(bytes);
  const version = view.u8(box.start);
  const wide = (view.u8(box.start + 3) & 1) !== 0;
  const entries = view.u32(box.start + 4);
  let at = box.start + 8;
  for (let entry = 0; entry < entries && at < box.end; entry++) {
    const id = version < 1 ? view.u16(at) : view.u32(at);
    at += version < 1 ? 2 : 4;
    const count = view.u8(at++);
    const indices = Array.from({ length: count || 0 }, (_, i) =>
      wide ? view.u16(at + i * 2) & 0x7fff : view.u8(at + i) & 0x7f,
    );
    if (id === item) return indices;
    at += count * (wide ? 2 : 1);
  }
  return [];
}

/**
 * EXIF orientation equal to a turn anticlockwise by `quarterTurns` * 90 degrees, then a mirror (HEIF 6.5.10, 6.5.12;
 * MIAF 7.3.6.7 fixes the order). `left-right` exchanges left and right, `top-bottom` exchanges top and bottom.
 */
function orientationOf(quarterTurns: number, mirror: "none" | "left-right" | "top-bottom"): Orientation {
  const table: Readonly<Record<typeof mirror, readonly Orientation[]>> = {
    none: [1, 8, 3, 6],
    "left-right": [2, 7, 4, 5],
    "top-bottom": [4, 5, 2, 7],
  };
  return table[mirror][quarterTurns] ?? 1;
}
