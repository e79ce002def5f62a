import type { TrainingNote } from "../events.ts";

/** Names that a mirror image would make wrong, or that look like signs that must not be mirrored. */
const sided =
  /(^|[^a-z])(left|right|links|rechts|gauche|droite|clockwise|digit|letter|number|text|word|sign|arrow|turn)([^a-z]|$)/i;

/**
 * Whether pictures may be mirrored, which no program can see: as asked for; otherwise no where the classes are single characters or
 * numbers, speak of sides or of writing, or where gray pictures may be drawings of signs; else yes.
 */
export function flipNote(
  asked: boolean | undefined,
  { classes, isGray, hasNumbers }: { classes: readonly string[]; isGray: boolean; hasNumbers: boolean },
): TrainingNote & { readonly share: number } {
  const note = (isOn: boolean, why: string) => ({
    what: "mirror images",
    value: isOn ? "half of them" : "none",
    why,
    share: isOn ? 0.5 : 0,
  });
  if (asked !== undefined) return note(asked, asked ? "--flip" : "--no-flip");
  const mayBe = "where a mirrored picture means the same, --flip makes more of them";
  const sign = classes.find((name) => /^(.|\d+)$/u.test(name));
  if (sign !== undefined) return note(false, `classes such as "${sign}" may be digits or letters; ${mayBe}`);
  const side = classes.find((name) => sided.test(name));
  if (side !== undefined) return note(false, `"${side}" may change in a mirror; ${mayBe}`);
  if (hasNumbers) return note(false, `numbers may be of places or angles; ${mayBe}`);
  if (isGray) return note(false, `gray pictures may be writing; ${mayBe}`);
  return note(true, "photographs of things look the same mirrored; --no-flip where they do not");
}
