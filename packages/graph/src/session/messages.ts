import type { Tensor } from "../ir/types.ts";
import type { StateSlot } from "../training/state.ts";
import type { SessionOptions } from "./session.ts";

/** What the main thread asks of a session's thread; each request is answered once, in order. */
export type Request =
  | {
      readonly kind: "create";
      readonly model: Uint8Array;
      readonly options: SessionOptions;
      readonly state: readonly StateSlot[];
    }
  | { readonly kind: "run"; readonly feeds: Readonly<Record<string, Tensor>> }
  | { readonly kind: "step"; readonly feeds: Readonly<Record<string, Tensor>> }
  | { readonly kind: "read" }
  | { readonly kind: "write"; readonly state: ReadonlyMap<string, Float32Array> }
  | { readonly kind: "dispose" };

export type Answer =
  | { readonly kind: "created"; readonly inputNames: readonly string[]; readonly outputNames: readonly string[] }
  | { readonly kind: "outputs"; readonly outputs: Readonly<Record<string, Tensor>> }
  | { readonly kind: "state"; readonly state: ReadonlyMap<string, Float32Array> }
  | { readonly kind: "done" }
  | { readonly kind: "failed"; readonly message: string };
