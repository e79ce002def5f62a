import { errors } from "../errors.ts";

/**
 * Samples of a classifier: logits [N][C] and targets [N], the true class of each (0 to C - 1).
 * Probabilities enter as their logarithms: softmax gives them back.
 */
export interface Classified {
  readonly logits: readonly ArrayLike<number>[];
  readonly targets: ArrayLike<number>;
}

/** Refuses a batch whose rows do not fit together or whose targets are no classes of the model. */
export function checkClassified({ logits, targets }: Classified): void {
  if (logits.length !== targets.length) {
    throw errors["row-count"]({ where: "targets", expected: logits.length, received: targets.length });
  }
  const classes = logits[0]?.length ?? 0;
  logits.forEach((row, i) => {
    if (row.length !== classes) {
      throw errors["class-count"]({ where: `logits, row ${i}`, expected: classes, received: row.length });
    }
    const target = targets[i]!;
    if (!Number.isInteger(target) || target < 0 || target >= classes) {
      throw errors["bad-target"]({ where: `targets, row ${i}`, classes, received: target });
    }
  });
}

/**
 * The class that a row of logits [C] names, ties and NaN counted against the model: `target` only if its logit is
 * larger than every other one, else the first of the largest rivals (a NaN is the largest).
 */
export function predictedClass(row: ArrayLike<number>, target: number): number {
  let rival = -1;
  let best = Number.NEGATIVE_INFINITY;
  let isHit = true;
  for (let c = 0; c < row.length; c++) {
    if (c === target) continue;
    const logit = Number.isNaN(row[c]!) ? Number.POSITIVE_INFINITY : row[c]!;
    if (rival < 0 || logit > best) {
      rival = c;
      best = logit;
    }
    isHit &&= row[target]! > row[c]!; // false for a NaN on either side
  }
  return isHit ? target : rival;
}

/** log softmax of logits [C], natural logarithm; `where` names the row in the error raised for NaN or no finite logit. */
export function logProbabilities(row: ArrayLike<number>, where: string): Float64Array {
  let largest = Number.NEGATIVE_INFINITY;
  let isSound = true;
  for (let c = 0; c < row.length; c++) {
    isSound &&= row[c]! < Number.POSITIVE_INFINITY; // false for a NaN
    largest = Math.max(largest, row[c]!);
  }
  if (!isSound || !Number.isFinite(largest)) {
    throw errors["bad-logits"]({ where, received: `[${Array.from(row).join(", ")}]` });
  }
  let sum = 0;
  for (let c = 0; c < row.length; c++) sum += Math.exp(row[c]! - largest);
  const logSum = largest + Math.log(sum);
  return Float64Array.from(row, (logit) => logit - logSum);
}
