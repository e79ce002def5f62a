import type { z } from "zod";
import type { Style } from "../output/style.ts";
import type { verbs } from "../verbs.ts";

type Operations = (typeof verbs)[number];

/** Names of all operations. */
export type OperationName = Operations["name"];

/** What an operation of that name gives. */
export type ResultOf<Name extends OperationName> = z.output<Extract<Operations, { name: Name }>["output"]>;

/** How results look to people: text at each result, and at the end. Empty text is not written. */
export interface View<Result> {
  item(result: Result): string;
  end(context: ViewEnd): string;
}

/** What is known at the end. */
export interface ViewEnd {
  readonly milliseconds: number;
  readonly device: string | undefined;
}

/** Makes the view of one run. */
export type ViewMaker<Result> = (options: { style: Style }) => View<Result>;
