export type { Expression, Face, FaceOptions, FacePipeline, FacePointName } from "./face/types.ts";
export { facePointNames } from "./face/types.ts";
export type { Box, ColorOrder, Image, Point } from "./image/image.ts";
export type {
  Measures,
  TrainingCheckpoint,
  TrainingDone,
  TrainingEpoch,
  TrainingEvent,
  TrainingStart,
  TrainingStep,
} from "./training/events.ts";
export { fitTemperature } from "./training/temperature.ts";
