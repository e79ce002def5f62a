export type { Prediction, TaskPrediction } from "./models/prediction.ts";
export { taskPrediction } from "./node/task-prediction.ts";
export { labelColor, palette } from "./overlay/palette.ts";
export { overlayScale } from "./overlay/sizes.ts";
export { overlaySvg } from "./overlay/svg.ts";
export { fontFamily } from "./overlay/text-width.ts";
export { type FaceResult, faceResult } from "./verbs/face-result.ts";
export { createFaceTable } from "./verbs/face-table.ts";
