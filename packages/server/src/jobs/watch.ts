import type { JobStore } from "./store.ts";

/** An event of a job with the place in its log after it, from which a watcher can go on. */
export interface WatchedEvent {
  readonly id: number;
  readonly text: string;
}

const endStates = ["done", "failed", "cancelled"];

/**
 * The events of a job from a place in its log on, those that are there and those to come, until its end. The log is read as
 * it grows, whichever process writes it; `undefined` comes now and then while nothing happens, to keep a connection alive.
 */
export async function* watchJob(
  store: JobStore,
  id: string,
  {
    from = 0,
    signal,
    pollMs = 200,
    idleMs = 15_000,
  }: { from?: number; signal: AbortSignal; pollMs?: number; idleMs?: number },
): AsyncIterable<WatchedEvent | undefined> {
  let place = from;
  let quietMs = 0;
  let patience = 5;
  while (!signal.aborted) {
    // asked before the log is read: what is written last is then read for sure
    const { state } = await store.find(id);
    const { lines, next } = await store.readEvents(id, place);
    for (const text of lines) {
      place += Buffer.byteLength(text) + 1;
      yield { id: place, text };
    }
    place = next;
    if (lines.some(isEnd)) return;
    if (lines.length > 0) {
      quietMs = 0;
      continue;
    }
    // the state is written just before the last event, which a process that died then has not written at all
    if (endStates.includes(state) && --patience < 0) return;
    await sleep(pollMs, signal);
    quietMs += pollMs;
    if (quietMs < idleMs) continue;
    quietMs = 0;
    yield undefined;
  }
}

const isEnd = (line: string): boolean => (JSON.parse(line) as { type?: string }).type === "end";

const sleep = (ms: number, signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    const timer = setTimeout(done, ms);
    function done() {
      clearTimeout(timer);
      signal.removeEventListener("abort", done);
      resolve();
    }
    signal.addEventListener("abort", done);
  });
