export { topKAccuracy } from "./metrics/accuracy.ts";
export { averagePrecision, detectionAveragePrecision } from "./metrics/average-precision.ts";
export { type Box, intersectionOverUnion } from "./metrics/boxes.ts";
export { brierScore } from "./metrics/brier.ts";
export { type Classified, logProbabilities, predictedClass } from "./metrics/classified.ts";
export {
  type ClassScores,
  type ConfusionMatrix,
  classScores,
  emptyConfusion,
  mergeConfusions,
  updateConfusion,
} from "./metrics/confusion-matrix.ts";
export {
  type Detection,
  type MatchedScene,
  matchScene,
  type Scene,
  type TruthBox,
} from "./metrics/detection-matching.ts";
export {
  type AtThreshold,
  type DetectionCounts,
  detectionPrecision,
  detectionRecall,
  falseDetectionsPerImage,
  type HeightBin,
  recallAtFalseDetections,
} from "./metrics/detection-recall.ts";
export {
  equalMassCalibrationError,
  expectedCalibrationError,
  type ReliabilityBin,
  type ReliabilitySums,
  reliabilityBins,
} from "./metrics/expected-calibration-error.ts";
export { macroF1 } from "./metrics/macro-f1.ts";
export {
  defineMetric,
  type Metric,
  type MetricDefinition,
  type MetricProperties,
  type MetricValue,
  mergeStates,
  type Resample,
  undefinedValue,
} from "./metrics/metric.ts";
export { negativeLogLikelihood } from "./metrics/negative-log-likelihood.ts";
export {
  areaUnderCurve,
  type Interpolation,
  type Ranking,
  type RankingCurve,
  rankingCurves,
} from "./metrics/precision-recall.ts";
export type { Scored } from "./metrics/scored.ts";
export { metrics } from "./metrics/table.ts";
export {
  type FaceKind,
  type FacePrediction,
  type FacesInput,
  type FacesOptions,
  type FacesResult,
  type FaceTruth,
  faceHeightBins,
  faceKinds,
  scoreFaces,
} from "./protocols/faces/faces.ts";
export {
  type BootstrapOptions,
  bootstrapInterval,
  type Interval,
  type Measured,
  measure,
  statesByGroup,
} from "./statistics/bootstrap.ts";
export { quantile } from "./statistics/quantile.ts";
export { type Random, seededRandom } from "./statistics/random.ts";
export { wilsonInterval } from "./statistics/wilson.ts";
