/** A share, 0 to 1, as a whole percentage: "97%". */
export const percent = (share: number): string => `${Math.round(100 * share)}%`;

/** A number with its sign and one digit, a true minus: "+0.8", "−0.3", "0.0". */
export function signed(value: number): string {
  const digits = Math.abs(value).toFixed(1);
  if (Number(digits) === 0) return digits;
  return `${value < 0 ? "−" : "+"}${digits}`;
}

/** Bytes in millions with one digit: "5.1". */
export const megabytes = (bytes: number): string => (bytes / 1e6).toFixed(1);
