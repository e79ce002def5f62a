import type * as Node from "onnxruntime-node";
import type { SettledOptions } from "./messages.ts";

/** onnxruntime's interface, which its packages for Node and for the browser share. */
export type Runtime = Pick<typeof Node, "InferenceSession" | "Tensor">;

/** A runtime with what must be told apart between devices. */
export interface Backend {
  readonly runtime: Runtime;
  /**
   * How state stays from step to step. `buffers`: in two sets of arrays that the runtime fills in place. `tensors`: in the tensors
   * that a step returned, which are fed to the next; on a GPU they never leave its memory.
   */
  readonly keeps: "buffers" | "tensors";
  /** Where the tensors of state lie. */
  readonly location: "cpu" | "gpu-buffer";
}

/** Loads the runtime of a device; null where there is none of that name. */
export type LoadBackend = (options: SettledOptions) => Promise<Backend | null>;

/** Devices that run every operator, so that nothing can leave them. */
const complete: readonly string[] = ["cpu", "wasm"];

export const isComplete = (device: string): boolean => complete.includes(device);

export function runtimeOptions(
  { device, threads, profile, idle = "sleep" }: SettledOptions,
  { hasState, outputs }: { hasState: boolean; outputs: Readonly<Record<string, "cpu" | "gpu-buffer">> },
): Node.InferenceSession.SessionOptions {
  return {
    executionProviders: [device],
    ...(threads === undefined ? {} : { intraOpNumThreads: threads }),
    ...(profile === undefined ? {} : { enableProfiling: true, profileFilePrefix: profile }),
    ...(Object.keys(outputs).length > 0 ? { preferredOutputLocation: outputs } : {}),
    // dead nodes are pruned by us; the arena is faster, the pattern planner only costs memory (docs/engine.md)
    graphOptimizationLevel: hasState ? "disabled" : "all",
    enableCpuMemArena: true,
    enableMemPattern: false,
    logSeverityLevel: isComplete(device) ? 3 : 4, // what a strict session refuses is told by us
    extra: {
      session: {
        // idle threads that spin take the cores away from the rest of the program; where asked to, within a run only
        intra_op: { allow_spinning: idle === "spin" ? "1" : "0" },
        ...(idle === "spin" ? { force_spinning_stop: "1" } : {}),
        // an operator that the device lacks is an error, not a detour
        ...(isComplete(device) ? {} : { disable_cpu_ep_fallback: "1" }),
      },
    },
  };
}
