import { z } from "zod";
import type { Affine } from "./affine.ts";
import { convertColor } from "./color.ts";
import { channelsOf, type Image } from "./image.ts";
import { resize, resizeFilters } from "./resize.ts";

const pixels = z.int().min(1);

/** What a model's file says of its input: how a picture becomes the tensor that it was trained on. */
export const preprocessingSchema = z
  .strictObject({
    width: pixels,
    height: pixels,
    color: z.enum(["gray", "rgb", "bgr"]),
    fit: z
      .enum(["stretch", "cover", "letterbox", "limit"])
      .describe(
        "stretch: both sides alone; cover: keep the ratio, cut the centre; letterbox: keep the ratio, pad right and below; " +
          "limit: longest side at most max(width, height), never enlarged, padded right and below to `multiple`",
      ),
    multiple: pixels.default(1).describe("sides of `limit` are padded to multiples of this"),
    filter: z.enum(resizeFilters),
    pad_value: z.number().min(0).max(255).default(0).describe("byte of the padding, before scale, mean and std"),
    crop: z.strictObject({ width: pixels, height: pixels }).optional().describe("centre cut after the fit"),
    scale: z.number().describe("factor of the bytes before mean and std, such as 1 / 255"),
    mean: z.array(z.number()).describe("one for each channel, in the order of `color`"),
    std: z.array(z.number().refine((value) => value !== 0, "not 0")),
  })
  .superRefine(({ color, mean, std, width, height, fit, crop: cut }, context) => {
    for (const [name, values] of Object.entries({ mean, std })) {
      if (values.length !== channelsOf(color)) {
        const message = `expected ${channelsOf(color)} values for ${color}, received ${values.length}`;
        context.addIssue({ code: "custom", path: [name], message });
      }
    }
    if (cut && (fit === "limit" || fit === "letterbox")) {
      context.addIssue({ code: "custom", path: ["crop"], message: `a picture that is padded (${fit}) is not cut` });
    }
    if (cut && (cut.width > width || cut.height > height)) {
      context.addIssue({ code: "custom", path: ["crop"], message: `expected at most ${width} x ${height}` });
    }
  });

export type Preprocessing = z.infer<typeof preprocessingSchema>;

/** A picture as a model's input. */
export interface ModelInput {
  /** (byte * scale - mean) / std, channels outermost (CHW). */
  readonly data: Float32Array;
  readonly shape: readonly [channels: number, height: number, width: number];
  /** Takes positions in the input to positions in the picture, both in pixels with the first centre at 0.5. */
  readonly toImage: Affine;
}

/** Executes a model's preprocessing; training, evaluation and serving all come through here. */
export function preprocess(image: Image, spec: Preprocessing): ModelInput {
  const size = resizedSize(image, spec);
  // gray first: one channel is resized instead of three
  const colored = spec.color === "gray" ? convertColor(image, "gray") : image;
  const resized = resize(colored, { ...size, filter: spec.filter });
  const picture = resized.order === "gray" ? convertColor(resized, spec.color) : resized;
  const target = targetSize(size, spec);
  // the centre, rounded down; padding lies right and below, so it cuts nothing
  const left = Math.max(0, Math.floor((size.width - target.width) / 2));
  const top = Math.max(0, Math.floor((size.height - target.height) / 2));
  const scaleX = image.width / size.width;
  const scaleY = image.height / size.height;
  return {
    data: normalize(picture, { left, top }, target, spec),
    shape: [channelsOf(spec.color), target.height, target.width],
    toImage: [scaleX, 0, left * scaleX, 0, scaleY, top * scaleY],
  };
}

interface Size {
  readonly width: number;
  readonly height: number;
}

/** Size of the whole picture after resizing, before it is cut or padded. */
function resizedSize(image: Size, { fit, width, height }: Preprocessing): Size {
  const ratios = [width / image.width, height / image.height];
  const scaled = (scale: number) => ({
    width: Math.max(1, Math.round(image.width * scale)),
    height: Math.max(1, Math.round(image.height * scale)),
  });
  switch (fit) {
    case "stretch":
      return { width, height };
    case "cover": {
      const { width: w, height: h } = scaled(Math.max(...ratios));
      return { width: Math.max(w, width), height: Math.max(h, height) };
    }
    case "letterbox": {
      const { width: w, height: h } = scaled(Math.min(...ratios));
      return { width: Math.min(w, width), height: Math.min(h, height) };
    }
    case "limit":
      return scaled(Math.min(1, Math.max(width, height) / Math.max(image.width, image.height)));
  }
}

/** Size of the input, to which the resized picture is cut or padded. */
function targetSize(size: Size, { fit, width, height, multiple, crop: cut }: Preprocessing): Size {
  if (fit !== "limit") return cut ?? { width, height };
  const padded = (length: number) => Math.ceil(length / multiple) * multiple;
  return { width: padded(size.width), height: padded(size.height) };
}

/** The part of the picture from left and top on, as far as the target shows it. */
function normalize(
  picture: Image,
  { left, top }: { left: number; top: number },
  { width, height }: Size,
  { color, scale, mean, std, pad_value }: Preprocessing,
): Float32Array {
  const channels = channelsOf(color);
  const plane = width * height;
  const data = new Float32Array(channels * plane);
  const columns = Math.min(picture.width - left, width);
  const rows = Math.min(picture.height - top, height);
  const value = (byte: number, channel: number) => (byte * scale - mean[channel]!) / std[channel]!;
  if (columns < width || rows < height) {
    mean.forEach((_, channel) => {
      data.fill(value(pad_value, channel), channel * plane, (channel + 1) * plane);
    });
  }
  // in the order of the picture's bytes; gray was repeated before, so that only blue and red may change places
  const isTurned = picture.order !== color;
  const table = new Float32Array(256 * channels);
  for (let index = 0; index < table.length; index++) {
    const channel = index >> 8;
    table[index] = value(index & 255, isTurned ? channels - 1 - channel : channel);
  }
  for (let y = 0; y < rows; y++) {
    const from = ((top + y) * picture.width + left) * channels;
    const to = y * width;
    if (channels === 1) normalizeGrayRow(picture.data, from, table, data, to, columns);
    else if (isTurned) normalizeColorRow(picture.data, from, table, data, to + 2 * plane, columns, -plane);
    else normalizeColorRow(picture.data, from, table, data, to, columns, plane);
  }
  return data;
}

// Functions of their own for a row: called often, they are compiled within the first picture.

function normalizeGrayRow(
  bytes: Uint8Array,
  from: number,
  table: Float32Array,
  to: Float32Array,
  start: number,
  columns: number,
): void {
  for (let x = 0; x < columns; x++) to[start + x] = table[bytes[from + x]!]!;
}

/** Three bytes to three planes, `plane` apart, so that the picture is read once; of one table, which takes a third of the time of three. */
function normalizeColorRow(
  bytes: Uint8Array,
  first: number,
  table: Float32Array,
  to: Float32Array,
  start: number,
  columns: number,
  plane: number,
): void {
  for (let x = start, from = first; x < start + columns; x++, from += 3) {
    to[x] = table[bytes[from]!]!;
    to[x + plane] = table[bytes[from + 1]! + 256]!;
    to[x + 2 * plane] = table[bytes[from + 2]! + 512]!;
  }
}
