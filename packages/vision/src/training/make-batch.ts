import { interleave } from "../data/batch.ts";
import type { InputSize } from "../tasks/task.ts";
import type { Source } from "./source.ts";

export interface BatchOptions {
  /** Samples of a batch. */
  readonly batch: number;
  readonly step: number;
  readonly size: InputSize;
  /** Called before each sample. */
  readonly pause?: () => Promise<void>;
}

/** The tensors of a step, each with the batch innermost, in the order of the loss graph's inputs. */
export async function makeBatch(
  { draw }: Pick<Source, "draw">,
  { batch, step, size, pause }: BatchOptions,
): Promise<Float32Array[]> {
  const samples: (readonly Float32Array[])[] = [];
  for (let index = 0; index < batch; index++) {
    await pause?.();
    samples.push(await draw(step * batch + index, size));
  }
  return samples[0]!.map((first, tensor) =>
    interleave(
      samples.map((sample) => sample[tensor]!),
      new Float32Array(first.length * batch),
    ),
  );
}
