import type { TaskSpec } from "../tasks/table.ts";
import type { InputSize } from "../tasks/task.ts";
import type { Validation } from "./measure.ts";
import { validationLoss } from "./validation-loss.ts";

/** Validation losses of the tasks in the course of a training. */
export interface Course {
  /** Numbers of the epochs that were validated. */
  readonly epochs: readonly number[];
  /** By task, its loss after each of them; tasks without validation samples are not here. */
  readonly losses: Readonly<Record<string, readonly number[]>>;
}

export const noCourse: Course = { epochs: [], losses: {} };

/** The course with one validation more. */
export async function withValidation(
  course: Course,
  epoch: number,
  { predicted }: Validation,
  { tasks, size }: { tasks: readonly TaskSpec[]; size: InputSize },
): Promise<Course> {
  const losses: Record<string, readonly number[]> = {};
  for (const task of tasks) {
    const samples = predicted.get(task.name);
    if (samples) losses[task.name] = [...(course.losses[task.name] ?? []), await validationLoss(task, samples, size)];
  }
  return { epochs: [...course.epochs, epoch], losses };
}

/** Tasks whose loss has not been lower for more than `patience` validations. */
export const restingTasks = ({ losses }: Course, patience: number): ReadonlySet<string> =>
  new Set(
    Object.entries(losses)
      .filter(([, values]) => values.length - 1 - indexOfLeast(values) > patience)
      .map(([task]) => task),
  );

/** Number of the epoch whose losses have the best mean rank over the tasks, the first of equal ones; NaN without a validation. */
export function commonEpoch({ epochs, losses }: Course): number {
  const sums = epochs.map((_, at) =>
    Object.values(losses).reduce((sum, values) => sum + values.filter((value) => value < values[at]!).length, 0),
  );
  return epochs[indexOfLeast(sums)] ?? Number.NaN;
}

/** Where the least of some numbers stands, the first of equal ones. */
export const indexOfLeast = (values: readonly number[]): number => values.indexOf(Math.min(...values));
