import { attribute } from "../ir/attributes.ts";
import type { GraphBuilder, Value } from "../ir/builder.ts";
import { sameAsFirst } from "./rule.ts";

export const softmaxInference = { Softmax: sameAsFirst, LogSoftmax: sameAsFirst };

export const softmax = (build: GraphBuilder, x: Value, { axis = -1 } = {}): Value =>
  build.node("Softmax", [x], { attributes: { axis: attribute.int(axis) } });

export const logSoftmax = (build: GraphBuilder, x: Value, { axis = -1 } = {}): Value =>
  build.node("LogSoftmax", [x], { attributes: { axis: attribute.int(axis) } });
