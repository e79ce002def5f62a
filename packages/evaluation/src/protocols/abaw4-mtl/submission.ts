import { errors } from "../../errors.ts";
import { missingRows } from "../classification.ts";
import { logitsOfNamed } from "../named-class.ts";
import type { MultitaskAnswer, PredictionFile, TestSample } from "../protocol.ts";
import { linesOf, wholeNumber } from "../text-lines.ts";
import { parseNumber } from "../text-table.ts";
import { affWildExpressions, affWildHeader, affWildUnits } from "./release.ts";

/**
 * Reads the challenge's own result file: rows "image,valence,arousal,expression,au..." of 16 cells under a header of 5,
 * with the code of the expression and 0 or 1 for each unit.
 */
export function readSubmission(
  { name, text }: PredictionFile,
  { samples, others }: { readonly samples: readonly TestSample[]; readonly others: ReadonlySet<string> },
): ReadonlyMap<string, MultitaskAnswer | null> {
  const [first, ...lines] = linesOf(text, name);
  const refuse = (where: string, expected: string, received: string) =>
    errors["text-format"]({ where, expected, received });
  if (first?.text !== affWildHeader) throw refuse(name, `the header ${affWildHeader}`, first?.text ?? "nothing");
  const known = new Set(samples.map(({ id }) => id));
  const answers = new Map<string, MultitaskAnswer>();
  for (const { where, text: line } of lines) {
    const [id = "", valence = "", arousal = "", code = "", ...units] = line.split(",").map((cell) => cell.trim());
    if (others.has(id)) continue;
    if (!known.has(id) || answers.has(id)) throw refuse(where, "each frame of the split, once", JSON.stringify(id));
    const quantities = [valence, arousal].map(parseNumber);
    if (quantities.some(Number.isNaN))
      throw refuse(where, "valence and arousal", JSON.stringify(`${valence},${arousal}`));
    if (units.length !== affWildUnits.length) throw refuse(where, `${affWildUnits.length} units`, `${units.length}`);
    const expression = wholeNumber(`${where}, expression`, code, 0, affWildExpressions.length - 1);
    answers.set(id, {
      quantities,
      logits: logitsOfNamed(expression, affWildExpressions.length),
      scores: units.map((cell, i) => wholeNumber(`${where}, ${affWildUnits[i]}`, cell, 0, 1)),
    });
  }
  if (answers.size < samples.length) throw missingRows(name, samples, answers);
  return answers;
}
