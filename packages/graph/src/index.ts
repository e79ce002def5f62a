export { createSession, createStatefulSession, runtimeInfo, setSessionLocation } from "#session";
export type { LoadExternal } from "./format/external-data.ts";
export { replaceMetadata, withoutMetadata } from "./format/metadata.ts";
export { type ReadOnnxOptions, readOnnx } from "./format/read-onnx.ts";
export { writeOnnx } from "./format/write-onnx.ts";
export { gradient } from "./gradients/gradient.ts";
export type { Recompute } from "./gradients/recompute.ts";
export { type Block, type BlockFamily, type BlockGraph, blocksOf } from "./inspect/blocks.ts";
export { multiplyAdds } from "./inspect/cost.ts";
export { describeGraph, type GraphDescription, type OperatorSummary, type UnknownNode } from "./inspect/describe.ts";
export { type DrawOptions, drawGraph } from "./inspect/draw.ts";
export { type PlacedBox, type Placement, placeInLayers } from "./inspect/layers.ts";
export { type NodeTime, type Profile, readProfile } from "./inspect/profile.ts";
export { type FrozenTensor, type GradientGap, type Trainability, trainability } from "./inspect/trainability.ts";
export { weightRoles } from "./inspect/weights.ts";
export { attribute, attributesOf } from "./ir/attributes.ts";
export type { Value } from "./ir/builder.ts";
export { formatShape, sizeOf, staticShape } from "./ir/shapes.ts";
export { allocate, filled, float32, int64, numbersOf } from "./ir/tensors.ts";
export type {
  Attribute,
  Attributes,
  DataType,
  Dimension,
  Graph,
  Node,
  Shape,
  Tensor,
  TensorType,
  ValueInfo,
} from "./ir/types.ts";
export { batchInnermost } from "./layout/innermost.ts";
export { portableTarget, type Target } from "./lowering/form.ts";
export { lower } from "./lowering/lower.ts";
export { webgpuTarget } from "./lowering/webgpu.ts";
export { type Build, createBuilder } from "./ops/build.ts";
export { type RandomOptions, streamsFor } from "./ops/random.ts";
export { type LayerwiseOptions, layerwise } from "./optimizers/layerwise.ts";
export type { Optimizer } from "./optimizers/optimizer.ts";
export type { Schedule } from "./optimizers/schedules.ts";
export { optimizers, schedules } from "./optimizers/table.ts";
export {
  type Calibration,
  type CalibrationMethod,
  type CalibrationOptions,
  calibrationMethods,
  createCalibration,
  exposeValues,
} from "./passes/calibration.ts";
export { fixShapes } from "./passes/fix-shapes.ts";
export { foldConstants } from "./passes/fold-constants.ts";
export { foldNormalization } from "./passes/fold-normalization.ts";
export { freezeShapes } from "./passes/freeze-shapes.ts";
export { type InferredValues, inferValues } from "./passes/infer-values.ts";
export { prune } from "./passes/prune.ts";
export { type QuantizeOptions, quantize, quantizedValues, type Range } from "./passes/quantize.ts";
export { toFloat16 } from "./passes/to-float16.ts";
export { upgradeOpset } from "./passes/upgrade-opset.ts";
export { validate } from "./passes/validate.ts";
export { probeTarget } from "./session/probe.ts";
export type { RuntimeInfo } from "./session/runtime.ts";
export type { RunOptions, Session, SessionOptions, StatefulSession } from "./session/session.ts";
export type { DynamicLossScale, LossScale } from "./training/loss-scale.ts";
export { type ForeignModel, type ForeignOptions, prepareForeign } from "./training/prepare-foreign.ts";
export type { StateSlot } from "./training/state.ts";
export {
  createTrainingStep,
  type ParameterGroup,
  type StepOptions,
  type TrainingStep,
  withWeights,
} from "./training/step.ts";
