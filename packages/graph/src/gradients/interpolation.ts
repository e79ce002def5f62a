import type { Value } from "../ir/builder.ts";
import type { Build } from "../ops/build.ts";

/** How a point between pixels is read from those around it, along one axis. */
export interface Interpolation {
  /** What makes the pixel of tap 0 of a point's place. */
  readonly base: "floor" | "round";
  /** Pixel of the first tap, counted from that one. */
  readonly first: number;
  /** Weight of each tap, from the part of the place beyond the base. */
  readonly weights: (build: Build, between: Value) => readonly Value[];
  /** Their derivatives; absent where the weights are constant. */
  readonly slopes?: (build: Build, between: Value) => readonly Value[];
}

const linear: Interpolation = {
  base: "floor",
  first: 0,
  weights: (build, t) => [build.sub(1, t), t],
  slopes: (build, t) => {
    const one = build.expand(build.scalar(1), t.shape as number[]);
    return [build.neg(one), one];
  },
};

const nearest: Interpolation = {
  base: "round",
  first: 0,
  weights: (build, t) => [build.expand(build.scalar(1), t.shape as number[])],
};

/** Free coefficient of Keys, Cubic convolution interpolation (1981), as ONNX GridSample fixes it. */
const A = -0.75;

/** c3 t^3 + c2 t^2 + c1 t + c0. */
const polynomial = (build: Build, t: Value, [c3, c2, c1, c0]: readonly [number, number, number, number]): Value =>
  build.add(build.mul(build.add(build.mul(build.add(build.mul(t, c3), c2), t), c1), t), c0);

/** Weights of the pixels at -1, 0, 1, 2, expanded in the part t beyond pixel 0. */
const cubicWeights = [
  [A, -2 * A, A, 0],
  [A + 2, -(A + 3), 0, 1],
  [-(A + 2), 2 * A + 3, -A, 0],
  [-A, A, 0, 0],
] as const;

const cubic: Interpolation = {
  base: "floor",
  first: -1,
  weights: (build, t) => cubicWeights.map((coefficients) => polynomial(build, t, coefficients)),
  slopes: (build, t) => cubicWeights.map(([c3, c2, c1]) => polynomial(build, t, [0, 3 * c3, 2 * c2, c1])),
};

/** By the mode of GridSample; "bilinear" and "bicubic" are its names before opset 20. */
export const interpolations: Readonly<Record<string, Interpolation>> = {
  bicubic: cubic,
  bilinear: linear,
  cubic,
  linear,
  nearest,
};
