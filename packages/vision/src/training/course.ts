import type { TaskSpec } from "../tasks/table.ts";
import type { InputSize } from "../tasks/task.ts";
import type { Measures } from "./events.ts";
import type { Validation } from "./measure.ts";
import { validationLoss } from "./validation-loss.ts";

/** How far the tasks are from right on validation samples, in the course of a training. */
export interface Course {
  /** Numbers of the epochs that were validated. */
  readonly epochs: readonly number[];
  /** By task, its loss after each of them, of a detector 1 - its average precision; tasks without validation samples are not here. */
  readonly losses: Readonly<Record<string, readonly number[]>>;
}

export const noCourse: Course = { epochs: [], losses: {} };

/** The course with one validation more. */
export async function withValidation(
  course: Course,
  epoch: number,
  { predicted, metrics }: Validation,
  { tasks, size }: { tasks: readonly TaskSpec[]; size: InputSize },
): Promise<Course> {
  const losses: Record<string, readonly number[]> = {};
  for (const task of tasks) {
    const samples = predicted.get(task.name);
    const loss = samples ? await validationLoss(task, samples, size) : missingPrecision(task, metrics);
    if (loss !== undefined) losses[task.name] = [...(course.losses[task.name] ?? []), loss];
  }
  return { epochs: [...course.epochs, epoch], losses };
}

/** What a detector's average precision lacks to 1, as its boxes have no loss on whole pictures; undefined where it is not defined. */
function missingPrecision({ kind, name }: TaskSpec, metrics: Measures): number | undefined {
  const precision = metrics[`${name}/ap`] ?? metrics[`${name}/map50`];
  return kind === "detection" && precision !== undefined ? 1 - precision : undefined;
}

/** Tasks whose loss has not been lower for more than `patience` validations. */
export const restingTasks = ({ losses }: Course, patience: number): ReadonlySet<string> =>
  new Set(
    Object.entries(losses)
      .filter(([, values]) => values.length - 1 - indexOfLeast(values) > patience)
      .map(([task]) => task),
  );

/**
 * Number of the epoch whose losses have the best mean rank over the tasks, the first of equal ones; the last one where no task has
 * a loss, NaN without a validation.
 */
export function commonEpoch({ epochs, losses }: Course): number {
  if (Object.keys(losses).length === 0) return epochs.at(-1) ?? Number.NaN;
  const sums = epochs.map((_, at) =>
    Object.values(losses).reduce((sum, values) => sum + values.filter((value) => value < values[at]!).length, 0),
  );
  return epochs[indexOfLeast(sums)] ?? Number.NaN;
}

/** Where the least of some numbers stands, the first of equal ones. */
export const indexOfLeast = (values: readonly number[]): number => values.indexOf(Math.min(...values));
