import { channelsOf, type Image } from "../image/image.ts";

/** The picture with the bytes of channel k replaced by `value(byte, k)`, rounded and held in 0 to 255. */
export function lookup(image: Image, value: (byte: number, channel: number) => number): Image {
  const c = channelsOf(image.order);
  const tables = Array.from({ length: c }, (_, channel) =>
    Uint8ClampedArray.from({ length: 256 }, (_, byte) => value(byte, channel)),
  );
  const data = new Uint8Array(image.data.length);
  for (let channel = 0; channel < c; channel++) {
    const table = tables[channel]!;
    for (let at = channel; at < data.length; at += c) data[at] = table[image.data[at]!]!;
  }
  return { ...image, data };
}
