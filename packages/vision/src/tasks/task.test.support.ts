import {
  createBuilder,
  createSession,
  float32,
  gradient,
  lower,
  numbersOf,
  portableTarget,
  type Tensor,
} from "@foveajs/graph";
import type { InputSize, Task } from "./task.ts";

export interface LossOfTask<Spec extends { readonly name: string }, Label> {
  readonly task: Task<Spec, Label>;
  readonly spec: Spec;
  readonly size: InputSize;
  /** What the model gives for the batch. */
  readonly outputs: readonly Tensor[];
  /** One for each sample of the batch. */
  readonly labels: readonly (Label | undefined)[];
}

/** The loss of a task for outputs that are given, and its gradient by each of them; targets are what the task encodes. */
export async function lossOf<Spec extends { readonly name: string }, Label>({
  task,
  spec,
  size,
  outputs,
  labels,
}: LossOfTask<Spec, Label>): Promise<{ loss: number; gradients: readonly (readonly number[])[] }> {
  const build = createBuilder();
  const names = outputs.map((_, index) => `output${index}`);
  const heads = outputs.map(({ shape }, index) => build.input(names[index]!, shape));
  const tensors = task.targets(spec, size);
  const targets = tensors.map(({ name, shape }) => build.input(name, [labels.length, ...shape]));
  build.output(task.loss(build, heads, targets, spec, size), "loss");
  const encoded = labels.map((label) => task.encode(label, spec, size));
  const feeds = Object.fromEntries([
    ...outputs.map((tensor, index) => [names[index]!, tensor] as const),
    ...tensors.map(({ name, shape }, index) => {
      const values = encoded.flatMap((sample) => Array.from(sample[index]!));
      return [name, float32([labels.length, ...shape], values)] as const;
    }),
  ]);
  const graph = lower(gradient(build.build(), { loss: "loss", parameters: names }), portableTarget);
  const session = await createSession(graph, { threads: 1 });
  try {
    const results = await session.run(feeds);
    return {
      loss: numbersOf(results.loss!)[0]!,
      gradients: names.map((name) => numbersOf(results[`gradient/${name}`]!)),
    };
  } finally {
    await session.dispose();
  }
}
