/** A time in whole minutes and seconds; `seconds` goes up to the next five where there are minutes, as nobody knows better. */
export function durationParts(seconds: number): { readonly minutes: number; readonly seconds: number } {
  const whole = Math.max(0, Math.ceil(seconds));
  if (whole < 60) return { minutes: 0, seconds: whole };
  const rounded = Math.ceil(whole / 5) * 5;
  return { minutes: Math.floor(rounded / 60), seconds: rounded % 60 };
}

/** A share from 0 to 1 as percent without decimals. */
export const percent = (share: number): string => `${Math.round(100 * share)}%`;
