/** Speed and time left, from the steps of the last minute. */
export interface Pace {
  /** Notes that a step is done. */
  tick(): void;
  readonly imagesPerSecond: number;
  secondsLeft(stepsLeft: number): number;
}

const WINDOW_SECONDS = 60;

export function createPace(batch: number, now: () => number): Pace {
  const times: number[] = [now()];
  const stepsPerSecond = () => {
    const seconds = (times.at(-1)! - times[0]!) / 1000;
    return seconds > 0 ? (times.length - 1) / seconds : 0;
  };
  return {
    tick() {
      times.push(now());
      while (times.length > 2 && times.at(-1)! - times[0]! > WINDOW_SECONDS * 1000) times.shift();
    },
    get imagesPerSecond() {
      return stepsPerSecond() * batch;
    },
    secondsLeft: (stepsLeft) => (stepsPerSecond() > 0 ? stepsLeft / stepsPerSecond() : 0),
  };
}
