/** Milliseconds over which frames are counted. */
const SPAN = 2000;

/** Frames a second over the last two seconds, told at each frame; undefined before the second one. */
export function createFrameRate(): (nowMs: number) => number | undefined {
  let times: readonly number[] = [];
  return (nowMs) => {
    times = [...times.filter((time) => nowMs - time < SPAN), nowMs];
    const span = nowMs - times[0]!;
    return span > 0 ? ((times.length - 1) * 1000) / span : undefined;
  };
}
