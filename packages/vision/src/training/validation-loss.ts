import { createBuilder, createSession } from "@foveajs/graph";
import { stackSamples } from "../data/batch.ts";
import { taskOf } from "../model/network.ts";
import type { TaskSpec } from "../tasks/table.ts";
import type { InputSize } from "../tasks/task.ts";
import type { Predicted } from "./measure.ts";

/** The loss of a task over the same samples, for outputs that change; disposed when it is not needed any more. */
export interface ValidationLoss {
  of(outputs: readonly Float32Array[]): Promise<number>;
  dispose(): Promise<void>;
}

/**
 * Opens the loss of a task over all validation samples at once, by the very graph that it learns by, before its weight among the
 * tasks: what stands against the training loss of the same epoch. `width`: numbers of an output; `size`: of the input, in pixels.
 */
export async function openValidationLoss(
  task: TaskSpec,
  samples: Predicted["targets"],
  { width, size }: { width: number; size: InputSize },
): Promise<ValidationLoss> {
  const count = samples.length;
  const build = createBuilder();
  const { targets: shapesOf, loss } = taskOf(task);
  const output = build.input(task.name, [count, width]);
  const labels = shapesOf(task, size).map(({ name, shape }) => build.input(name, [count, ...shape]));
  build.output(loss(build, [output], labels, task, size), "loss");
  const targets = shapesOf(task, size).map(
    ({ name, shape }, index) =>
      [
        name,
        stackSamples(
          samples.map((tensors) => tensors[index]!),
          shape,
        ),
      ] as const,
  );
  const session = await createSession(build.build(), { threads: 1 });
  return {
    async of(outputs) {
      const { loss: value } = await session.run({
        ...Object.fromEntries(targets),
        [task.name]: stackSamples(outputs, [width]),
      });
      return Number((value!.data as Float32Array)[0]);
    },
    dispose: () => session.dispose(),
  };
}

/** The loss of one set of predictions; NaN without samples. */
export async function validationLoss(
  task: TaskSpec,
  { outputs, targets }: Predicted,
  size: InputSize,
): Promise<number> {
  if (outputs.length === 0) return Number.NaN;
  const loss = await openValidationLoss(task, targets, { width: outputs[0]!.length, size });
  try {
    return await loss.of(outputs);
  } finally {
    await loss.dispose();
  }
}
