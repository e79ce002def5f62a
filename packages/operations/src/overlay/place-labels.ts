import type { Box } from "@foveajs/vision";
import { clamp } from "./sizes.ts";

/** What one label wants to say, at most to least, and of which box. */
export interface LabelWish {
  readonly box: Box;
  /** The part of the box that must stay visible: eyes, nose and mouth. */
  readonly core: Box;
  /** Widths and heights of plates, the best first; a later one is smaller and says less. */
  readonly plates: readonly PlateSize[];
  /** Larger plates that say more than the first of `plates`, the fullest first; they take its place where they cover nothing. */
  readonly details?: readonly PlateSize[];
}

export interface PlateSize {
  readonly width: number;
  readonly height: number;
}

/** Where a plate lies, and which of the wished ones it is. */
export interface PlacedLabel {
  readonly plate: Box;
  readonly choice: number;
  /** Which of the details it has room for; absent: none. */
  readonly detail?: number;
}

// Prices of one plate's whole area over something: a covered face or label is never worth a fuller text.
const overCore = 40;
const overOtherFace = 60;
const overLabel = 120;
const overOwnBox = 2;
const perChoice = 1.5;
const perStep = 0.35;
/** Above this price a plate would hide more than it tells. */
const limit = 8;

/**
 * Finds each label a place inside the picture, beside its box, off faces and other labels; null where there is none.
 * The largest boxes choose first, all of them before any tells its details, so that details displace nothing. Order of the result: as
 * `wishes`.
 */
export function placeLabels(
  wishes: readonly LabelWish[],
  { width, height, gap }: { width: number; height: number; gap: number },
): readonly (PlacedLabel | null)[] {
  const placed: (PlacedLabel | null)[] = wishes.map(() => null);
  const order = wishes.map((_, index) => index).sort((a, b) => area(wishes[b]?.box) - area(wishes[a]?.box));
  for (const index of order) {
    const wish = wishes[index] as LabelWish;
    const others = wishes.filter((_, other) => other !== index);
    const labels = placed.flatMap((label) => (label ? [label.plate] : []));
    let best = { price: limit, label: null as PlacedLabel | null };
    wish.plates.forEach((plate, choice) => {
      placesOf(wish.box, plate, { width, height, gap }).forEach((inside, step) => {
        const price =
          choice * perChoice +
          step * perStep +
          share(inside, wish.core) * overCore +
          share(inside, wish.box) * overOwnBox +
          others.reduce((sum, other) => sum + share(inside, other.box) * overOtherFace, 0) +
          labels.reduce((sum, label) => sum + share(inside, label) * overLabel, 0);
        if (price < best.price) best = { price, label: { plate: inside, choice } };
      });
    });
    placed[index] = best.label;
  }
  for (const index of order) {
    if (placed[index]?.choice !== 0) continue;
    const isOther = (_: unknown, other: number) => other !== index;
    const { box, core } = wishes[index]!;
    const taken = [
      core,
      ...wishes.filter(isOther).map((other) => other.box),
      ...placed.filter(isOther).flatMap((label) => (label ? [around(label.plate, gap)] : [])),
    ];
    const options = { width, height, gap };
    // beside the face where there is room, as brow and chin belong to it too
    placed[index] =
      withDetails(wishes[index]!, { taken: [...taken, box], ...options }) ??
      withDetails(wishes[index]!, { taken, ...options }) ??
      placed[index]!;
  }
  return placed;
}

/** The fullest detail that has a place off all that is taken; undefined where none has. */
function withDetails(
  { box, details = [] }: LabelWish,
  { taken, ...picture }: { taken: readonly Box[]; width: number; height: number; gap: number },
): PlacedLabel | undefined {
  for (const [detail, size] of details.entries()) {
    const plate = placesOf(box, size, picture).find((place) => taken.every((other) => share(place, other) === 0));
    if (plate) return { plate, choice: 0, detail };
  }
  return undefined;
}

/** Places of a plate moved into the picture; none where it is larger. */
function placesOf(box: Box, plate: PlateSize, { width, height, gap }: PlateSize & { gap: number }): Box[] {
  if (plate.width > width || plate.height > height) return [];
  return candidates(box, plate, gap).map(({ x, y }) => ({
    ...plate,
    x: clamp(x, 0, width - plate.width),
    y: clamp(y, 0, height - plate.height),
  }));
}

const around = ({ x, y, width, height }: Box, gap: number): Box => ({
  x: x - gap,
  y: y - gap,
  width: width + 2 * gap,
  height: height + 2 * gap,
});

/** Places around and in a box, the best first: over it, under it, at its sides, then in its corners. */
function candidates(box: Box, plate: PlateSize, gap: number): { x: number; y: number }[] {
  const left = box.x;
  const right = box.x + box.width - plate.width;
  const middle = box.x + (box.width - plate.width) / 2;
  const over = box.y - plate.height - gap;
  const under = box.y + box.height + gap;
  const beside = box.x + box.width + gap;
  const before = box.x - plate.width - gap;
  const bottom = box.y + box.height - plate.height;
  return [
    { x: left, y: over },
    { x: middle, y: over },
    { x: right, y: over },
    { x: left, y: under },
    { x: middle, y: under },
    { x: right, y: under },
    { x: beside, y: box.y },
    { x: before, y: box.y },
    { x: beside, y: bottom },
    { x: before, y: bottom },
    { x: left + gap, y: bottom - gap },
    { x: left + gap, y: box.y + gap },
  ];
}

const area = (box: Box | undefined): number => (box ? box.width * box.height : 0);

/** The share of `plate` that lies over `other`, 0 to 1. */
function share(plate: Box, other: Box): number {
  const width = Math.min(plate.x + plate.width, other.x + other.width) - Math.max(plate.x, other.x);
  const height = Math.min(plate.y + plate.height, other.y + other.height) - Math.max(plate.y, other.y);
  return width > 0 && height > 0 ? (width * height) / area(plate) : 0;
}
