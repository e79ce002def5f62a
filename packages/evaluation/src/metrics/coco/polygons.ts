import { errors } from "../../errors.ts";
import { type Mask, maskUnion } from "./run-length.ts";

type Size = Pick<Mask, "height" | "width">;

/** Corners are rounded to fifths of a pixel, as the COCO API does. */
const scale = 5;

/**
 * Mask of an object drawn as polygons, each x, y of its corners in turn [2C], C at least 3; pixels in any of them.
 * To the pixel that of the COCO API (common/maskApi, from polygons): edges are walked in steps of 1/5 pixel, and where
 * they pass the middle of a column they begin or end a run in it.
 */
export function maskFromPolygons(polygons: readonly ArrayLike<number>[], size: Size): Mask {
  polygons.forEach((polygon, i) => {
    const isSound = polygon.length >= 6 && polygon.length % 2 === 0 && Array.from(polygon).every(Number.isFinite);
    if (isSound) return;
    throw errors["bad-mask"]({
      where: `polygon ${i}`,
      expected: "finite x, y of at least 3 corners",
      received: `${polygon.length} numbers`,
    });
  });
  return maskUnion(
    polygons.map((polygon) => polygonMask(polygon, size)),
    size,
  );
}

function polygonMask(corners: ArrayLike<number>, { height, width }: Size): Mask {
  const crossings: number[] = [height * width];
  let [previousU, previousV] = [Number.NaN, Number.NaN];
  walk(corners, (u, v) => {
    if (u !== previousU && !Number.isNaN(previousU)) {
      // middles of columns lie at 5 x + 2, in steps of 1/5
      const x = ((u < previousU ? u : u - 1) + 0.5) / scale - 0.5;
      if (Number.isInteger(x) && x >= 0 && x <= width - 1) {
        const y = Math.ceil(Math.min(height, Math.max(0, (Math.min(v, previousV) + 0.5) / scale - 0.5)));
        crossings.push(x * height + y);
      }
    }
    [previousU, previousV] = [u, v];
  });
  crossings.sort((a, b) => a - b);
  // two equal crossings cancel
  const runs: number[] = [];
  let start = 0;
  for (let i = 0; i < crossings.length; i++) {
    const run = crossings[i]! - start;
    start = crossings[i]!;
    if (run > 0 || runs.length === 0) runs.push(run);
    else if (++i < crossings.length) {
      runs[runs.length - 1]! += crossings[i]! - start;
      start = crossings[i]!;
    }
  }
  return { height, width, runs };
}

/** Visits the points of the closed outline on the grid of 1/5 pixel, one a step along the longer axis of each edge. */
function walk(corners: ArrayLike<number>, visit: (u: number, v: number) => void): void {
  const grid = (at: number) => Math.trunc(scale * corners[at % corners.length]! + 0.5);
  for (let i = 0; i < corners.length; i += 2) {
    const [x0, y0, x1, y1] = [grid(i), grid(i + 1), grid(i + 2), grid(i + 3)];
    const [dx, dy] = [Math.abs(x1 - x0), Math.abs(y1 - y0)];
    const isWide = dx >= dy;
    const steps = isWide ? dx : dy;
    // the slope is always taken from the end of lower coordinate, so that both directions round alike
    const isFlipped = isWide ? x0 > x1 : y0 > y1;
    const [xs, ys, xe, ye] = isFlipped ? [x1, y1, x0, y0] : [x0, y0, x1, y1];
    const slope = steps === 0 ? 0 : (isWide ? ye - ys : xe - xs) / steps;
    for (let step = 0; step <= steps; step++) {
      const t = isFlipped ? steps - step : step;
      if (isWide) visit(xs + t, Math.trunc(ys + slope * t + 0.5));
      else visit(Math.trunc(xs + slope * t + 0.5), ys + t);
    }
  }
}
