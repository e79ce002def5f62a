import { createBuilder, createSession, type Tensor } from "@foveajs/graph";
import { taskOf } from "../model/network.ts";
import type { TaskSpec } from "../tasks/table.ts";
import type { InputSize } from "../tasks/task.ts";
import type { Predicted } from "./measure.ts";

/**
 * The loss of a task over all validation samples at once, by the very graph that it learns by, before its weight among the
 * tasks: what stands against the training loss of the same epoch. `size`: of the input, in pixels. NaN without samples.
 */
export async function validationLoss(task: TaskSpec, predicted: Predicted, size: InputSize): Promise<number> {
  const { outputs, targets } = predicted;
  const count = outputs.length;
  if (count === 0) return Number.NaN;
  const build = createBuilder();
  const { targets: shapesOf, loss } = taskOf(task);
  const output = build.input(task.name, [count, outputs[0]!.length]);
  const labels = shapesOf(task, size).map(({ name, shape }) => ({
    shape,
    value: build.input(name, [count, ...shape]),
  }));
  build.output(
    loss(
      build,
      [output],
      labels.map(({ value }) => value),
      task,
      size,
    ),
    "loss",
  );
  const feeds: Record<string, Tensor> = { [task.name]: stacked(outputs, [outputs[0]!.length]) };
  shapesOf(task, size).forEach(({ name, shape }, i) => {
    feeds[name] = stacked(
      targets.map((tensors) => tensors[i]!),
      shape,
    );
  });
  const session = await createSession(build.build(), { threads: 1 });
  try {
    const { loss: value } = await session.run(feeds, { transfer: true });
    return Number((value!.data as Float32Array)[0]);
  } finally {
    await session.dispose();
  }
}

function stacked(rows: readonly Float32Array[], shape: readonly number[]): Tensor {
  const data = new Float32Array(rows.length * rows[0]!.length);
  rows.forEach((row, i) => {
    data.set(row, i * row.length);
  });
  return { dtype: "float32", shape: [rows.length, ...shape], data };
}
