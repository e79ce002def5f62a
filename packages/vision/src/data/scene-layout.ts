import type { Random } from "../augment/random.ts";
import type { Box, Image } from "../image/image.ts";
import { place } from "./scene-tile.ts";
import type { Scene } from "./scene-types.ts";

/**
 * Cuts a square of `size` pixels into perSide x perSide tiles without gaps; inner edges are moved by up to 15 % of a tile,
 * the same for a whole row or column.
 */
export function tilesOf(size: number, perSide: number, random: Random): Box[] {
  const edges = () =>
    Array.from({ length: perSide + 1 }, (_, i) =>
      i === 0 || i === perSide
        ? (size * i) / perSide
        : Math.round((size * (i + random.uniform(-0.15, 0.15))) / perSide),
    );
  const [columns, rows] = [edges(), edges()];
  return rows.slice(1).flatMap((bottom, row) =>
    columns.slice(1).map((right, column) => ({
      x: columns[column]!,
      y: rows[row]!,
      width: right - columns[column]!,
      height: bottom - rows[row]!,
    })),
  );
}

/** Makes the tiles one after the other, so that random numbers are drawn in one order, and joins them to one scene. */
export async function assemble(
  size: number,
  tiles: readonly Box[],
  make: (tile: Box, index: number) => Promise<Scene>,
): Promise<Scene> {
  if (tiles.length === 1) return make(tiles[0]!, 0);
  const image: Image = { width: size, height: size, order: "rgb", data: new Uint8Array(size * size * 3) };
  const parts: Scene[] = [];
  for (const [i, tile] of tiles.entries()) {
    const { image: part, faces, ignore } = await make(tile, i);
    place(image, part, tile.x, tile.y);
    const move = (box: Box): Box => ({ ...box, x: box.x + tile.x, y: box.y + tile.y });
    parts.push({
      image,
      faces: faces.map((face) => ({
        ...face,
        box: move(face.box),
        ...(face.points && { points: face.points.map(([x, y]) => [x + tile.x, y + tile.y] as const) }),
      })),
      ignore: ignore.map(move),
    });
  }
  return { image, faces: parts.flatMap(({ faces }) => faces), ignore: parts.flatMap(({ ignore }) => ignore) };
}

/** How often a face may be cut by the edge of its tile. */
const cutChance = 0.15;

/** One axis of a crop, in pixels of the picture. */
export interface Span {
  readonly start: number;
  readonly length: number;
}

/**
 * A random span of whole pixels in which the face lies whole, mostly, and that stays inside the picture where the picture
 * is long enough; a longer span holds all of the picture.
 */
export function spanAround(length: number, picture: number, face: Span, random: Random): Span {
  const whole = Math.max(1, Math.round(length));
  const slack = random.chance(cutChance) ? 0.4 * face.length : 0;
  const inside = [Math.min(0, picture - whole), Math.max(0, picture - whole)] as const;
  // A face longer than the span gives low > high: the span then lies inside of the face.
  const ends = [face.start + face.length - whole - slack, face.start + slack];
  const low = Math.max(inside[0], Math.min(...ends));
  const high = Math.min(inside[1], Math.max(...ends));
  const start = Math.round(low <= high ? random.uniform(low, high) : (low + high) / 2);
  return { start: Math.min(inside[1], Math.max(inside[0], start)), length: whole };
}

/** A face from a list by size whose size is from `low` to `high`; where there is none, the one next below or above. */
export function pickBySize<Item extends { readonly size: number }>(
  sorted: readonly Item[],
  low: number,
  high: number,
  random: Random,
): Item {
  const first = countBelow(sorted, low);
  const count = countBelow(sorted, high) - first;
  return count > 0 ? sorted[first + random.integer(count)]! : sorted[Math.min(first, sorted.length - 1)]!;
}

function countBelow(sorted: readonly { readonly size: number }[], size: number): number {
  let [low, high] = [0, sorted.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (sorted[middle]!.size < size) low = middle + 1;
    else high = middle;
  }
  return low;
}
