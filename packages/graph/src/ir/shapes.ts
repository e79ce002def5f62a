import { errors } from "../errors.ts";
import type { Dimension, Shape } from "./types.ts";

/** Number of elements; 1 for a scalar. */
export const sizeOf = (shape: readonly number[]): number => shape.reduce((product, extent) => product * extent, 1);

/** A shape whose extents are all numbers, or an error that names the value and the open axes. */
export function staticShape(shape: Shape | undefined, valueName: string): readonly number[] {
  if (shape?.every((extent) => typeof extent === "number")) return shape as readonly number[];
  throw errors["shape-not-static"]({ value: valueName, shape: formatShape(shape) });
}

/** "[N, 3, 48, 48]"; "[?]" where the rank is unknown. */
export const formatShape = (shape: Shape | undefined): string => (shape ? `[${shape.join(", ")}]` : "[?]");

/** Extent of several axes taken as one: a number, or a formula of the open extents. */
export function productOf(extents: readonly Dimension[]): Dimension {
  const names = extents.filter((extent) => typeof extent === "string");
  const factor = sizeOf(extents.filter((extent) => typeof extent === "number"));
  if (names.length === 0 || factor === 0) return factor;
  const all = factor === 1 ? names : [String(factor), ...names];
  return all.length === 1 ? all[0]! : all.map((name) => (/[+-]/.test(name) ? `(${name})` : name)).join("*");
}

export const sameShape = (a: Shape, b: Shape): boolean =>
  a.length === b.length && a.every((extent, axis) => extent === b[axis]);

/** Axis counted from the end where negative, as a number from 0 to rank - 1. */
export function normalizeAxis(axis: number, rank: number): number {
  const normalized = axis < 0 ? axis + rank : axis;
  if (normalized < 0 || normalized >= rank) throw errors["axis-out-of-range"]({ axis, rank });
  return normalized;
}

/**
 * Shape of an elementwise operation on two shapes by ONNX multidirectional broadcasting (aligned at the last axis).
 * A named extent equals itself and stretches an extent of 1.
 */
export function broadcastShapes(a: Shape, b: Shape): Shape {
  const rank = Math.max(a.length, b.length);
  return Array.from({ length: rank }, (_, axis): Dimension => {
    const left = a[axis - rank + a.length] ?? 1;
    const right = b[axis - rank + b.length] ?? 1;
    if (left === right || right === 1) return left;
    if (left === 1) return right;
    throw errors["broadcast-mismatch"]({ left: formatShape(a), right: formatShape(b) });
  });
}
