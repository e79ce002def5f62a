/** Frames a second that are kept while the button is held: enough for a hand that moves, few enough to differ. */
export const FRAMES_A_SECOND = 8;
/** Frames that follow each other within a second show the same moment: they are learned from or measured on together. */
const FRAMES_OF_A_MOMENT = 8;

/** The moment that a frame belongs to; `burst` names one press of the button. */
export const momentOf = (burst: string, frame: number): string => `${burst}/${Math.floor(frame / FRAMES_OF_A_MOMENT)}`;

/** Which class a key captures: 1 to 9; undefined for others, and where a modifier is held. */
export function classOfKey(
  { key, ctrlKey, metaKey, altKey }: Pick<KeyboardEvent, "key" | "ctrlKey" | "metaKey" | "altKey">,
  classes: number,
): number | undefined {
  const index = /^[1-9]$/.test(key) && !ctrlKey && !metaKey && !altKey ? Number(key) - 1 : undefined;
  return index !== undefined && index < classes ? index : undefined;
}
