/** Quantile q (0 to 1) of sorted numbers [N >= 1], linear between neighbours (type 7, as numpy's default). */
export function quantile(sorted: ArrayLike<number>, q: number): number {
  const position = (sorted.length - 1) * q;
  const below = Math.floor(position);
  const low = sorted[below]!;
  const high = sorted[Math.min(below + 1, sorted.length - 1)]!;
  return low === high ? low : low + (high - low) * (position - below); // also where both are infinite
}
