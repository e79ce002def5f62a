import type { TaskSpec } from "../../tasks/table.ts";
import type { Predicted } from "../measure.ts";

/**
 * Mean loss of predictions, lower is better, from the outputs alone: cross-entropy of classes, of labels and of grades, squared error
 * of numbers. By it epochs are compared; NaN of a task that is neither.
 */
export function validationLoss(
  { kind }: Pick<TaskSpec, "kind">,
  { outputs, targets }: Pick<Predicted, "outputs" | "targets">,
): number {
  let [sum, count] = [0, 0];
  outputs.forEach((row, sample) => {
    const [target, weight] = targets[sample]!;
    const losses = perOutput[kind as keyof typeof perOutput]?.(row, target!) ?? [Number.NaN];
    losses.forEach((loss, index) => {
      // one weight for the sample, or one for each of its outputs
      const share = weight!.length === 1 ? weight![0]! : weight![index]!;
      sum += share * loss;
      count += share;
    });
  });
  return sum / count;
}

const perOutput = {
  classification: (logits: Float32Array, shares: Float32Array): number[] => {
    const largest = Math.max(...logits);
    const logSum = largest + Math.log(logits.reduce((total, logit) => total + Math.exp(logit - largest), 0));
    return [shares.reduce((total, share, index) => total + share * (logSum - logits[index]!), 0)];
  },
  multilabel: binary,
  ordinal: (logits: Float32Array, above: Float32Array): number[] => [binary(logits, above).reduce((a, b) => a + b)],
  regression: (values: Float32Array, truth: Float32Array): number[] =>
    Array.from(values, (value, index) => (value - truth[index]!) ** 2),
};

/** ln(1 + e^z) - y z for each logit, without overflow. */
function binary(logits: Float32Array, truth: Float32Array): number[] {
  return Array.from(
    logits,
    (logit, index) => Math.max(logit, 0) + Math.log1p(Math.exp(-Math.abs(logit))) - truth[index]! * logit,
  );
}
