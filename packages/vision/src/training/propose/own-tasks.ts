import type { Dataset, Label, Sample } from "../../data/types.ts";
import { errors } from "../../errors.ts";
import type { TrainingNote } from "../events.ts";

/** A task as a recipe writes it. */
export type TaskFields = { readonly kind: string; readonly name: string } & Readonly<Record<string, unknown>>;

/** Classes that differ in size by more than this are weighed. */
const UNBALANCED = 4;
/** A thing that fewer than this share of pictures show weighs more where it is there. */
const RARE = 0.2;

/** The tasks that the labels of the training samples make, checked to be ones that can be learned, with notes. */
export function ownTasks(
  { classes, name }: Pick<Dataset, "classes" | "name">,
  train: readonly Sample[],
): { tasks: readonly TaskFields[]; notes: readonly TrainingNote[] } {
  // in the order of the data's own tasks, whatever the first sample lacks
  const known = new Set(train.flatMap(({ labels }) => Object.keys(labels)));
  const names = [...known].filter((task) => train.some(({ labels }) => labels[task]));
  if (names.length === 0) throw errors["own-data"]({ where: name, expected: "labels", received: "none" });
  const notes: TrainingNote[] = [];
  const tasks = names.map((task): TaskFields => {
    const labels = train.flatMap((sample) => sample.labels[task] ?? []);
    const made = taskOf(task, labels, classes[task], name);
    notes.push(...made.notes);
    return made.task;
  });
  return { tasks, notes };
}

interface Made {
  readonly task: TaskFields;
  readonly notes: readonly TrainingNote[];
}

function taskOf(task: string, labels: readonly Label[], classes: readonly string[] | undefined, data: string): Made {
  const kind = labels[0]!.kind;
  const where = `${data}, task ${task}`;
  if (kind === "boxes") return detectionOf(task, labels, classes ?? [], where);
  if (kind === "class" && classes) return classificationOf(task, labels, classes, where);
  if (kind === "values")
    return classes ? multilabelOf(task, labels, classes, where) : regressionOf(task, labels, where);
  throw errors["own-data"]({ where, expected: "classes, values or boxes", received: `labels of kind ${kind}` });
}

function classificationOf(name: string, labels: readonly Label[], classes: readonly string[], where: string): Made {
  const counts = classes.map(
    (_, index) => labels.filter((label) => label.kind === "class" && label.index === index).length,
  );
  const present = counts.filter((count) => count > 0).length;
  if (present < 2) {
    const only = classes[counts.findIndex((count) => count > 0)] ?? "none";
    throw errors["own-data"]({
      where,
      expected: "pictures of at least two classes to tell apart",
      received: `only "${only}"`,
    });
  }
  const missing = classes.find((_, index) => counts[index] === 0);
  if (missing !== undefined) {
    throw errors["own-data"]({ where, expected: "training pictures of every class", received: `none of "${missing}"` });
  }
  const [least, most] = [Math.min(...counts), Math.max(...counts)];
  const smallest = classes[counts.indexOf(least)]!;
  const mean = labels.length / classes.length;
  const weights = counts.map((count) => Number(Math.sqrt(mean / count).toFixed(3)));
  const isUnbalanced = most > UNBALANCED * least;
  return {
    task: { kind: "classification", name, labels: classes, ...(isUnbalanced ? { class_weights: weights } : {}) },
    notes: [
      {
        what: `task ${name}`,
        value: `${classes.length} classes`,
        why: `${least} to ${most} training pictures of each${least < FEW ? `; of "${smallest}" there are few: expect more mistakes there` : ""}`,
      },
      ...(isUnbalanced
        ? [
            {
              what: `weights of ${name}`,
              value: `${Math.min(...weights)} to ${Math.max(...weights)}`,
              why: "the classes are very unbalanced: rare ones weigh more, by the root of their rarity",
            },
          ]
        : []),
    ],
  };
}

/** Fewer pictures of a class than this are told to be few. */
const FEW = 20;

const columnOf = (labels: readonly Label[], index: number): number[] =>
  labels.flatMap((label) =>
    label.kind === "values" && !Number.isNaN(label.values[index]!) ? [label.values[index]!] : [],
  );

function multilabelOf(name: string, labels: readonly Label[], classes: readonly string[], where: string): Made {
  const shares = classes.map((_, index) => {
    const column = columnOf(labels, index);
    return column.reduce((sum, value) => sum + value, 0) / Math.max(1, column.length);
  });
  const constant = classes.find((_, index) => !(shares[index]! > 0 && shares[index]! < 1));
  if (constant !== undefined) {
    throw errors["own-data"]({
      where,
      expected: "pictures with and without each label",
      received: `no difference in "${constant}"`,
    });
  }
  const weights = shares.map((share) => (share < RARE ? Number(Math.sqrt((1 - share) / share).toFixed(3)) : 1));
  const isRare = weights.some((weight) => weight > 1);
  return {
    task: { kind: "multilabel", name, labels: classes, ...(isRare ? { positive_weights: weights } : {}) },
    notes: [
      {
        what: `task ${name}`,
        value: `${classes.length} labels, any of them at once`,
        why: isRare ? "rare labels weigh more where they are there" : "columns of 0 and 1",
      },
    ],
  };
}

function regressionOf(name: string, labels: readonly Label[], where: string): Made {
  const count = labels[0]!.kind === "values" ? labels[0]!.values.length : 0;
  const columns = Array.from({ length: count }, (_, index) => columnOf(labels, index));
  const centres = columns.map((column) => column.reduce((sum, value) => sum + value, 0) / Math.max(1, column.length));
  const deviations = columns.map((column, index) =>
    Math.sqrt(column.reduce((sum, value) => sum + (value - centres[index]!) ** 2, 0) / Math.max(1, column.length)),
  );
  if (deviations.some((deviation) => !(deviation > 0))) {
    throw errors["own-data"]({
      where,
      expected: "numbers that differ from picture to picture",
      received: "one number throughout",
    });
  }
  const told = (value: number) => Number(value.toPrecision(6));
  const values = count === 1 ? [name] : Array.from({ length: count }, (_, index) => `${name}_${index + 1}`);
  return {
    task: { kind: "regression", name, values, centres: centres.map(told), scales: deviations.map(told) },
    notes: [
      {
        what: `task ${name}`,
        value: `${count === 1 ? "a number" : `${count} numbers`}`,
        why: `about ${centres.map((value) => value.toPrecision(3)).join(", ")}, deviation ${deviations.map((value) => value.toPrecision(3)).join(", ")}: the loss counts in deviations`,
      },
    ],
  };
}

function detectionOf(name: string, labels: readonly Label[], classes: readonly string[], where: string): Made {
  const boxes = labels.flatMap((label) =>
    label.kind === "boxes" ? label.boxes.filter(({ kind }) => kind === "face") : [],
  );
  if (boxes.length === 0)
    throw errors["own-data"]({ where, expected: "boxes of objects", received: `none in ${labels.length} pictures` });
  const counts = classes.map((_, index) => boxes.filter((box) => (box.class ?? 0) === index).length);
  const few = classes.filter((_, index) => counts[index]! < FEW);
  const some = few.length > 4 ? `${few.slice(0, 3).join(", ")} and ${few.length - 3} more` : few.join(", ");
  return {
    task: { kind: "detection", name, points: 0, labels: classes, threshold: 0.3, nms_iou: 0.5 },
    notes: [
      {
        what: `task ${name}`,
        value: `boxes of ${classes.length === 1 ? classes[0] : `${classes.length} classes`}`,
        why: `${boxes.length} boxes in ${labels.length} training pictures${few.length > 0 ? `; few (below ${FEW}) of ${some}` : ""}`,
      },
    ],
  };
}
