import type * as Ort from "onnxruntime-node";
import { sizeOf } from "../ir/shapes.ts";
import type { StateSlot } from "../training/state.ts";
import type { Backend } from "./backend.ts";
import { free } from "./free.ts";

type Tensors = Readonly<Record<string, Ort.Tensor>>;

/** What a session keeps between its steps, zero at first. */
export interface KeptState {
  /** Inputs of the next step. */
  feeds(): Tensors;
  /** Buffers for its outputs; null where the runtime makes one. */
  fetches(): Readonly<Record<string, Ort.Tensor | null>>;
  /** Takes the outputs of a step that went well. */
  keep(outputs: Tensors): void;
  read(): Promise<ReadonlyMap<string, Float32Array>>;
  write(name: string, data: Float32Array): void;
  dispose(): void;
}

type Slots = readonly StateSlot[];

/** Two sets of arrays: a step reads one and writes the other, since a weight must not change before its last reader has run. */
export function stateInBuffers({ runtime: { Tensor } }: Backend, slots: Slots): KeptState {
  const zeros = () => new Map(slots.map(({ name, shape }) => [name, new Float32Array(sizeOf(shape))]));
  const buffers = [zeros(), zeros()] as const;
  let current: 0 | 1 = 0;
  const other = () => (current === 0 ? 1 : 0);
  const tensorsOf = (set: 0 | 1, key: "name" | "next") =>
    Object.fromEntries(
      slots.map((slot) => [slot[key], new Tensor("float32", buffers[set].get(slot.name)!, slot.shape)]),
    );
  return {
    feeds: () => tensorsOf(current, "name"),
    fetches: () => tensorsOf(other(), "next"),
    keep(outputs) {
      current = other();
      // onnxruntime-node fills our arrays, and makes copies of them to return
      const copies = slots.map(({ name, next }) => ({ own: buffers[current].get(name)!, made: outputs[next]!.data }));
      free(
        copies.flatMap(({ own, made }) =>
          ArrayBuffer.isView(made) && made.buffer !== own.buffer ? [made.buffer] : [],
        ),
      );
    },
    read: async () => new Map([...buffers[current]].map(([name, data]) => [name, data.slice()])),
    write: (name, data) => buffers[current].get(name)!.set(data),
    dispose() {},
  };
}

/** The tensors that a step returned, wherever they lie; `readBack` brings one to the CPU. */
export function stateInTensors(
  { runtime: { Tensor } }: Backend,
  slots: Slots,
  readBack: (tensor: Ort.Tensor) => Promise<Float32Array>,
): KeptState {
  const shapes = new Map(slots.map(({ name, shape }) => [name, shape]));
  const kept = new Map<string, Ort.Tensor>();
  const set = (name: string, tensor: Ort.Tensor) => {
    kept.get(name)?.dispose();
    kept.set(name, tensor);
  };
  const write = (name: string, data: Float32Array) => set(name, new Tensor("float32", data.slice(), shapes.get(name)!));
  for (const { name, shape } of slots) write(name, new Float32Array(sizeOf(shape)));
  return {
    feeds: () => Object.fromEntries(kept),
    fetches: () => Object.fromEntries(slots.map(({ next }) => [next, null])),
    keep(outputs) {
      for (const { name, next } of slots) set(name, outputs[next]!);
    },
    async read() {
      const state = new Map<string, Float32Array>();
      for (const [name, tensor] of kept)
        state.set(name, tensor.location === "cpu" ? (tensor.data as Float32Array).slice() : await readBack(tensor));
      return state;
    },
    write,
    dispose() {
      for (const tensor of kept.values()) tensor.dispose();
      kept.clear();
    },
  };
}
