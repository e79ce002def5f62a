import type { Model } from "@foveajs/vision";
import type { Classifier, Subject, TaskReader, ToldTask } from "../models/subject.ts";

/** From this probability up a label is told where the card says nothing else. */
const USUAL_THRESHOLD = 0.5;

/** What a model's tasks tell of a picture, all in one run, and each classification of them alone. */
export function taskReaderOf({
  card,
  run,
}: Pick<Model, "card" | "run">): Required<Pick<Subject, "taskReader" | "classifiers">> {
  const told = card.tasks.flatMap(conversionOf);
  const taskReader: TaskReader = {
    tasks: told.map(({ task }) => task),
    async read(images, signal) {
      const { outputs } = await run(images, { signal });
      return images.map((_, row) =>
        Object.fromEntries(
          told.map(({ task: { name }, convert }) => {
            const { data, shape } = outputs[name]!;
            const width = data.length / shape[0]!;
            const values = (data as Float32Array).subarray(row * width, (row + 1) * width);
            return [name, Float64Array.from(values, convert)];
          }),
        ),
      );
    },
  };
  return { taskReader, classifiers: classifiersOf(taskReader) };
}

const classifiersOf = ({ tasks, read }: TaskReader): Classifier[] =>
  tasks
    .filter((task) => task.kind === "classification")
    .map(({ name, labels }) => ({
      name,
      labels,
      classify: async (images, signal) => (await read(images, signal)).map((values) => values[name]!),
    }));

interface Conversion {
  readonly task: ToldTask;
  /** From a number of the task's output to what is told of it. */
  readonly convert: (value: number) => number;
}

function conversionOf(task: Model["card"]["tasks"][number]): Conversion[] {
  const { kind, name } = task;
  switch (kind) {
    case "classification": {
      const { labels, region, temperature } = task;
      return [{ task: { kind, name, labels, region }, convert: (logit) => logit / temperature }];
    }
    case "multilabel": {
      const { labels, thresholds = labels.map(() => USUAL_THRESHOLD) } = task;
      return [{ task: { kind, name, labels, thresholds }, convert: (logit) => 1 / (1 + Math.exp(-logit)) }];
    }
    case "regression":
      return [{ task: { kind, name, values: task.values }, convert: (value) => value }];
    default:
      return [];
  }
}
