import { topKAccuracy } from "./accuracy.ts";
import { averagePrecision, detectionAveragePrecision } from "./average-precision.ts";
import { brierScore } from "./brier.ts";
import {
  detectionPrecision,
  detectionRecall,
  falseDetectionsPerImage,
  recallAtFalseDetections,
} from "./detection-recall.ts";
import { equalMassCalibrationError, expectedCalibrationError } from "./expected-calibration-error.ts";
import { macroF1 } from "./macro-f1.ts";
import type { MetricProperties } from "./metric.ts";
import { negativeLogLikelihood } from "./negative-log-likelihood.ts";

/** Every metric, by the name of its function; called without options each has its defaults. */
export const metrics = {
  topKAccuracy,
  macroF1,
  negativeLogLikelihood,
  brierScore,
  expectedCalibrationError,
  equalMassCalibrationError,
  averagePrecision,
  detectionAveragePrecision,
  detectionRecall,
  detectionPrecision,
  falseDetectionsPerImage,
  recallAtFalseDetections,
} satisfies Record<string, () => MetricProperties>;
