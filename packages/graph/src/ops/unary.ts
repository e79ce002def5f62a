import { attribute } from "../ir/attributes.ts";
import type { GraphBuilder, Value } from "../ir/builder.ts";
import { known } from "./constants.ts";
import { type InferenceRule, sameAsFirst } from "./rule.ts";

/** Operators that map every element by itself and keep type and shape. */
export const unaryOperators = [
  "Abs",
  "Ceil",
  "Cos",
  "Elu",
  "Erf",
  "Exp",
  "Floor",
  "HardSigmoid",
  "HardSwish",
  "Identity",
  "LeakyRelu",
  "Log",
  "Neg",
  "Not",
  "Reciprocal",
  "Relu",
  "Round",
  "Sigmoid",
  "Sign",
  "Sin",
  "Softplus",
  "Sqrt",
  "Tanh",
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
export const identity = unary("Identity");
export const log = unary("Log");
export const neg = unary("Neg");
export const not = unary("Not");
export const reciprocal = unary("Reciprocal");
export const relu = unary("Relu");
export const sigmoid = unary("Sigmoid");
export const sign = unary("Sign");
export const sin = unary("Sin");
export const softplus = unary("Softplus");
export const sqrt = unary("Sqrt");
export const tanh = unary("Tanh");

/** y = max(0, min(1, alpha * x + beta)). */
export const hardSigmoid = (build: GraphBuilder, x: Value, { alpha = 0.2, beta = 0.5 } = {}): Value =>
  build.node("HardSigmoid", [x], { attributes: { alpha: attribute.float(alpha), beta: attribute.float(beta) } });
