import { flipImage, flipPoints } from "../augment/flip.ts";
import { crop } from "../image/crop.ts";
import { type Box, channelsOf, type Image, type Point } from "../image/image.ts";
import { resize } from "../image/resize.ts";
import { mirroredFivePoints } from "./five-points.ts";
import { areaOf, intersect, type Scene, type SceneFace } from "./scene-types.ts";
import type { LabelledBox } from "./types.ts";

/** A face of which less than this share of its box is in the picture is neither a face nor background. */
const visibleShare = 0.6;
/** Below this share what is left of a face is background. */
const traceShare = 0.1;

export interface TileOptions {
  /** What is cut out, in whole pixels of the picture; may reach over its edges. */
  readonly from: Box;
  /** Size of the tile in pixels. */
  readonly width: number;
  readonly height: number;
  readonly flip: boolean;
  /** Faces smaller than this (square root of width times height, in pixels of the tile) are to be ignored. */
  readonly minimumFace: number;
}

/** Cuts a tile with its boxes out of a picture and scales it; what lies outside the picture is filled with its mean. */
export function cutTile(picture: Image, boxes: readonly LabelledBox[], options: TileOptions): Scene {
  const { from, width, height, flip, minimumFace } = options;
  const [scaleX, scaleY] = [width / from.width, height / from.height];
  const cut = cutImage(picture, options);
  const image = flip ? flipImage(cut) : cut;
  const all = { x: 0, y: 0, width, height };
  const faces: SceneFace[] = [];
  const ignore: Box[] = [];
  for (const { box, points, kind, class: index } of boxes) {
    const scaled = {
      x: (box.x - from.x) * scaleX,
      y: (box.y - from.y) * scaleY,
      width: box.width * scaleX,
      height: box.height * scaleY,
    };
    const placed = flip ? { ...scaled, x: width - scaled.x - scaled.width } : scaled;
    const clipped = intersect(placed, all);
    const share = clipped.width > 0 && clipped.height > 0 ? areaOf(clipped) / areaOf(placed) : 0;
    if (share < traceShare) continue;
    if (kind !== "face" || share < visibleShare || Math.sqrt(areaOf(placed)) < minimumFace) {
      ignore.push(clipped);
      continue;
    }
    const moved = points?.map(([x, y]): Point => [(x - from.x) * scaleX, (y - from.y) * scaleY]);
    const placedPoints = flip && moved ? flipPoints(moved, { width, mirrored: mirroredFivePoints }) : moved;
    faces.push({
      box: clipped,
      ...(placedPoints && { points: placedPoints }),
      origin: "photograph",
      ...(index !== undefined && { class: index }),
    });
  }
  return { image, faces, ignore };
}

function cutImage(picture: Image, { from, width, height }: TileOptions): Image {
  const inside = intersect(from, { x: 0, y: 0, width: picture.width, height: picture.height });
  const left = Math.round(((inside.x - from.x) * width) / from.width);
  const top = Math.round(((inside.y - from.y) * height) / from.height);
  const right = Math.round(((inside.x + inside.width - from.x) * width) / from.width);
  const bottom = Math.round(((inside.y + inside.height - from.y) * height) / from.height);
  if (right <= left || bottom <= top) return filled(picture, width, height);
  const scaled = resize(crop(picture, inside), { width: right - left, height: bottom - top });
  if (scaled.width === width && scaled.height === height) return scaled;
  const tile = filled(picture, width, height);
  place(tile, scaled, left, top);
  return tile;
}

/** Writes a picture into another of the same colour order, where it fits whole. */
export function place(onto: Image, image: Image, left: number, top: number): void {
  const channels = channelsOf(image.order);
  for (let y = 0; y < image.height; y++) {
    const row = image.data.subarray(y * image.width * channels, (y + 1) * image.width * channels);
    onto.data.set(row, ((top + y) * onto.width + left) * channels);
  }
}

/** A picture of one colour, the mean of another by every 97th pixel (a step that meets all columns). */
function filled({ data, order, width: w, height: h }: Image, width: number, height: number): Image {
  const channels = channelsOf(order);
  const sums = [0, 0, 0];
  let count = 0;
  for (let i = 0; i < w * h; i += 97, count++) {
    for (let k = 0; k < channels; k++) sums[k]! += data[i * channels + k]!;
  }
  const tile = new Uint8Array(width * height * channels);
  for (let at = 0; at < tile.length; at++) tile[at] = sums[at % channels]! / count;
  return { width, height, order, data: tile };
}
