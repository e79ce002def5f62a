import type { Build, Value } from "@foveajs/graph";

/** Corners x1, y1, x2, y2, each of one shape. */
export type Corners = readonly [x1: Value, y1: Value, x2: Value, y2: Value];

export interface Overlap {
  /** Intersection over union, 0 to 1. */
  readonly iou: Value;
  /** iou - (hull - union) / hull, -1 to 1. */
  readonly generalized: Value;
}

/** Overlap of boxes elementwise: Rezatofighi et al. 2019, arXiv:1902.09630, algorithm 2. Empty boxes overlap by 0. */
export function overlap(build: Build, a: Corners, b: Corners): Overlap {
  const extent = (low: Value, high: Value) => build.max(build.sub(high, low), 0);
  const area = ([x1, y1, x2, y2]: Corners) => build.mul(extent(x1, x2), extent(y1, y2));
  const width = extent(build.max(a[0], b[0]), build.min(a[2], b[2]));
  const height = extent(build.max(a[1], b[1]), build.min(a[3], b[3]));
  const intersection = build.mul(width, height);
  const union = build.sub(build.add(area(a), area(b)), intersection);
  const hull = area([build.min(a[0], b[0]), build.min(a[1], b[1]), build.max(a[2], b[2]), build.max(a[3], b[3])]);
  const safe = (value: Value) => build.max(value, 1e-7);
  const iou = build.div(intersection, safe(union));
  return { iou, generalized: build.sub(iou, build.div(build.sub(hull, union), safe(hull))) };
}
