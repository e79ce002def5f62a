import type { FoveaError } from "@foveajs/errors";
import { errors } from "../errors.ts";
import { readAvifHeader } from "./headers/avif.ts";
import { type HeaderReader, type ImageFormat, type ImageHeader, viewOf } from "./headers/header.ts";
import { readJpegHeader } from "./headers/jpeg.ts";
import { readPngHeader } from "./headers/png.ts";
import { readWebpHeader } from "./headers/webp.ts";

const headerReaders = {
  jpeg: readJpegHeader,
  png: readPngHeader,
  webp: readWebpHeader,
  avif: readAvifHeader,
} satisfies Record<ImageFormat, HeaderReader>;

const startsWith = (bytes: Uint8Array, start: string) => viewOf(bytes).text(0, start.length) === start;

const brandsOf = (bytes: Uint8Array) =>
  viewOf(bytes).text(4, 4) === "ftyp" ? viewOf(bytes).text(8, Math.min(viewOf(bytes).u32(0), 256) - 8) : "";

// first bytes of each format that is decoded here
const signatures: Readonly<Record<ImageFormat, (bytes: Uint8Array) => boolean>> = {
  jpeg: (bytes) => startsWith(bytes, "\xff\xd8\xff"),
  png: (bytes) => startsWith(bytes, "\x89PNG\r\n\x1a\n"),
  webp: (bytes) => startsWith(bytes, "RIFF") && viewOf(bytes).text(8, 4) === "WEBP",
  avif: (bytes) => /avi[fs]/.test(brandsOf(bytes)),
};

// picture and other formats that people do hand in, so that the error can name them
const otherSignatures: readonly (readonly [name: string, test: (bytes: Uint8Array) => boolean])[] = [
  ["GIF", (bytes) => startsWith(bytes, "GIF8")],
  ["TIFF", (bytes) => startsWith(bytes, "II*\0") || startsWith(bytes, "MM\0*")],
  ["BMP", (bytes) => startsWith(bytes, "BM") && viewOf(bytes).u32le(6) === 0],
  ["JPEG XL", (bytes) => startsWith(bytes, "\xff\x0a") || startsWith(bytes, "\0\0\0\x0cJXL ")],
  ["JPEG 2000", (bytes) => startsWith(bytes, "\0\0\0\x0cjP  ")],
  ["HEIC", (bytes) => /hei[cx]|mif1|msf1/.test(brandsOf(bytes))],
  ["a video", (bytes) => brandsOf(bytes) !== "" || startsWith(bytes, "\x1aE\xdf\xa3")],
  ["PDF", (bytes) => startsWith(bytes, "%PDF")],
  ["SVG", (bytes) => /<svg/i.test(viewOf(bytes).text(0, 512))],
  ["HTML", (bytes) => /<!doctype html|<html/i.test(viewOf(bytes).text(0, 512))],
  ["a Git LFS pointer", (bytes) => startsWith(bytes, "version https://git-lfs")],
  ["a zip archive", (bytes) => startsWith(bytes, "PK\x03\x04")],
];

/** Format by the first bytes, whatever the file is called; undefined where it is none of ours. */
export const formatOf = (bytes: Uint8Array): ImageFormat | undefined =>
  (Object.keys(signatures) as ImageFormat[]).find((format) => signatures[format](bytes));

/**
 * Reads a picture's header and decodes nothing: format, stored size, orientation, bit depth, colour model.
 * `name` stands in error messages. Throws for an empty file, an unknown or unsupported format, and a header that is
 * cut or broken; a file cut later has `complete: false`.
 */
export function probe(bytes: Uint8Array, { name = "image" }: { name?: string } = {}): ImageHeader {
  if (bytes.length === 0) throw errors["image-empty"]({ name });
  const format = formatOf(bytes);
  if (!format) throw formatError(bytes, name);
  const header = headerReaders[format](bytes);
  if (!("problem" in header)) return header;
  const detail = { name, format, detail: header.detail };
  throw header.problem === "truncated" ? errors["image-truncated"](detail) : errors["image-broken"](detail);
}

function formatError(bytes: Uint8Array, name: string): FoveaError {
  const other = otherSignatures.find(([, test]) => test(bytes));
  if (other) return errors["image-unsupported"]({ name, received: other[0] });
  const first = bytes.subarray(0, 8);
  const isText = first.every((byte) => byte === 9 || byte === 10 || byte === 13 || (byte >= 32 && byte < 127));
  const shown = isText
    ? `text that starts with ${JSON.stringify(viewOf(bytes).text(0, Math.min(bytes.length, 24)))}`
    : `bytes that start with ${Array.from(first, (byte) => byte.toString(16).padStart(2, "0")).join(" ")}`;
  return errors["image-unknown-format"]({ name, received: shown });
}
