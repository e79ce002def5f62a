export type { LoadExternal } from "./format/external-data.ts";
export { type ReadOnnxOptions, readOnnx } from "./format/read-onnx.ts";
export { writeOnnx } from "./format/write-onnx.ts";
export { gradient } from "./gradients/gradient.ts";
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
export { type Build, createBuilder } from "./ops/build.ts";
export type { Optimizer } from "./optimizers/optimizer.ts";
export type { Schedule } from "./optimizers/schedules.ts";
export { optimizers, schedules } from "./optimizers/table.ts";
export { freezeShapes } from "./passes/freeze-shapes.ts";
export { prune } from "./passes/prune.ts";
export { upgradeOpset } from "./passes/upgrade-opset.ts";
export { validate } from "./passes/validate.ts";
export { createSession, createStatefulSession } from "./session/node.ts";
export { probeTarget } from "./session/probe.ts";
export { type RuntimeInfo, runtimeInfo } from "./session/runtime.ts";
export type { RunOptions, Session, SessionOptions, StatefulSession } from "./session/session.ts";
export type { StateSlot } from "./training/state.ts";
export {
  createTrainingStep,
  type ParameterGroup,
  type StepOptions,
  type TrainingStep,
  withWeights,
} from "./training/step.ts";
