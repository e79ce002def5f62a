import type { Session } from "@foveajs/graph";
import type { Dataset } from "../data/types.ts";
import type { InputSize } from "../tasks/task.ts";
import type { Measurers, Validation } from "./measure.ts";

/** Where training samples come from. What `draw` returns depends on the recipe and its arguments alone, in any thread. */
export interface Source {
  readonly datasets: readonly Dataset[];
  /** Training samples of an epoch. */
  readonly samplesPerEpoch: number;
  /** By task, training samples with its label; absent where there is one task only. */
  readonly labels?: Readonly<Record<string, number>>;
  /** The sample at a position of the whole training: the picture [C, H, W] as the model sees it, then the targets of every task. */
  draw(position: number, size: InputSize): Promise<readonly Float32Array[]>;
  /** Runs the model on every validation sample, exactly as it will be served, and measures each task. */
  validate(session: Session, measurers: Measurers): Promise<Validation>;
}
