import type { MultitaskAnswer, MultitaskTest } from "@foveajs/evaluation";
import type { Face } from "@foveajs/vision";
import type { Classifier, Subject, TaskValues, ToldTask } from "../models/subject.ts";
import { type Answering, ask, askInBatches, tellerOf } from "./answering.ts";

/** Answers by a model whose tasks together tell all that a test asks for, of pictures that show the face; undefined where they do not. */
export function readTasks({ taskReader }: Subject, test: MultitaskTest): Answering | undefined {
  const parts = taskReader && partsOf(taskReader.tasks, test);
  if (!parts) return undefined;
  const { answerOf, thresholds } = parts;
  return {
    mode: "direct",
    score: async (asking, options) => {
      const answers = await askInBatches(test, asking, async (images, signal) =>
        (await taskReader.read(images, signal)).map(answerOf),
      );
      return test.score(answers, { ...options, threshold: options.threshold ?? thresholds });
    },
  };
}

/**
 * Answers by a pipeline of whole pictures: the surest face of each that was read; a picture without one is missed. A pipeline tells
 * numbers and classes of the faces that it finds, and no labels that may hold at once.
 */
export function readPictureTasks({ reader }: Subject, test: MultitaskTest): Answering | undefined {
  if (!reader || test.labels.length > 0 || !test.quantities.every((name) => reader.values.includes(name)))
    return undefined;
  const task = test.classes.length === 0 ? undefined : tellerOf(reader.tasks, test);
  if (test.classes.length > 0 && !task) return undefined;
  return {
    mode: "end_to_end",
    score: async (asking, options) => {
      const answers = await ask(test, asking, async (image, { signal }): Promise<MultitaskAnswer | null> => {
        const faces = await reader.read(image, { signal, eyes: false });
        const face = faces.find(({ readings, values }) =>
          task ? readings[task.name] : test.quantities.every((name) => name in values),
        );
        return face ? answerOfFace(face, task, test) : null;
      });
      return test.score(answers, { ...options, threshold: options.threshold ?? [] });
    },
  };
}

function answerOfFace(
  { values, readings }: Face,
  task: Pick<Classifier, "name" | "labels"> | undefined,
  test: MultitaskTest,
): MultitaskAnswer {
  const scores = task && readings[task.name]!.scores;
  const labelOf = (name: string) => task!.labels.find((label) => test.classOf(label) === name)!;
  return {
    quantities: test.quantities.map((name) => values[name]!),
    logits: scores ? test.classes.map((name) => Math.log(scores[labelOf(name)] ?? 0)) : [],
    scores: [],
  };
}

/** Where one number of an answer stands: a task, and the place in what it tells. */
interface Place {
  readonly task: string;
  readonly index: number;
}

/** A label that is there or not, and the least probability from which the model tells it. */
interface LabelPlace extends Place {
  readonly threshold: number;
}

interface Parts {
  readonly answerOf: (values: TaskValues) => MultitaskAnswer;
  /** Of the test's labels in their order. */
  readonly thresholds: readonly number[];
}

/** Each part of an answer by the first task that tells it; undefined where one is not told. */
function partsOf(tasks: readonly ToldTask[], test: MultitaskTest): Parts | undefined {
  const quantities = allOf(test.quantities.map((name) => quantityPlace(tasks, name)));
  const classes = classPlaces(tasks, test);
  const labels = allOf(test.labels.map((name) => labelPlace(tasks, name, test.labelOf)));
  if (!quantities || !classes || !labels) return undefined;
  return {
    thresholds: labels.map(({ threshold }) => threshold),
    answerOf(values) {
      const numbers = (places: readonly Place[]) => places.map(({ task, index }) => values[task]![index]!);
      return { quantities: numbers(quantities), logits: numbers(classes), scores: numbers(labels) };
    },
  };
}

function allOf<Found>(places: readonly (Found | undefined)[]): readonly Found[] | undefined {
  const found = places.filter((place) => place !== undefined);
  return found.length === places.length ? found : undefined;
}

function quantityPlace(tasks: readonly ToldTask[], name: string): Place | undefined {
  for (const task of tasks) {
    const index = task.kind === "regression" ? task.values.indexOf(name) : -1;
    if (index >= 0) return { task: task.name, index };
  }
  return undefined;
}

function labelPlace(
  tasks: readonly ToldTask[],
  name: string,
  labelOf: MultitaskTest["labelOf"],
): LabelPlace | undefined {
  for (const task of tasks) {
    if (task.kind !== "multilabel") continue;
    const index = task.labels.findIndex((label) => labelOf(label) === name);
    if (index >= 0) return { task: task.name, index, threshold: task.thresholds[index]! };
  }
  return undefined;
}

/** Columns of the test's classes among the labels of one task; none where the test has no classes. */
function classPlaces(tasks: readonly ToldTask[], test: MultitaskTest): readonly Place[] | undefined {
  if (test.classes.length === 0) return [];
  const teller = tellerOf(
    tasks.filter((task) => task.kind === "classification").filter(({ region }) => region === undefined),
    test,
  );
  return (
    teller &&
    test.classes.map((name) => ({
      task: teller.name,
      index: teller.labels.findIndex((label) => test.classOf(label) === name),
    }))
  );
}
