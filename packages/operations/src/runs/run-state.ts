import type { RunLog } from "./run-record.ts";

/** How a run stands. `running`: its log was written to within the last minutes. */
export type RunState = "done" | "running" | "stopped";

/** A checkpoint is logged every minute, but for a validation between two of them. */
const QUIET_MS = 5 * 60_000;

/** The state of a run at a time, in milliseconds of the clock. */
export const runState = ({ done, changed }: RunLog, now: number): RunState =>
  done !== undefined ? "done" : now - changed < QUIET_MS ? "running" : "stopped";

/** The last thing that a run told of its progress. */
export function runPlace({ start, steps, epochs, done }: RunLog) {
  const told = [...steps.slice(-1), ...epochs.slice(-1)].sort((a, b) => b.step - a.step)[0];
  return {
    step: done?.step ?? told?.step ?? start.step,
    steps: start.steps,
    epoch: told?.epoch ?? start.epoch,
    epochs: start.epochs,
    secondsLeft: done === undefined ? told?.seconds_left : 0,
    imagesPerSecond: told?.images_per_second,
    /** Of all epochs that are done, or of the whole once it is. */
    seconds: done?.seconds ?? epochs.reduce((sum, { seconds }) => sum + seconds, 0),
  };
}
