import { errors } from "../errors.ts";

/**
 * The temperature T from 0.3 to 3 that makes softmax(logits / T) fit best: least −Σ_i Σ_c q_ic ln softmax(z_i / T)_c.
 * logits [N][C] of samples that were not trained on; targets [N][C], distributions or one-hot, a row of zeros where the
 * label is missing. That loss is convex in 1/T, so it has one valley in log T too, which golden-section search narrows
 * to 1e-6; where it lies outside, the nearer end is returned. Where every sample is one class and that is named, any sharpening fits
 * better, so the samples say nothing of confidence: 1. Source: Guo et al. (2017), arXiv:1706.04599.
 */
export function fitTemperature(logits: readonly Float32Array[], targets: readonly Float32Array[]): number {
  checkRows(logits, targets);
  if (isAllRight(logits, targets)) return 1;
  const loss = (logTemperature: number) => crossEntropy(logits, targets, Math.exp(-logTemperature));
  let low = Math.log(0.3);
  let high = Math.log(3);
  let left = high - golden * (high - low);
  let right = low + golden * (high - low);
  let leftLoss = loss(left);
  let rightLoss = loss(right);
  while (high - low > 1e-6) {
    if (leftLoss <= rightLoss) {
      high = right;
      right = left;
      rightLoss = leftLoss;
      left = high - golden * (high - low);
      leftLoss = loss(left);
    } else {
      low = left;
      left = right;
      leftLoss = rightLoss;
      right = low + golden * (high - low);
      rightLoss = loss(right);
    }
  }
  return Math.exp((low + high) / 2);
}

const isAllRight = (logits: readonly Float32Array[], targets: readonly Float32Array[]): boolean =>
  logits.every((row, i) => {
    const target = targets[i]!;
    const named = target.indexOf(1);
    return (
      target.every((share) => share === 0) ||
      (named >= 0 && row.every((logit, c) => c === named || logit < row[named]!))
    );
  });

const golden = (Math.sqrt(5) - 1) / 2; // of each interval one inner point is an inner point of the next

/** Σ_i Σ_c q_ic (ln Σ_k exp(β z_ik) − β z_ic), β = 1/T. */
function crossEntropy(logits: readonly Float32Array[], targets: readonly Float32Array[], beta: number): number {
  let total = 0;
  logits.forEach((row, i) => {
    const largest = row.reduce((a, b) => Math.max(a, b));
    let sum = 0;
    for (const logit of row) sum += Math.exp(beta * (logit - largest)); // no overflow: exponents are at most 0
    const logSum = Math.log(sum);
    row.forEach((logit, c) => {
      total += targets[i]![c]! * (logSum - beta * (logit - largest));
    });
  });
  return total;
}

function checkRows(logits: readonly Float32Array[], targets: readonly Float32Array[]): void {
  const refuse = (where: string, expected: string, received: string) =>
    errors["calibration-rows"]({ where, expected, received });
  if (logits.length !== targets.length) throw refuse("targets", `${logits.length} rows`, `${targets.length}`);
  if (!targets.some((row) => row.some((share) => share > 0))) throw refuse("targets", "at least one label", "none");
  logits.forEach((row, i) => {
    const target = targets[i]!;
    if (target.length !== row.length) throw refuse(`targets, row ${i}`, `${row.length} classes`, `${target.length}`);
    if (!row.every(Number.isFinite)) throw refuse(`logits, row ${i}`, "finite numbers", `[${row.join(", ")}]`);
    if (!target.every((share) => share >= 0 && share < Number.POSITIVE_INFINITY)) {
      throw refuse(`targets, row ${i}`, "shares of at least 0", `[${target.join(", ")}]`);
    }
  });
}
