import { errors } from "../errors.ts";
import { type Classified, checkClassified, predictedClass } from "./classified.ts";

/**
 * How often each class was named for each class: counts [C][C], row = target, column = predicted.
 * A state like that of any metric (empty, update, merge), but no single number: the metrics that read it are.
 */
export interface ConfusionMatrix {
  /** 0 before the first sample. */
  readonly classes: number;
  /** classes * classes counts, row by row. */
  readonly counts: Float64Array;
}

/** Precision, recall and F1 (0 to 1) of one class; NaN where nothing was predicted, or there was nothing to find. */
export interface ClassScores {
  readonly support: number;
  readonly predicted: number;
  readonly precision: number;
  readonly recall: number;
  readonly f1: number;
}

/** The matrix before any sample. */
export const emptyConfusion = (): ConfusionMatrix => ({ classes: 0, counts: new Float64Array(0) });

/** Adds samples; a tie or a NaN counts against the model, as in `topKAccuracy`. */
export function updateConfusion(matrix: ConfusionMatrix, batch: Classified): ConfusionMatrix {
  checkClassified(batch);
  if (batch.logits.length === 0) return matrix;
  const classes = batch.logits[0]!.length;
  const counts = new Float64Array(classes * classes);
  batch.logits.forEach((row, i) => {
    const target = batch.targets[i]!;
    counts[target * classes + predictedClass(row, target)]!++;
  });
  return mergeConfusions(matrix, { classes, counts });
}

/** Sum of two matrices of equal size, or of one and an empty one. */
export function mergeConfusions(a: ConfusionMatrix, b: ConfusionMatrix): ConfusionMatrix {
  if (a.classes === 0) return b;
  if (b.classes === 0) return a;
  if (a.classes !== b.classes) {
    throw errors["class-count"]({ where: "confusion matrix", expected: a.classes, received: b.classes });
  }
  return { classes: a.classes, counts: a.counts.map((count, i) => count + b.counts[i]!) };
}

/** Scores of every class, in the order of classes. F1 = 2TP / (2TP + FP + FN): 0 for a class named only wrongly. */
export function classScores({ classes, counts }: ConfusionMatrix): ClassScores[] {
  return Array.from({ length: classes }, (_, c) => {
    let support = 0;
    let predicted = 0;
    for (let other = 0; other < classes; other++) {
      support += counts[c * classes + other]!;
      predicted += counts[other * classes + c]!;
    }
    const hits = counts[c * classes + c]!;
    return {
      support,
      predicted,
      precision: hits / predicted,
      recall: hits / support,
      f1: (2 * hits) / (support + predicted),
    };
  });
}
