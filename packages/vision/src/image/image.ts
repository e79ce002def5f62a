/** Order of the channels of a pixel; `gray` has one, the others three. */
export type ColorOrder = "gray" | "rgb" | "bgr";

/** A picture in memory: rows from the top, pixels from the left, channels innermost (HWC), one byte each (0 to 255). */
export interface Image {
  readonly width: number;
  readonly height: number;
  readonly order: ColorOrder;
  /** height * width * channels bytes. */
  readonly data: Uint8Array;
}

/** A point in pixels: origin top left, x right, y down; the centre of the first pixel is (0.5, 0.5). */
export type Point = readonly [x: number, y: number];

/** A rectangle in pixels of the upright image; x and y are its top left corner. */
export interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** Channels of a pixel in this order. */
export const channelsOf = (order: ColorOrder): 1 | 3 => (order === "gray" ? 1 : 3);
