import type { z } from "zod";
import type { Context } from "./context.ts";
import { errors } from "./errors.ts";

/** What one result means for the whole: done, failed (the others may still be done), or a gate that was not met. */
export type Outcome = "done" | "failed" | "unmet";

interface Definition<Name extends string, Input extends z.ZodObject, Output extends z.ZodType> {
  /** Words as typed: "models verify"; the route is the same with slashes. */
  readonly name: Name;
  /** One sentence. */
  readonly summary: string;
  readonly input: Input;
  /** Schema of the result, or of each result of a stream. */
  readonly output: Output;
  /** Without it, a result with the key `error` has failed and all others are done. */
  outcome?(result: z.output<Output>): Outcome;
}

/** One thing that the product can do, with one result. */
export interface SingleOperation<
  Name extends string = string,
  Input extends z.ZodObject = z.ZodObject,
  Output extends z.ZodType = z.ZodType,
> extends Definition<Name, Input, Output> {
  readonly yields: "one";
  run(input: z.output<Input>, context: Context): Promise<z.output<Output>>;
}

/** One thing that the product can do, with results that come one by one. */
export interface StreamOperation<
  Name extends string = string,
  Input extends z.ZodObject = z.ZodObject,
  Output extends z.ZodType = z.ZodType,
> extends Definition<Name, Input, Output> {
  readonly yields: "many";
  run(input: z.output<Input>, context: Context): AsyncIterable<z.output<Output>>;
}

export type Operation = SingleOperation | StreamOperation;

/** Defines an operation with one result. */
export const operation = <const Name extends string, Input extends z.ZodObject, Output extends z.ZodType>(
  definition: Omit<SingleOperation<Name, Input, Output>, "yields">,
): SingleOperation<Name, Input, Output> => ({ ...definition, yields: "one" });

/** Defines an operation with a stream of results; `run` is an async generator. */
export const streamOperation = <const Name extends string, Input extends z.ZodObject, Output extends z.ZodType>(
  definition: Omit<StreamOperation<Name, Input, Output>, "yields">,
): StreamOperation<Name, Input, Output> => ({ ...definition, yields: "many" });

/** Checks the input and runs any operation as a stream: what every edge calls. */
export async function* runOperation(operation: Operation, input: unknown, context: Context): AsyncIterable<unknown> {
  const checked = operation.input.safeParse(input);
  if (!checked.success) {
    const issues = checked.error.issues.map(({ path, message }) => `${path.join(".") || "input"}: ${message}`);
    throw errors["bad-input"]({ operation: operation.name, issues });
  }
  if (operation.yields === "many") yield* operation.run(checked.data, context);
  else yield await operation.run(checked.data, context);
}

/** What a result of `operation` means. */
export const outcomeOf = (operation: Operation, result: unknown): Outcome => {
  if (operation.outcome) return operation.outcome(result);
  return typeof result === "object" && result !== null && "error" in result ? "failed" : "done";
};
