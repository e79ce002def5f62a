import { asFoveaError } from "@foveajs/errors";
import { fill, type Language, type Texts } from "../language/text.ts";
import { errorTexts } from "./error-texts.ts";

/** An error as people read it. */
export interface ErrorWords {
  readonly code: string;
  readonly message: string;
  readonly help: string;
}

const table: Texts = errorTexts;

/** What to tell of anything that was thrown: our words for its code, else its own. */
export function errorWords(thrown: unknown, language: Language): ErrorWords {
  const named = thrown as Partial<ErrorWords> | undefined;
  const { code, message, help } =
    thrown instanceof Error && named?.code && named.help !== undefined ? (named as ErrorWords) : asFoveaError(thrown);
  const words = (key: string) => table[key] && fill(table[key][language], { detail: message });
  return { code, message: words(code) ?? message, help: words(`${code}_help`) ?? help };
}

/** Why a picture was left out, in a few words. */
export const reasonOf = (thrown: unknown, language: Language): string => errorWords(thrown, language).message;
