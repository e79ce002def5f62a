import {
  detectionAveragePrecision,
  detectionRecall,
  expectedCalibrationError,
  falseDetectionsPerImage,
  type Metric,
  macroF1,
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
      accuracy: computed(topKAccuracy(), batch),
      macro_f1: computed(macroF1(), batch),
      nll: computed(negativeLogLikelihood(), batch),
      ece: computed(expectedCalibrationError({ bins: 15 }), batch),
    };
  },
  detection(samples, threshold): Measures {
    const scenes = samples.map(sceneOf);
    return {
      ap: computed(detectionAveragePrecision({ iou: IOU }), scenes),
      recall: computed(detectionRecall({ threshold, iou: IOU }), scenes),
      false_per_image: computed(falseDetectionsPerImage({ threshold, iou: IOU }), scenes),
    };
  },
};

const computed = <Batch, State>(metric: Metric<Batch, State>, batch: Batch): number =>
  metric.compute(metric.update(metric.empty(), batch)).value;

function sceneOf({ sample, detections }: DetectedSample): Scene {
  const labels = Object.values(sample.labels).flatMap((label) => (label?.kind === "boxes" ? label.boxes : []));
  return { truth: labels.map(({ box, kind }) => ({ box, ignored: kind !== "face" })), detections };
}
