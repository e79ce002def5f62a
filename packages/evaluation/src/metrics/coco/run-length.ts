import { errors } from "../../errors.ts";
import type { Box } from "../boxes.ts";

/**
 * A mask of height × width pixels as the lengths of its runs of 0 and 1 in turn, the first of 0 (maybe of length 0),
 * down the columns from the left. Source: COCO API, common/maskApi.
 */
export interface Mask {
  readonly height: number;
  readonly width: number;
  readonly runs: ArrayLike<number>;
}

/** Pixels set. */
export function maskArea({ runs }: Mask): number {
  let area = 0;
  for (let i = 1; i < runs.length; i += 2) area += runs[i]!;
  return area;
}

/** Smallest box around the pixels set; of size 0 if there is none. */
export function maskBox({ height, runs }: Mask): Box {
  let [left, top, right, bottom] = [Number.POSITIVE_INFINITY, height, 0, 0];
  let start = 0;
  for (let i = 0; i < runs.length; i++) {
    const end = start + runs[i]!;
    if (i % 2 === 1 && end > start) {
      const [first, last] = [Math.floor(start / height), Math.floor((end - 1) / height)];
      left = Math.min(left, first);
      right = Math.max(right, last + 1);
      top = Math.min(top, first === last ? start % height : 0);
      bottom = Math.max(bottom, first === last ? ((end - 1) % height) + 1 : height);
    }
    start = end;
  }
  return right === 0
    ? { x: 0, y: 0, width: 0, height: 0 }
    : { x: left, y: top, width: right - left, height: bottom - top };
}

/** Pixels set in both; the masks are of one size. */
export function maskIntersection({ runs: a }: Mask, { runs: b }: Mask): number {
  let shared = 0;
  let [i, j] = [1, 1];
  let [startA, startB] = [a[0] ?? 0, b[0] ?? 0];
  while (i < a.length && j < b.length) {
    const [endA, endB] = [startA + a[i]!, startB + b[j]!];
    const overlap = Math.min(endA, endB) - Math.max(startA, startB);
    if (overlap > 0) shared += overlap;
    if (endA <= endB) {
      startA = endA + (a[i + 1] ?? 0);
      i += 2;
    } else {
      startB = endB + (b[j + 1] ?? 0);
      j += 2;
    }
  }
  return shared;
}

/** Pixels set in any of the masks, which are of one size. */
export function maskUnion(masks: readonly Mask[], { height, width }: Pick<Mask, "height" | "width">): Mask {
  const steps = new Map<number, number>();
  for (const { runs } of masks) {
    let position = 0;
    for (let i = 0; i + 1 < runs.length; i++) {
      position += runs[i]!;
      steps.set(position, (steps.get(position) ?? 0) + (i % 2 === 0 ? 1 : -1));
    }
  }
  const runs: number[] = [];
  let [depth, start] = [0, 0];
  for (const [position, step] of [...steps].sort(([a], [b]) => a - b)) {
    if (position < height * width && depth > 0 !== depth + step > 0) {
      runs.push(position - start);
      start = position;
    }
    depth += step;
  }
  return { height, width, runs: [...runs, height * width - start] };
}

/** Refuses runs that do not fill the picture; `where` names the mask. */
export function checkMask({ height, width, runs }: Mask, where: string): void {
  let total = 0;
  let isSound = true;
  for (let i = 0; i < runs.length; i++) {
    isSound &&= runs[i]! >= 0 && Number.isInteger(runs[i]);
    total += runs[i]!;
  }
  if (!isSound || !(height > 0 && width > 0) || total !== height * width) {
    throw errors["bad-mask"]({
      where,
      expected: `whole runs of ${height} * ${width} pixels together`,
      received: `${runs.length} runs of ${total} pixels`,
    });
  }
}
