import { convertColor } from "../image/color.ts";
import type { Box, Image, Point } from "../image/image.ts";
import { place } from "./scene-tile.ts";
import type { Scene } from "./scene-types.ts";

type Color = readonly [red: number, green: number, blue: number];

/** Pictures in rows on one sheet, each at the top left of a cell as large as the largest of them. */
export function contactSheet(images: readonly Image[], { columns, gap = 4 }: { columns: number; gap?: number }): Image {
  const cellWidth = Math.max(1, ...images.map(({ width }) => width)) + gap;
  const cellHeight = Math.max(1, ...images.map(({ height }) => height)) + gap;
  const width = columns * cellWidth;
  const height = Math.max(1, Math.ceil(images.length / columns)) * cellHeight;
  const sheet: Image = { width, height, order: "rgb", data: new Uint8Array(width * height * 3).fill(255) };
  images.forEach((image, i) => {
    place(sheet, convertColor(image, "rgb"), (i % columns) * cellWidth, Math.floor(i / columns) * cellHeight);
  });
  return sheet;
}

/** A copy of the scene with what is known of it: faces green (pasted: cyan), ignored places red, points yellow. */
export function drawScene({ image, faces, ignore }: Scene): Image {
  const drawn = { ...image, data: image.data.slice() };
  for (const box of ignore) outline(drawn, box, [255, 40, 40]);
  for (const { box, points = [], origin } of faces) {
    outline(drawn, box, origin === "pasted" ? [0, 255, 255] : [0, 255, 0]);
    for (const point of points) dot(drawn, point, [255, 255, 0]);
  }
  return drawn;
}

function outline(image: Image, { x, y, width, height }: Box, color: Color): void {
  for (let i = 0; i <= width; i++) for (const row of [y, y + height]) dot(image, [x + i, row], color);
  for (let i = 0; i <= height; i++) for (const column of [x, x + width]) dot(image, [column, y + i], color);
}

/** One pixel; an edge that lies on the border of the picture is drawn just inside. */
function dot(image: Image, [x, y]: Point, color: Color): void {
  const column = Math.min(image.width - 1, Math.floor(x));
  const row = Math.min(image.height - 1, Math.floor(y));
  if (column >= 0 && row >= 0) image.data.set(color, (row * image.width + column) * 3);
}
