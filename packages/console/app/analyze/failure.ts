import { asFoveaError } from "@foveajs/errors";
import type { Failure } from "./result.ts";

/** What any thrown thing tells: our code, message and help, those of the server's answers too. */
export function failureOf(thrown: unknown): Failure {
  if (thrown instanceof Error && "code" in thrown && "help" in thrown) {
    const { code, message, help } = thrown as Error & { code: unknown; help: unknown };
    if (typeof code === "string" && typeof help === "string") return { code, message, help };
  }
  return asFoveaError(thrown).toJSON();
}

/** A failure without the name of its file before the message, for where the name stands beside it. */
export const unnamed = ({ message, ...failure }: Failure, name: string): Failure => ({
  ...failure,
  message: message.startsWith(`${name}: `) ? message.slice(name.length + 2) : message,
});
