/** Pictures by whose time the rest is foretold; the first also waits for the codec. */
const LEAST = 2;

/** Seconds until all are done, by the pace so far; undefined while too few are done to tell. */
export function secondsLeft({
  done,
  total,
  elapsedMs,
}: {
  readonly done: number;
  readonly total: number;
  readonly elapsedMs: number;
}): number | undefined {
  if (done < LEAST || done >= total) return undefined;
  return (elapsedMs / done / 1000) * (total - done);
}
