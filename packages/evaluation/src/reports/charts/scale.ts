/** Maps a value to a place in a drawing. */
export type Scale = (value: number) => number;

/** From `domain` to `place`, straight or by logarithm (of a domain above 0); values outside stay at the ends. */
export function makeScale(
  [from, to]: readonly [number, number],
  [start, end]: readonly [number, number],
  { scale = "linear" }: { scale?: "linear" | "log" } = {},
): Scale {
  const read = scale === "log" ? Math.log : (value: number) => value;
  const [low, high] = [read(from), read(to)];
  return (value) => {
    const share = (read(Math.min(Math.max(value, from), to)) - low) / (high - low);
    return start + (Number.isFinite(share) ? share : 0) * (end - start);
  };
}

/** Round numbers within [low, high] for an axis: 1, 2 or 5 times a power of ten apart, about `count` of them. */
export function linearTicks(low: number, high: number, count = 5): number[] {
  if (!(high > low)) return [low];
  const rough = (high - low) / count;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = power * ([1, 2, 5, 10].find((times) => times * power >= rough * 0.999) ?? 10);
  const first = Math.ceil(low / step - 1e-9);
  const last = Math.floor(high / step + 1e-9);
  // multiples of whole numbers, so that 3 * 0.1 is told as 0.3
  return Array.from({ length: last - first + 1 }, (_, i) => Number(((first + i) * step).toPrecision(12)));
}

/** Powers of ten within [low, high]. */
export function logTicks(low: number, high: number): number[] {
  const first = Math.ceil(Math.log10(low) - 1e-9);
  const last = Math.floor(Math.log10(high) + 1e-9);
  return Array.from({ length: Math.max(0, last - first + 1) }, (_, i) => Number((10 ** (first + i)).toPrecision(12)));
}

/** Hundredths of a unit are enough for a drawing; what is not finite is drawn at 0 and never breaks it. */
export const place = (value: number): string => (Number.isFinite(value) ? String(Math.round(value * 100) / 100) : "0");
