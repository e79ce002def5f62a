import type { DataPlaces } from "./data-places.ts";
import type { TaughtLabels } from "./sample-sets.ts";

/** Batches that are made ahead. */
export interface Loader {
  /** The tensors of a step, in the order of the loss graph's inputs. Steps are asked for in order. */
  batch(step: number): Promise<readonly Float32Array[]>;
  dispose(): Promise<void>;
}

export interface LoaderOptions {
  readonly dataFolders: DataPlaces;
  /** The first step that is asked for. */
  readonly first: number;
  /** What teachers told before the training. */
  readonly taught?: TaughtLabels;
  readonly threads?: number;
}
