import type { Tensor } from "../ir/types.ts";
import type { StateSlot } from "../training/state.ts";
import type { SessionOptions } from "./session.ts";

/** Options of a session whose device is settled. */
export type SettledOptions = SessionOptions & { readonly device: string };

/** What the main thread asks of a session's thread; each request is answered once, in order. */
export type Request =
  | {
      readonly kind: "create";
      readonly model: Uint8Array;
      /** A graph that copies its input, to read state back and to tell a missing device from a wrong model. */
      readonly copyModel: Uint8Array;
      readonly options: SettledOptions;
      readonly state: readonly StateSlot[];
    }
  | { readonly kind: "try"; readonly models: readonly Uint8Array[]; readonly options: SettledOptions }
  | { readonly kind: "run"; readonly feeds: Readonly<Record<string, Tensor>> }
  | { readonly kind: "step"; readonly feeds: Readonly<Record<string, Tensor>> }
  | { readonly kind: "read" }
  | { readonly kind: "write"; readonly state: ReadonlyMap<string, Float32Array> }
  | { readonly kind: "dispose" };

export type Answer =
  | { readonly kind: "created"; readonly inputNames: readonly string[]; readonly outputNames: readonly string[] }
  /** Which of the models the device takes as a whole. */
  | { readonly kind: "tried"; readonly taken: readonly boolean[] }
  | { readonly kind: "outputs"; readonly outputs: Readonly<Record<string, Tensor>> }
  | { readonly kind: "state"; readonly state: ReadonlyMap<string, Float32Array> }
  | { readonly kind: "done" }
  /** `device`: it is not there. `placement`: an operator would leave it. */
  | { readonly kind: "failed"; readonly because: "runtime" | "device" | "placement"; readonly message: string };
