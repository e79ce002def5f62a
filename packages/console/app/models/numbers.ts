const steps = [
  [1e9, "G"],
  [1e6, "M"],
  [1e3, "k"],
] as const;

/** A count in three digits: 53.2 M, 729 k, 98. */
export function shortCount(count: number): string {
  for (const [size, letter] of steps) {
    if (count < size) continue;
    const value = count / size;
    return `${value.toFixed(value >= 100 ? 0 : value >= 10 ? 1 : 2)} ${letter}`;
  }
  return String(count);
}

/** A count with all digits, in groups of three by thin spaces (ISO 80000-1). */
export const wholeCount = (count: number): string => String(count).replace(/\B(?=(\d{3})+(?!\d))/g, "\u202f");
