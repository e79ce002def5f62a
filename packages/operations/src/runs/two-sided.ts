import {
  type Classification,
  fitTemperature,
  type Multilabel,
  type Predicted,
  probabilitiesOf,
  type TaskSpec,
} from "@foveajs/vision";

/** Something that is told of a sample or not, by a threshold on its probability. */
export interface TwoSided {
  readonly name: string;
  /** Threshold in use. */
  readonly usual: number;
  readonly ids: readonly string[];
  readonly scores: readonly number[];
  readonly positives: readonly boolean[];
}

const makers: { readonly [Kind in TaskSpec["kind"]]?: (task: never, predicted: Predicted) => readonly TwoSided[] } = {
  classification: ofClasses,
  multilabel: ofLabels,
};

/** What a task tells by a threshold: each label of many, the second of two classes; nothing of other tasks. */
export const twoSided = (task: TaskSpec, predicted: Predicted): readonly TwoSided[] =>
  makers[task.kind]?.(task as never, predicted) ?? [];

function ofClasses(task: Classification, { ids, outputs, targets }: Predicted): readonly TwoSided[] {
  if (task.labels.length !== 2) return [];
  // as the finished model tells them, so that a threshold can be written into its task
  const temperature = fitTemperature(
    outputs,
    targets.map(([shares]) => shares!),
  );
  const scores = outputs.map((row) => probabilitiesOf(row, { temperature })[1]!);
  return [
    {
      name: task.labels[1]!,
      usual: task.threshold ?? 0.5,
      ids,
      scores,
      positives: targets.map(([shares]) => shares![1]! > 0.5),
    },
  ];
}

/** Samples whose label is not known are left out of that label. */
function ofLabels({ labels, thresholds }: Multilabel, { ids, outputs, targets }: Predicted): readonly TwoSided[] {
  return labels.map((name, label) => {
    const known = [...ids.keys()].filter((i) => targets[i]![1]![label]! > 0);
    return {
      name,
      usual: thresholds?.[label] ?? 0.5,
      ids: known.map((i) => ids[i]!),
      scores: known.map((i) => 1 / (1 + Math.exp(-outputs[i]![label]!))),
      positives: known.map((i) => targets[i]![0]![label]! > 0.5),
    };
  });
}
