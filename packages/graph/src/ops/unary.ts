import { attribute } from "../ir/attributes.ts";
import type { GraphBuilder, Value } from "../ir/builder.ts";
import { known } from "./constants.ts";
import { type InferenceRule, sameAsFirst } from "./rule.ts";

/** Operators that map every element by itself and keep type and shape. */
export const unaryOperators = [
  "Abs",
  "Ceil",
  "Celu",
  "Cos",
  "Elu",
  "Erf",
  "Exp",
  "Floor",
  "Gelu",
  "HardSigmoid",
  "HardSwish",
  "Identity",
  "LeakyRelu",
  "Log",
  "Mish",
  "Neg",
  "Not",
  "Reciprocal",
  "Relu",
  "Round",
  "Selu",
  "Sigmoid",
  "Sign",
  "Sin",
  "Softplus",
  "Softsign",
  "Sqrt",
  "Tanh",
  "ThresholdedRelu",
] as const;

export const unaryInference = {
  ...(Object.fromEntries(unaryOperators.map((op) => [op, sameAsFirst])) as Record<
    (typeof unaryOperators)[number],
    typeof sameAsFirst
  >),
  Identity: (({ input, constant }) => [known(input(0).dtype, input(0).shape, constant(0))]) as InferenceRule,
};

const unary =
  (op: (typeof unaryOperators)[number]) =>
  (build: GraphBuilder, x: Value): Value =>
    build.node(op, [x]);

export const abs = unary("Abs");
export const cos = unary("Cos");
export const erf = unary("Erf");
export const exp = unary("Exp");
export const hardSwish = unary("HardSwish");
export const floor = unary("Floor");
export const identity = unary("Identity");
export const log = unary("Log");
export const mish = unary("Mish");
export const neg = unary("Neg");
export const not = unary("Not");
export const reciprocal = unary("Reciprocal");
export const relu = unary("Relu");
export const round = unary("Round");
export const selu = unary("Selu");
export const sigmoid = unary("Sigmoid");
export const sign = unary("Sign");
export const sin = unary("Sin");
export const softplus = unary("Softplus");
export const softsign = unary("Softsign");
export const sqrt = unary("Sqrt");
export const tanh = unary("Tanh");

/** y = max(0, min(1, alpha * x + beta)). */
export const hardSigmoid = (build: GraphBuilder, x: Value, { alpha = 0.2, beta = 0.5 } = {}): Value =>
  build.node("HardSigmoid", [x], { attributes: { alpha: attribute.float(alpha), beta: attribute.float(beta) } });

/** y = x P(X < x) of a normal X, or its approximation by tanh. Hendrycks and Gimpel 2016, arXiv:1606.08415. */
export const gelu = (build: GraphBuilder, x: Value, { approximate = "none" as "none" | "tanh" } = {}): Value =>
  build.node("Gelu", [x], { attributes: { approximate: attribute.string(approximate) } });

/** y = x sigmoid(x), which ONNX has as one operator from opset 24 on only. Also called SiLU. */
export const swish = (build: GraphBuilder, x: Value): Value => build.node("Mul", [x, sigmoid(build, x)]);
