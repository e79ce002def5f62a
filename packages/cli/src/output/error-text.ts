import { asFoveaError } from "@foveajs/errors";
import type { Style } from "./style.ts";
import { printable } from "./table.ts";

/** An error in two lines, "error code: message" and "help: what to do". */
export function errorText(
  { code, message, help }: { code: string; message: string; help: string },
  style: Style,
): string {
  return `${style.red(`error ${code}:`)} ${printable(message)}\n${style.cyan("help:")} ${printable(help)}\n`;
}

/** The stack of whatever was thrown, with the stacks of its causes. */
export function stackText(thrown: unknown): string {
  const error = thrown instanceof Error ? thrown : asFoveaError(thrown);
  const cause = error.cause === undefined ? "" : `caused by: ${stackText(error.cause)}`;
  return `${error.stack ?? error.message}\n${cause}`;
}
