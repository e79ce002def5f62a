export { setCodecLocation } from "#codecs";
export { blur, gaussianBlur } from "./augment/blur.ts";
export { type ColorJitterOptions, colorJitter } from "./augment/color-jitter.ts";
export { downscale } from "./augment/downscale.ts";
export { type EraseOptions, erase } from "./augment/erase.ts";
export { flip, flipImage, flipPoints } from "./augment/flip.ts";
export { grayscale } from "./augment/grayscale.ts";
export { degradeByJpeg, jpeg } from "./augment/jpeg.ts";
export { noise } from "./augment/noise.ts";
export { createRandom, type Random } from "./augment/random.ts";
export { type RandomAffineOptions, randomAffine } from "./augment/random-affine.ts";
export { interleave, sampleOrder } from "./data/batch.ts";
export { createImageCache, type ImageCache, type PackedImages, packImages } from "./data/cache.ts";
export { contactSheet, drawScene } from "./data/contact-sheet.ts";
export { alignFace, type FaceCropOptions, type FaceFraming, faceTransform, ferFraming } from "./data/crops.ts";
export { type JoinDuplicatesOptions, joinDuplicates, pixelHash } from "./data/duplicates.ts";
export {
  type FalseFind,
  type FalseFinds,
  falseFindsSchema,
  type MineOptions,
  mineFalseFinds,
  readFalseFinds,
} from "./data/false-finds.ts";
export {
  boxOfFivePoints,
  type FivePoints,
  faceGeometry,
  fivePointsOf68,
  mirroredFivePoints,
} from "./data/five-points.ts";
export {
  type CopyPair,
  classBalance,
  findCopies,
  groupsAcrossSplits,
  type LabelConflict,
  type Picture,
  type SplitCounts,
  type SplitGroup,
} from "./data/leaks.ts";
export { type MemoryDataset, type MemorySample, memoryDataset, ownTerms } from "./data/memory.ts";
export {
  findNearDuplicates,
  type NearDuplicate,
  type NearDuplicateOptions,
  type Print,
  printOf,
} from "./data/near-duplicates.ts";
export { type EncodedPicture, imageOf, type PictureSource } from "./data/picture-source.ts";
export { type PointScheme, type PointSchemeName, pointSchemes } from "./data/point-schemes.ts";
export type { Scene, SceneFace } from "./data/scene-types.ts";
export { createScenes, type SceneOptions, type SceneSources } from "./data/scenes.ts";
export { type HoldOutOptions, holdOut, type SplitByGroupOptions, splitByGroup } from "./data/split.ts";
export { thumbnailOf } from "./data/thumbnail.ts";
export type {
  BoxesLabel,
  BoxKind,
  ClassLabel,
  Dataset,
  DatasetTerms,
  DistributionLabel,
  ImageReference,
  Label,
  LabelledBox,
  PointsLabel,
  Sample,
  Split,
  ValuesLabel,
} from "./data/types.ts";
export { type BoxedFaceReader, createBoxedFaceReader } from "./face/boxed-faces.ts";
export { createFacePipeline, type FacePipelineOptions } from "./face/pipeline.ts";
export type { Face, FaceOptions, FacePipeline, FacePointName, FaceReadings, Reading, Told } from "./face/types.ts";
export { facePointNames } from "./face/types.ts";
export {
  type Affine,
  applyAffine,
  composeAffine,
  identityAffine,
  invertAffine,
  similarityFromPoints,
} from "./image/affine.ts";
export type { Border } from "./image/border.ts";
export { convertColor, luma } from "./image/color.ts";
export { crop } from "./image/crop.ts";
export { type DecodeOptions, decode } from "./image/decode.ts";
export { encodeJpeg, encodePng } from "./image/encode.ts";
export type { ColorModel, ImageFormat, ImageHeader, Orientation } from "./image/headers/header.ts";
export type { Box, ColorOrder, Image, Point } from "./image/image.ts";
export { type ModelInput, type Preprocessing, preprocess, preprocessingSchema } from "./image/preprocess.ts";
export { formatOf, probe } from "./image/probe.ts";
export { type ResizeFilter, resize, resizeFilters } from "./image/resize.ts";
export { warpAffine } from "./image/warp.ts";
export { CARD_KEY, cardSchema, type ModelCard, readCard, withCard } from "./model/card.ts";
export {
  type CalibrationData,
  type Exported,
  type ExportOptions,
  type ExportType,
  exportedBytes,
  exportForeign,
  exportModel,
  exportTypes,
} from "./model/export-model.ts";
export { checkGolden, type GoldenCheck, goldenInput } from "./model/golden.ts";
export {
  type LoadOptions,
  loadModel,
  type Model,
  type ModelBytes,
  type OpenSession,
  readModelCard,
} from "./model/load.ts";
export {
  hashTrainingPictures,
  isTrainedOn,
  joinTrainingPictures,
  pictureHash,
  readTrainingPictures,
  TRAINING_PICTURES_KEY,
  type TrainingPictures,
  trainingPictures,
  withTrainingPictures,
  writeTrainingPictures,
} from "./model/training-pictures.ts";
export { type Classification, labelOf, probabilitiesOf } from "./tasks/classification.ts";
export type { Detection } from "./tasks/detection-spec.ts";
export { type Detected, decodeDetections, levelsOf, overlapOf } from "./tasks/detections.ts";
export { fiveOf, type Landmarks, pointsOf } from "./tasks/landmarks.ts";
export type { Multilabel } from "./tasks/multilabel.ts";
export { gradeOf, type Ordinal } from "./tasks/ordinal.ts";
export type { Regression } from "./tasks/regression.ts";
export type { TaskSpec } from "./tasks/table.ts";
export type { DataPlaces } from "./training/data-places.ts";
export type {
  Measures,
  TakenHead,
  TakenMoment,
  TrainingCheckpoint,
  TrainingDone,
  TrainingEpoch,
  TrainingEvent,
  TrainingNote,
  TrainingProposal,
  TrainingStart,
  TrainingStep,
} from "./training/events.ts";
export type { Example, ExampleSource, Examples } from "./training/examples.ts";
export type { HeldOutExample } from "./training/held-out.ts";
export type { DetectedSample, Measurers, Predicted, PredictedBoxes } from "./training/measure.ts";
export { readBoxes } from "./training/predictions-file.ts";
export { type LoadedRecipe, parseRecipe, type Recipe, readRecipe, recipeSchema } from "./training/recipe.ts";
export { fitTemperature } from "./training/temperature.ts";
export { type TrainAtHandOptions, trainAtHand } from "./training/train-at-hand.ts";
export {
  forgetExamples,
  type RunName,
  type StoredRun,
  storedExamples,
  type TrainedModel,
  type TrainInMemoryOptions,
  trainInMemory,
} from "./training/train-in-memory.ts";
export { validationLoss } from "./training/validation-loss.ts";
export { type ValidationPictures, validationPictures } from "./training/validation-pictures.ts";
