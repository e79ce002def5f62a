import { asFoveaError } from "@foveajs/errors";
import type { Language, Text } from "../language/text.ts";
import { texts } from "./texts.ts";

/** An error as people read it. */
export interface FaultWords {
  readonly code: string;
  readonly message: string;
  readonly help: string;
}

const table: Readonly<Record<string, Text>> = texts;

/** What to tell of anything that was thrown: the console's words for its code where it has some, else the error's own. */
export function faultWords(thrown: unknown, language: Language): FaultWords {
  const { code, message, help } = asFoveaError(thrown);
  return { code, message: table[code]?.[language] ?? message, help: table[`${code}_help`]?.[language] ?? help };
}
