import type { Tensor } from "../ir/types.ts";

/** Where and how a session runs. What the device or the page does not have is an error: `graph/device-missing`, `graph/option-unavailable`. */
export interface SessionOptions {
  /**
   * Where it runs: an execution provider of onnxruntime by name. In Node "cpu" (the default), "webgpu" and what else the runtime
   * has; in the browser "wasm" (the default) and "webgpu". Never another in silence: an operator that the device lacks is an error.
   */
  readonly device?: string;
  /**
   * Threads inside an operator; the physical cores unless told. The same number gives the same bits. In the browser more than one
   * needs a page that is cross-origin isolated.
   */
  readonly threads?: number;
  /**
   * What threads do between two operators: "sleep" (the default), or "spin" until the run is over. Spinning is faster on a machine that
   * does nothing else, and far slower where others want its cores (docs/engine.md). On CPUs in Node only; same bits.
   */
  readonly idle?: "sleep" | "spin";
  /** Path prefix of a profile that onnxruntime writes when the session is disposed; in Node only. */
  readonly profile?: string;
  /** In the browser: URL of the folder with onnxruntime's ort-wasm-*.mjs and .wasm files; beside the script unless told. */
  readonly assets?: string;
}

/** How one run is done. */
export interface RunOptions {
  /** Gives up before the next run starts; a run that has started ends first. */
  readonly signal?: AbortSignal;
  /** Hands the buffers of the feeds over instead of copying them; they are empty afterwards. */
  readonly transfer?: boolean;
}

/** A graph that is ready to run, in a thread of its own. */
export interface Session {
  readonly device: string;
  readonly inputNames: readonly string[];
  readonly outputNames: readonly string[];
  run(feeds: Readonly<Record<string, Tensor>>, options?: RunOptions): Promise<Readonly<Record<string, Tensor>>>;
  /** Ends the thread and frees the memory; runs that wait are refused. */
  dispose(): Promise<void>;
}

/**
 * A session that keeps state between its runs (weights, moments) where it is computed, so that only batches and losses cross the
 * thread, and on a GPU only they leave its memory.
 */
export interface StatefulSession {
  readonly device: string;
  /** Runs once on the batch and the kept state; returns the outputs that are not state. */
  step(feeds: Readonly<Record<string, Tensor>>, options?: RunOptions): Promise<Readonly<Record<string, Tensor>>>;
  /** A copy of the state. */
  read(): Promise<ReadonlyMap<string, Float32Array>>;
  write(state: ReadonlyMap<string, Float32Array>): Promise<void>;
  dispose(): Promise<void>;
}
