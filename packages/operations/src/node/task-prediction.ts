import type { Tensor } from "@foveajs/graph";
import {
  applyAffine,
  decodeDetections,
  gradeOf,
  labelOf,
  levelsOf,
  type ModelCard,
  type ModelInput,
  pointsOf,
  probabilitiesOf,
} from "@foveajs/vision";
import type { TaskPrediction } from "../models/prediction.ts";

/** What one task tells of the picture in one row of a model's outputs; `input` is that picture as the model saw it. */
export function taskPrediction(
  task: ModelCard["tasks"][number],
  outputs: Readonly<Record<string, Tensor>>,
  { row, input }: { row: number; input: ModelInput },
): TaskPrediction {
  const values = () => rowOf(outputs[task.name]!, row).data as Float32Array;
  switch (task.kind) {
    case "classification": {
      const probabilities = probabilitiesOf(values(), task);
      return { kind: task.kind, label: labelOf(probabilities, task), scores: byName(task.labels, probabilities) };
    }
    case "multilabel": {
      const probabilities = Array.from(values(), (logit) => 1 / (1 + Math.exp(-logit)));
      const labels = task.labels.filter((_, index) => probabilities[index]! >= (task.thresholds?.[index] ?? 0.5));
      return { kind: task.kind, labels, scores: byName(task.labels, probabilities) };
    }
    case "ordinal": {
      const grade = gradeOf(values());
      return { kind: task.kind, label: task.labels[Math.round(grade)]!, grade };
    }
    case "regression":
      return {
        kind: task.kind,
        values: byName(task.values, values()),
        ...(task.derived_from === undefined ? {} : { derived_from: task.derived_from }),
      };
    case "landmarks": {
      const [, height, width] = input.shape;
      const points = applyAffine(input.toImage, pointsOf(values(), { width, height }));
      return { kind: task.kind, points: points.map(([x, y]) => [x, y]) };
    }
    case "detection": {
      const rows = Object.fromEntries(Object.entries(outputs).map(([name, tensor]) => [name, rowOf(tensor, row)]));
      const found = decodeDetections(levelsOf(rows, task), task, { toImage: input.toImage });
      const objects = found.map(({ box, score, points, class: index }) => ({
        box: { ...box },
        score,
        ...(index === undefined ? {} : { label: task.labels![index]! }),
        points: points.map(([x, y]): [number, number] => [x, y]),
      }));
      return { kind: task.kind, objects };
    }
  }
}

/** One row of a batch as a batch of one. */
function rowOf({ dtype, shape, data }: Tensor, row: number): Tensor {
  const size = data.length / shape[0]!;
  return { dtype, shape: [1, ...shape.slice(1)], data: data.slice(row * size, (row + 1) * size) as Tensor["data"] };
}

const byName = (names: readonly string[], values: ArrayLike<number>): Record<string, number> =>
  Object.fromEntries(names.map((name, index) => [name, values[index]!]));
