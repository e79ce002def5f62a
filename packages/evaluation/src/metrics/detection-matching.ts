import { errors } from "../errors.ts";
import { type Box, checkBox, compareBoxes, intersectionOverUnion } from "./boxes.ts";

/** A box that is there. An ignored one counts neither way: missing it is no miss, finding it is no find. */
export interface TruthBox {
  readonly box: Box;
  readonly ignored: boolean;
}

/** A box that a model found; a larger score is a surer one. */
export interface Detection {
  readonly box: Box;
  readonly score: number;
}

/** One picture: what is there and what was found, of one class. */
export interface Scene {
  readonly truth: readonly TruthBox[];
  readonly detections: readonly Detection[];
}

/** What became of the boxes of one picture. */
export interface MatchedScene {
  /** The boxes to be found (not ignored), each with the score of its detection, −Infinity if it was missed. */
  readonly found: readonly { readonly box: Box; readonly score: number }[];
  /** Detections on nothing, or on a box that a surer one had taken. */
  readonly falseDetections: readonly Detection[];
  /** Detections on an ignored box. */
  readonly dropped: readonly Detection[];
}

/**
 * Matches greedily: each detection, by descending score, goes to the box of largest IoU, at least `iou` (0 to 1), among
 * those not yet taken. An ignored box is never taken up: every detection that fits it best is dropped. What happens
 * above a score does not depend on detections below it. Equal scores and equal IoUs are settled by the boxes' place.
 */
export function matchScene({ truth, detections }: Scene, { iou }: { iou: number }): MatchedScene {
  truth.forEach(({ box }, i) => {
    checkBox(box, `truth, box ${i}`);
  });
  detections.forEach(({ box, score }, i) => {
    checkBox(box, `detections, box ${i}`);
    if (!Number.isFinite(score)) throw errors["bad-score"]({ where: `detections, box ${i}`, received: score });
  });
  const targets = [...truth]
    .sort((a, b) => Number(a.ignored) - Number(b.ignored) || compareBoxes(a.box, b.box))
    .map(({ box, ignored }) => ({ box, ignored, score: Number.NEGATIVE_INFINITY }));
  const falseDetections: Detection[] = [];
  const dropped: Detection[] = [];
  for (const detection of [...detections].sort((a, b) => b.score - a.score || compareBoxes(a.box, b.box))) {
    let best: (typeof targets)[number] | undefined;
    let overlap = Math.max(iou, Number.MIN_VALUE); // boxes that do not touch never match
    for (const target of targets) {
      if (target.score !== Number.NEGATIVE_INFINITY) continue;
      const candidate = intersectionOverUnion(detection.box, target.box);
      if (best === undefined ? candidate < overlap : candidate <= overlap) continue;
      best = target;
      overlap = candidate;
    }
    if (best === undefined) falseDetections.push(detection);
    else if (best.ignored) dropped.push(detection);
    else best.score = detection.score;
  }
  const found = targets.filter(({ ignored }) => !ignored).map(({ box, score }) => ({ box, score }));
  return { found, falseDetections, dropped };
}

/** Refuses an IoU threshold outside 0 to 1. */
export function checkIou(iou: number): void {
  if (!(iou >= 0 && iou <= 1))
    throw errors["bad-option"]({ name: "iou", expected: "a number from 0 to 1", received: iou });
}
