import { z } from "zod";
import type { Affine } from "./affine.ts";
import { convertColor } from "./color.ts";
import { crop } from "./crop.ts";
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
  const target = targetSize(size, spec);
  // the centre, rounded down; padding lies right and below, so it cuts nothing
  const left = Math.max(0, Math.floor((size.width - target.width) / 2));
  const top = Math.max(0, Math.floor((size.height - target.height) / 2));
  const isCut = size.width > target.width || size.height > target.height;
  const picture = convertColor(isCut ? crop(resized, { x: left, y: top, ...target }) : resized, spec.color);
  const scaleX = image.width / size.width;
  const scaleY = image.height / size.height;
  return {
    data: normalize(picture, target, spec),
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

function normalize(
  picture: Image,
  { width, height }: Size,
  { scale, mean, std, pad_value }: Preprocessing,
): Float32Array {
  const channels = channelsOf(picture.order);
  const data = new Float32Array(channels * width * height);
  for (let channel = 0; channel < channels; channel++) {
    const value = (byte: number) => (byte * scale - mean[channel]!) / std[channel]!;
    const table = Float32Array.from({ length: 256 }, (_, byte) => value(byte));
    const plane = data.subarray(channel * width * height, (channel + 1) * width * height);
    if (picture.width < width || picture.height < height) plane.fill(value(pad_value));
    for (let y = 0; y < picture.height; y++) {
      const row = plane.subarray(y * width, y * width + picture.width);
      normalizeRow(picture.data, y * picture.width * channels + channel, channels, table, row);
    }
  }
  return data;
}

/** A function of its own: called often, it is compiled within the first picture. */
function normalizeRow(bytes: Uint8Array, first: number, step: number, table: Float32Array, to: Float32Array): void {
  for (let x = 0, from = first; x < to.length; x++, from += step) to[x] = table[bytes[from]!]!;
}
