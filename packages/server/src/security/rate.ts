/** How many requests each key has left; seconds to wait where there are none. */
export interface RateLimit {
  /** 0 where the request may go on, else the seconds after which the next may. */
  take(key: string): number;
}

/**
 * A bucket a key that fills evenly: bursts up to the limit, then the limit a minute. Buckets that are full again are
 * forgotten, so that memory is bounded by who asked within a minute.
 */
export function createRateLimit({ perMinute, now }: { perMinute: number; now: () => number }): RateLimit {
  const buckets = new Map<string, { left: number; at: number }>();
  const perMs = perMinute / 60_000;
  let sweptAt = now();
  const filled = ({ left, at }: { left: number; at: number }, time: number) =>
    Math.min(perMinute, left + (time - at) * perMs);
  return {
    take(key) {
      const time = now();
      if (time - sweptAt > 60_000) {
        for (const [name, bucket] of buckets) if (filled(bucket, time) >= perMinute) buckets.delete(name);
        sweptAt = time;
      }
      const left = filled(buckets.get(key) ?? { left: perMinute, at: time }, time);
      if (left < 1) return Math.ceil((1 - left) / perMs / 1000);
      buckets.set(key, { left: left - 1, at: time });
      return 0;
    },
  };
}
