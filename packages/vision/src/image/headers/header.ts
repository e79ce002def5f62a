/** Formats that Fovea decodes. */
export type ImageFormat = "jpeg" | "png" | "webp" | "avif";

/** How the stored samples are to be read. */
export type ColorModel = "gray" | "rgb" | "ycbcr" | "cmyk" | "ycck" | "palette";

/** EXIF tag 0x0112: 1 upright, 2 mirrored, 3 turned by 180 degrees, ..., 8 (TIFF 6.0 and EXIF 2.32, section 4.6.4). */
export type Orientation = 1 | 2 | 3 | 4 | 5 | 6 | 7 | 8;

/** What a file says of itself before a pixel is decoded. */
export interface ImageHeader {
  readonly format: ImageFormat;
  /** Stored columns, before the orientation is applied; pixels. */
  readonly width: number;
  /** Stored rows, before the orientation is applied; pixels. */
  readonly height: number;
  readonly orientation: Orientation;
  /** Bits of one stored sample: 1 to 16. */
  readonly bitDepth: number;
  readonly colorModel: ColorModel;
  /** Whether some pixels may be transparent. */
  readonly alpha: boolean;
  /** Whether the file holds a sequence of pictures. */
  readonly animated: boolean;
  /** Whether the file's structure reaches its end: false for a file that was cut. */
  readonly complete: boolean;
  /** Sampling of the three components as `h v` pairs, for example `221111` for 4:2:0; JPEG only. */
  readonly sampling?: string;
}

/** A file's header, or a word on why there is none: cut before it, or not what the format asks for. */
export type HeaderResult = ImageHeader | { readonly problem: "truncated" | "broken"; readonly detail: string };

/** Reads the header of one format; never throws. */
export type HeaderReader = (bytes: Uint8Array) => HeaderResult;

/** Random access to numbers in a file; reading past the end gives NaN, so that a cut file fails every comparison. */
export const viewOf = (bytes: Uint8Array) => {
  const u8 = (at: number) => bytes[at] ?? Number.NaN;
  const u16 = (at: number) => u8(at) * 256 + u8(at + 1);
  const u32 = (at: number) => u16(at) * 65536 + u16(at + 2);
  const u16le = (at: number) => u8(at) + u8(at + 1) * 256;
  const u24le = (at: number) => u16le(at) + u8(at + 2) * 65536;
  const u32le = (at: number) => u16le(at) + u16le(at + 2) * 65536;
  /** `length` bytes as Latin-1 text, shorter at the end of the file. */
  const text = (at: number, length: number) => String.fromCharCode(...bytes.subarray(at, at + length));
  return { u8, u16, u32, u16le, u24le, u32le, text, length: bytes.length };
};
