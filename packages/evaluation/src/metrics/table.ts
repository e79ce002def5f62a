import { topKAccuracy } from "./accuracy.ts";
import { concordanceCorrelation, intraclassCorrelation, pearsonCorrelation } from "./agreement.ts";
import { averagePrecision, detectionAveragePrecision } from "./average-precision.ts";
import { balancedAccuracy } from "./balanced-accuracy.ts";
import { brierScore } from "./brier.ts";
import {
  cocoBoxAveragePrecision,
  cocoBoxAverageRecall,
  cocoMaskAveragePrecision,
  cocoMaskAverageRecall,
} from "./coco/coco.ts";
import { cohenKappa } from "./cohen-kappa.ts";
import {
  detectionPrecision,
  detectionRecall,
  falseDetectionsPerImage,
  recallAtFalseDetections,
} from "./detection-recall.ts";
import { equalMassCalibrationError, expectedCalibrationError } from "./expected-calibration-error.ts";
import { landmarkAuc, landmarkFailureRate, normalisedMeanError } from "./landmark-errors.ts";
import { macroF1 } from "./macro-f1.ts";
import { meanAbsoluteError, rootMeanSquaredError } from "./mean-errors.ts";
import type { MetricProperties } from "./metric.ts";
import { microF1 } from "./micro-f1.ts";
import { multilabelF1 } from "./multilabel-f1.ts";
import { negativeLogLikelihood } from "./negative-log-likelihood.ts";
import { cumulativeMatch, meanAveragePrecisionAtK } from "./retrieval.ts";
import { rocAuc } from "./roc-auc.ts";
import { equalErrorRate, trueAcceptRate } from "./verification-curve.ts";
import { falseAcceptRate, falseRejectRate } from "./verification-errors.ts";
import { vocMeanAveragePrecision } from "./voc-mean-average-precision.ts";

/** Every metric, by the name of its function; called without options each has its defaults. */
export const metrics = {
  topKAccuracy,
  macroF1,
  microF1,
  balancedAccuracy,
  cohenKappa,
  multilabelF1,
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
  rocAuc,
  falseAcceptRate,
  falseRejectRate,
  equalErrorRate,
  trueAcceptRate,
  concordanceCorrelation,
  pearsonCorrelation,
  intraclassCorrelation,
  meanAbsoluteError,
  rootMeanSquaredError,
  normalisedMeanError,
  landmarkAuc,
  landmarkFailureRate,
  meanAveragePrecisionAtK,
  cumulativeMatch,
  vocMeanAveragePrecision,
  cocoBoxAveragePrecision,
  cocoBoxAverageRecall,
  cocoMaskAveragePrecision,
  cocoMaskAverageRecall,
} satisfies Record<string, () => MetricProperties>;
