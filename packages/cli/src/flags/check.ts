import type { Operation } from "@foveajs/operations";
import { errors } from "../errors.ts";
import { expectation, flagsOf } from "./flag.ts";

/** Checks values against an operation's schema; the first that is wrong is named by its flag. */
export function checkInput(operation: Operation, input: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const checked = operation.input.safeParse(input);
  if (checked.success) return checked.data;
  const verb = operation.name;
  const issue = checked.error.issues[0];
  const flag = flagsOf(operation).find(({ key }) => key === issue?.path[0]);
  if (!issue || !flag || issue.code === "custom") {
    throw errors.conflict({ verb, problem: issue?.message ?? "wrong input" });
  }
  const value = input[flag.key];
  const received = value === undefined ? "nothing" : typeof value === "string" ? `"${value}"` : JSON.stringify(value);
  throw errors["bad-value"]({ verb, flag: flag.name, expected: expectation(flag), received });
}
