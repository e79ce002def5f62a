export { topKAccuracy } from "./metrics/accuracy.ts";
export { concordanceCorrelation, intraclassCorrelation, pearsonCorrelation } from "./metrics/agreement.ts";
export { averagePrecision, detectionAveragePrecision } from "./metrics/average-precision.ts";
export { balancedAccuracy } from "./metrics/balanced-accuracy.ts";
export { type Box, intersectionOverUnion } from "./metrics/boxes.ts";
export { brierScore } from "./metrics/brier.ts";
export { type Classified, logProbabilities, predictedClass } from "./metrics/classified.ts";
export {
  type CocoOptions,
  type CocoSummary,
  cocoBoxAveragePrecision,
  cocoBoxAverageRecall,
  cocoMaskAveragePrecision,
  cocoMaskAverageRecall,
  cocoSummaries,
  cocoSummary,
} from "./metrics/coco/coco.ts";
export { maskFromPixels, maskFromText, maskPixels, maskText } from "./metrics/coco/mask-format.ts";
export type { CocoArea, CocoDetection, CocoEntry, CocoImage, CocoObject } from "./metrics/coco/matching.ts";
export { maskFromPolygons } from "./metrics/coco/polygons.ts";
export { boxRegions, maskRegions, type RegionKind } from "./metrics/coco/regions.ts";
export { type Mask, maskArea, maskBox, maskIntersection, maskUnion } from "./metrics/coco/run-length.ts";
export { cohenKappa, type KappaWeights } from "./metrics/cohen-kappa.ts";
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
export {
  type LandmarkedFace,
  type LandmarkThreshold,
  landmarkAuc,
  landmarkError,
  landmarkFailureRate,
  normalisedMeanError,
} from "./metrics/landmark-errors.ts";
export {
  eyePoints,
  faceBox,
  interOcular,
  interPupil,
  landmarkBox,
  landmarkDiagonal,
  type Normaliser,
  outerEyeCorners,
  type TrueFace,
} from "./metrics/landmark-normalisers.ts";
export { macroF1 } from "./metrics/macro-f1.ts";
export { meanAbsoluteError, rootMeanSquaredError } from "./metrics/mean-errors.ts";
export {
  type ClassValue,
  type DeclaredProperties,
  defineMetric,
  type Metric,
  type MetricDefinition,
  type MetricProperties,
  type MetricValue,
  mergeStates,
  type Resample,
  undefinedValue,
} from "./metrics/metric.ts";
export { microF1 } from "./metrics/micro-f1.ts";
export { type LabelCounts, type Multilabelled, multilabelF1 } from "./metrics/multilabel-f1.ts";
export { negativeLogLikelihood } from "./metrics/negative-log-likelihood.ts";
export type { PairedValues, TargetRange } from "./metrics/paired-values.ts";
export {
  areaUnderCurve,
  type Interpolation,
  type Ranking,
  type RankingCurve,
  rankingCurves,
} from "./metrics/precision-recall.ts";
export {
  type ApDenominator,
  cumulativeMatch,
  meanAveragePrecisionAtK,
  type RankedQuery,
} from "./metrics/retrieval.ts";
export { rocAuc } from "./metrics/roc-auc.ts";
export type { Scored } from "./metrics/scored.ts";
export { metrics } from "./metrics/table.ts";
export { equalErrorRate, trueAcceptRate } from "./metrics/verification-curve.ts";
export { falseAcceptRate, falseRejectRate } from "./metrics/verification-errors.ts";
export { inclusiveBox, type VocImage, vocMeanAveragePrecision } from "./metrics/voc-mean-average-precision.ts";
export { readBoxPredictions } from "./protocols/box-predictions.ts";
export { subjectFolds } from "./protocols/ckplus/ckplus.ts";
export { readClassPredictions } from "./protocols/class-predictions.ts";
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
export { type VotedTarget, votedTarget } from "./protocols/ferplus/votes.ts";
export { readLandmarkPredictions } from "./protocols/landmark-predictions.ts";
export { faceOfBox, labelledFace } from "./protocols/landmarks.ts";
export { bestThreshold, foldScores, standardError } from "./protocols/lfw/fold-accuracy.ts";
export { readMultitaskPredictions } from "./protocols/multitask-predictions.ts";
export {
  hitsOf,
  type Outcome,
  type OutcomeStates,
  type OutcomeValue,
  outcomeStates,
  type Remeasure,
} from "./protocols/outcomes.ts";
export { pairedEvidence } from "./protocols/paired-evidence.ts";
export type {
  ChosenThreshold,
  ClassAnswers,
  ClassificationTest,
  DetectionTest,
  FoundBox,
  FoundObject,
  LandmarkAnswer,
  LandmarksTest,
  MetricInfo,
  Mode,
  MultitaskAnswer,
  MultitaskTest,
  ObjectAnswers,
  ObjectsTest,
  PictureReference,
  PredictionFile,
  PredictionFormat,
  PredictionFormats,
  Protocol,
  ProtocolInfo,
  PublishedScore,
  ScoreOptions,
  Scores,
  Split,
  Test,
  TestSample,
  VerificationPair,
  VerificationTest,
} from "./protocols/protocol.ts";
export { filesInMemory, type ReleaseFiles } from "./protocols/release-files.ts";
export { readSimilarityPredictions } from "./protocols/similarity-predictions.ts";
export { type SplitStanding, splitStandings } from "./protocols/split-standing.ts";
export { type ProtocolId, protocolOf, protocols } from "./protocols/table.ts";
export { classifierSections, type JudgedTest } from "./reports/findings/classification.ts";
export {
  type FoundOptions,
  type FoundPicture,
  foundSections,
  rankingSections,
} from "./reports/findings/detection.ts";
export { type JudgedSample, type JudgedSamples, judgedSample } from "./reports/findings/judged-samples.ts";
export { cumulativeErrors } from "./reports/findings/landmarks.ts";
export { reportRun } from "./reports/findings/run.ts";
export { type ReportLimits, type ScoredTest, usualLimits } from "./reports/findings/source.ts";
export { thresholdSeries } from "./reports/findings/threshold-series.ts";
export { nameText, plainText, valueText } from "./reports/numbers.ts";
export { makeReport, reportPage } from "./reports/page/page.ts";
export {
  type EmbeddedPicture,
  type EmbeddedPictures,
  embedPictures,
  type PictureWish,
  pictureKey,
  picturesOf,
  type Thumbnail,
  type ThumbnailMaker,
} from "./reports/pictures.ts";
export type {
  CurveAxis,
  CurveLine,
  CurveSection,
  FiguresSection,
  HeatMapSection,
  MistakesSection,
  ReportFact,
  ReportInput,
  ReportMetric,
  ReportPicture,
  ReportRun,
  ReportSection,
  ScatterSection,
  TableSection,
  ThresholdsSection,
} from "./reports/report-input.ts";
export {
  type BootstrapOptions,
  bootstrapInterval,
  type Interval,
  type Measured,
  measure,
  measureTogether,
  statesByGroup,
} from "./statistics/bootstrap.ts";
export { halvesOf } from "./statistics/halves.ts";
export {
  bestMoment,
  chooseMoments,
  commonMoment,
  type MomentChoice,
  type MomentCurve,
  type MomentGain,
  type MomentTask,
  medianOfThree,
  type TaskMoments,
} from "./statistics/moments.ts";
export {
  type McNemar,
  mcnemarTest,
  type PairedDifference,
  type PairedStates,
  pairedBootstrap,
  pairedPermutationTest,
  type Significance,
} from "./statistics/paired.ts";
export { quantile } from "./statistics/quantile.ts";
export { type Random, seededRandom } from "./statistics/random.ts";
export { type MeanInterval, meanInterval, studentQuantile } from "./statistics/student.ts";
export {
  chooseThreshold,
  type Judgements,
  type ThresholdChoice,
  thresholdGrid,
} from "./statistics/threshold-choice.ts";
export { wilsonInterval } from "./statistics/wilson.ts";
