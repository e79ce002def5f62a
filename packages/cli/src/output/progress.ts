import type { Progress } from "@foveajs/operations";
import { bar, duration, printable } from "./table.ts";

/** A line at the foot of a terminal that says how far the work is. */
export interface ProgressLine {
  update(progress: Progress): void;
  /** Takes the line away, before other text and at the end. */
  clear(): void;
}

interface ProgressOptions {
  readonly write: (text: string) => void;
  /** Width of the terminal in characters, asked anew at each drawing. */
  readonly columns: () => number;
  /** Milliseconds. */
  readonly now: () => number;
}

const intervalMs = 100;

/** Draws at most ten times a second; time left is by the operation's word, or by the pace so far. */
export function createProgressLine({ write, columns, now }: ProgressOptions): ProgressLine {
  const start = now();
  let drawnAt = -Infinity;
  let isShown = false;
  const clear = () => {
    if (isShown) write("\r\u001b[2K");
    isShown = false;
  };
  const update = (progress: Progress) => {
    const isDone = progress.done === progress.total;
    if (isDone) return clear();
    if (now() - drawnAt < intervalMs) return;
    drawnAt = now();
    const line = progressText(progress, now() - start);
    // A line that wraps cannot be taken away again.
    write(`\r\u001b[2K${[...line].slice(0, Math.max(0, columns() - 1)).join("")}`);
    isShown = true;
  };
  return { update, clear };
}

/** No line at all, where there is no terminal. */
export const noProgressLine: ProgressLine = { update: () => {}, clear: () => {} };

/** "███▌      35/100 images  12 s left  photo.jpg" */
export function progressText({ done, total, unit, note, secondsLeft }: Progress, elapsedMs: number): string {
  const left =
    secondsLeft ?? (total !== undefined && done > 0 ? ((elapsedMs / done) * (total - done)) / 1000 : undefined);
  return [
    ...(total === undefined ? [`${done} ${unit}`] : [`${bar(done / Math.max(1, total), 20)} ${done}/${total} ${unit}`]),
    ...(left === undefined ? [] : [`${duration(Math.round(left) * 1000)} left`]),
    ...(note === undefined ? [] : [printable(note)]),
  ].join("  ");
}
