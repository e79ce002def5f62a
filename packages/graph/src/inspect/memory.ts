import { sizeOf } from "../ir/shapes.ts";
import { arrayTypeOf } from "../ir/tensors.ts";
import type { DataType, Graph } from "../ir/types.ts";
import type { InferredValues } from "../passes/infer-values.ts";
import { capturedValues } from "../passes/prune.ts";

/** Bytes of a graph's tensors, as its types say; the runtime's own workspace comes on top. */
export interface MemoryNeed {
  readonly weightsBytes: number;
  /** Most bytes of inputs and values between nodes that live at one time when the nodes run in their order and each value is freed behind its last reader. */
  readonly peakBytes: number;
  /** All values between nodes together: what a training must keep at most for its gradient. */
  readonly allBytes: number;
}

/** Memory at the shapes that `values` has; undefined for activations where a shape is open. */
export function memoryNeed(graph: Graph, values: InferredValues): { weightsBytes: number } & Partial<MemoryNeed> {
  const weightsBytes = [...graph.initializers.values()].reduce(
    (sum, { dtype, shape }) => sum + bytesOf(dtype, shape),
    0,
  );
  const sizes = new Map<string, number>();
  const names = [...graph.inputs.map(({ name }) => name), ...graph.nodes.flatMap(({ outputs }) => outputs)];
  for (const name of names) {
    if (name === "" || values.constants.has(name)) continue;
    const type = values.types.get(name);
    if (!type?.shape.every((extent) => typeof extent === "number")) return { weightsBytes };
    sizes.set(name, bytesOf(type.dtype, type.shape as readonly number[]));
  }
  return {
    weightsBytes,
    peakBytes: peak(graph, sizes),
    allBytes: [...sizes.values()].reduce((sum, size) => sum + size, 0),
  };
}

const bytesOf = (dtype: DataType, shape: readonly number[]): number =>
  dtype === "string" ? 0 : sizeOf(shape) * arrayTypeOf(dtype).BYTES_PER_ELEMENT;

function peak(graph: Graph, sizes: ReadonlyMap<string, number>): number {
  const lastReader = new Map<string, number>();
  graph.nodes.forEach((node, index) => {
    for (const name of [...node.inputs, ...capturedValues(node.attributes)]) lastReader.set(name, index);
  });
  const kept = new Set(graph.outputs.map(({ name }) => name));
  let live = graph.inputs.reduce((sum, { name }) => sum + (sizes.get(name) ?? 0), 0);
  let most = live;
  graph.nodes.forEach((node, index) => {
    live += node.outputs.reduce((sum, name) => sum + (sizes.get(name) ?? 0), 0);
    most = Math.max(most, live);
    for (const name of new Set([...node.inputs, ...node.outputs])) {
      const isDone = (lastReader.get(name) ?? -1) <= index && !kept.has(name);
      if (isDone) live -= sizes.get(name) ?? 0;
    }
  });
  return most;
}
