import type { Value } from "../ir/builder.ts";
import type { Build } from "../ops/build.ts";
import { decayed, type Optimizer } from "./optimizer.ts";

/** Decay of the momentum, and how often it is made more orthogonal. */
export interface MuonOptions {
  readonly momentum?: number;
  /** Newton-Schulz iterations. */
  readonly iterations?: number;
}

/** Coefficients of the quintic that pulls singular values towards 1: Jordan et al. 2024, "Muon: An optimizer for hidden layers". */
const QUINTIC = [3.4445, -4.775, 2.0315] as const;

/**
 * Momentum whose direction is made nearly orthogonal, for matrices [out, in * kh * kw]:
 * B = momentum B + (1 - momentum) G; U = (1 - momentum) G + momentum B; U is orthogonalised; w = w (1 - rate decay) - rate sqrt(max(1, rows / columns)) U.
 */
export const muon = ({ momentum = 0.95, iterations = 5 }: MuonOptions = {}): Optimizer => ({
  slotNames: ["momentum"],
  update(context) {
    const { build, parameter, gradient, slots, rate } = context;
    const [rows, columns] = parameter.shape as [number, number];
    const scaledGradient = build.mul(gradient, 1 - momentum);
    const average = build.add(build.mul(slots.momentum!, momentum), scaledGradient);
    const direction = orthogonalize(build, build.add(scaledGradient, build.mul(average, momentum)), iterations);
    const change = build.mul(direction, build.mul(rate, Math.sqrt(Math.max(1, rows / columns))));
    return { parameter: build.sub(decayed(context), change), slots: { momentum: average } };
  },
});

/** Newton-Schulz: U = a U + (b A + c A A) U with A = U U^T, on the wide side, from U / |U|. */
function orthogonalize(build: Build, matrix: Value, iterations: number): Value {
  const [rows, columns] = matrix.shape as [number, number];
  const isTall = rows > columns;
  const wide = isTall ? build.transpose(matrix, [1, 0]) : matrix;
  const norm = build.add(build.sqrt(build.reduceSum(build.reduceSumSquare(wide, { axes: [1] }), { axes: [0] })), 1e-7);
  let u = build.div(wide, norm);
  const [a, b, c] = QUINTIC;
  for (let iteration = 0; iteration < iterations; iteration++) {
    const gram = build.gemm(u, u, undefined, { transB: true });
    const polynomial = build.add(build.mul(gram, b), build.mul(build.matMul(gram, gram), c));
    u = build.add(build.mul(u, a), build.matMul(polynomial, u));
  }
  return isTall ? build.transpose(u, [1, 0]) : u;
}
