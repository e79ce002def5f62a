import { attribute } from "../ir/attributes.ts";
import type { GraphBuilder, Value } from "../ir/builder.ts";
import { sameAsFirst } from "./rule.ts";

export const softmaxInference = { Softmax: sameAsFirst, LogSoftmax: sameAsFirst };

/** exp(x) / sum(exp(x)) along `axis`, the last unless told. */
export const softmax = (build: GraphBuilder, x: Value, { axis = -1 } = {}): Value =>
  build.node("Softmax", [x], { attributes: { axis: attribute.int(axis) } });

/** x - log(sum(exp(x))) along `axis`, the last unless told. */
export const logSoftmax = (build: GraphBuilder, x: Value, { axis = -1 } = {}): Value =>
  build.node("LogSoftmax", [x], { attributes: { axis: attribute.int(axis) } });
