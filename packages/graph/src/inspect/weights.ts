import { sizeOf } from "../ir/shapes.ts";
import type { Graph, Tensor } from "../ir/types.ts";
import { operatorKey } from "../ops/build.ts";

/** What an initializer is for. `statistic`: the running mean or variance of a normalisation; `constant`: anything that is not learnt. */
export type WeightRole = "weight" | "normalization" | "statistic" | "constant";

/** Inputs that hold learnt numbers, by operator (ONNX operator specification). */
const weightInputs: Readonly<Record<string, readonly number[]>> = {
  Conv: [1, 2],
  ConvTranspose: [1, 2],
  Gemm: [0, 1, 2],
  MatMul: [0, 1],
  Einsum: [0, 1, 2, 3],
  LSTM: [1, 2, 3, 7],
  GRU: [1, 2, 3],
  RNN: [1, 2, 3],
  PRelu: [1],
  Gather: [0],
  ConvInteger: [1],
  QLinearConv: [3],
  MatMulInteger: [1],
  "com.microsoft.FusedConv": [1, 2],
  "com.microsoft.FusedMatMul": [0, 1],
};

const normalizationInputs: Readonly<Record<string, readonly number[]>> = {
  BatchNormalization: [1, 2],
  InstanceNormalization: [1, 2],
  LayerNormalization: [1, 2],
  GroupNormalization: [1, 2],
  RMSNormalization: [1],
};

/** Operators that pass a weight on in another form. */
const carriers: ReadonlySet<string> = new Set([
  "Cast",
  "Concat",
  "DequantizeLinear",
  "Expand",
  "Flatten",
  "Identity",
  "Reshape",
  "Slice",
  "Split",
  "Squeeze",
  "Tile",
  "Transpose",
  "Unsqueeze",
]);

/** Scale and shift of channels that an exporter wrote as plain arithmetic: vectors only, since tables (priors, grids) are not learnt. */
const arithmetic: ReadonlySet<string> = new Set(["Add", "Sub", "Mul", "Div"]);
const isVector = ({ shape }: Tensor): boolean => sizeOf(shape) > 1 && shape.filter((extent) => extent > 1).length === 1;

/** The role of every floating initializer, from the operators that read it; one with several readers has the first role of the list. */
export function weightRoles(graph: Graph): ReadonlyMap<string, WeightRole> {
  const readers = new Map<string, { op: string; input: number; outputs: readonly string[] }[]>();
  for (const node of graph.nodes) {
    node.inputs.forEach((name, input) => {
      const found = readers.get(name) ?? [];
      found.push({ op: operatorKey(node), input, outputs: node.outputs });
      readers.set(name, found);
    });
  }
  const rolesOf = (name: string, tensor: Tensor, seen: ReadonlySet<string>): WeightRole[] =>
    (readers.get(name) ?? []).flatMap(({ op, input, outputs }): WeightRole[] => {
      if (weightInputs[op]?.includes(input)) return ["weight"];
      if (normalizationInputs[op]?.includes(input)) return ["normalization"];
      if (op === "BatchNormalization" && input > 2) return ["statistic"];
      if (arithmetic.has(op) && isVector(tensor)) return ["weight"];
      if (!carriers.has(op) || (input > 0 && op !== "Concat")) return [];
      return outputs.flatMap((output) => (seen.has(output) ? [] : rolesOf(output, tensor, new Set([...seen, output]))));
    });
  const order: readonly WeightRole[] = ["weight", "normalization", "statistic"];
  return new Map(
    [...graph.initializers]
      .filter(([, { dtype }]) => floating.has(dtype))
      .map(([name, tensor]) => {
        const roles = rolesOf(name, tensor, new Set([name]));
        return [name, order.find((role) => roles.includes(role)) ?? "constant"];
      }),
  );
}

const floating: ReadonlySet<string> = new Set(["float32", "float64", "float16", "bfloat16"]);
