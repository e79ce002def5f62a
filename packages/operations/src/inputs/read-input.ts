import type { ExpandedInput } from "./expand.ts";
import { readImageFile, readImageStream } from "./read-file.ts";

/** What an input is called in results: its path, or - for standard input. */
export const inputName = (input: ExpandedInput): string => (input.kind === "stdin" ? "-" : input.path);

/** The bytes of a picture that was named, found or given on standard input. */
export async function readInput(input: ExpandedInput, stdin: AsyncIterable<Uint8Array>): Promise<Uint8Array> {
  if (input.kind === "failure") throw input.error;
  return input.kind === "stdin" ? readImageStream(stdin, inputName(input)) : readImageFile(input.path);
}
