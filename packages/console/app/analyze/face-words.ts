import type { Face } from "@foveajs/vision";
import type { Language } from "../language/text.ts";
import { percent } from "./numbers.ts";
import { readingText } from "./reading-texts.ts";

/** A face in a few words: its likeliest expression, or how certain it is a face where no expression is told. */
export function faceWords({ readings: { expression }, score }: Face, language: Language): string {
  return expression
    ? `${readingText(expression.label, language)} ${percent(expression.scores[expression.label] ?? 0)}`
    : percent(score);
}
