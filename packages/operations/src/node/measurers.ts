import {
  detectionAveragePrecision,
  detectionRecall,
  expectedCalibrationError,
  falseDetectionsPerImage,
  macroF1,
  type Metric,
  negativeLogLikelihood,
  type Scene,
  topKAccuracy,
} from "@foveajs/evaluation";
import type { DetectedSample, Measurers, Measures } from "@foveajs/vision";

/** Boxes of different sources mean slightly different things: finds count from this overlap up, as in protocol `faces`. */
const IOU = 0.35;

/** The metrics that a training reports on its validation samples, by kind of task. */
export const measurers: Measurers = {
  classification({ logits, targets }): Measures {
    // majority: the class with the most votes, the first of equal ones
    const batch = { logits, targets: targets.map((shares) => shares.indexOf(Math.max(...shares))) };
    return {
      accuracy: valueOf(topKAccuracy(), batch),
      macro_f1: valueOf(macroF1(), batch),
      nll: valueOf(negativeLogLikelihood(), batch),
      ece: valueOf(expectedCalibrationError({ bins: 15 }), batch),
    };
  },
  detection(samples, threshold): Measures {
    const scenes = samples.map(sceneOf);
    return {
      ap: valueOf(detectionAveragePrecision({ iou: IOU }), scenes),
      recall: valueOf(detectionRecall({ threshold, iou: IOU }), scenes),
      false_per_image: valueOf(falseDetectionsPerImage({ threshold, iou: IOU }), scenes),
    };
  },
};

const valueOf = <Batch, State>(metric: Metric<Batch, State>, batch: Batch): number =>
  metric.compute(metric.update(metric.empty(), batch)).value;

function sceneOf({ sample, detections }: DetectedSample): Scene {
  const labels = Object.values(sample.labels).flatMap((label) => (label?.kind === "boxes" ? label.boxes : []));
  return { truth: labels.map(({ box, kind }) => ({ box, ignored: kind !== "face" })), detections };
}
