/** Between a number and "%": they stay on one line. */
const joint = "\u00a0";

/** A value in words: `fraction` as per cent with one digit, others with three; "–" where undefined. */
export function valueText(value: number, unit: string): string {
  if (Number.isNaN(value)) return "–";
  if (!Number.isFinite(value)) return value > 0 ? "∞" : "−∞";
  if (unit === "fraction") return `${(100 * value).toFixed(1)}${joint}%`;
  return plainText(value);
}

/** "84.9 to 87.3 %", the unit once; empty where undefined. */
export function intervalText([low, high]: readonly [number, number], unit: string): string {
  if (Number.isNaN(low) || Number.isNaN(high)) return "";
  return `${valueText(low, unit).replace(`${joint}%`, "")} to ${valueText(high, unit)}`;
}

/** An end of a range in which values are drawn: a whole per cent, or three significant digits. */
export const endText = (value: number, unit: string): string =>
  unit === "fraction" ? `${Math.round(100 * value)}${joint}%` : plainText(value);

/** Three significant digits, never in powers of ten for the sizes that occur. */
export function plainText(value: number): string {
  if (value === 0) return "0";
  const size = Math.floor(Math.log10(Math.abs(value)));
  if (size < -6 || size > 8) return value.toExponential(2);
  return value.toFixed(Math.max(0, 2 - size));
}

/** Two digits behind the point, with the sign: "+0.25". */
export const signedText = (value: number): string => `${value > 0 ? "+" : ""}${value.toFixed(2)}`;

/** A whole number with commas: 3,153. */
export const countText = (count: number): string => String(Math.round(count)).replace(/\B(?=(\d{3})+$)/g, ",");

/** "1 picture", "3,153 pictures". */
export const countedText = (count: number, one: string): string =>
  `${countText(count)} ${one}${count === 1 ? "" : "s"}`;

/** A name as in results or label files, for reading: "macro_f1" is "macro f1". */
export const nameText = (name: string): string => name.replaceAll("_", " ");
