import { FoveaError } from "@foveajs/errors";
import { errors, ResponseError } from "../errors.ts";
import { sleep } from "../requests/sleep.ts";
import { readStream } from "./read-stream.ts";

/** An event of a job. */
export interface JobEvent<Data> {
  /** Its place: given as `after`, the events go on behind it. */
  readonly id: string;
  readonly data: Data;
}

export interface FollowOptions {
  readonly signal?: AbortSignal | undefined;
  /** Id of the last event that is known already; from the first on when absent. */
  readonly after?: string;
  /** How many attempts in a row may bring nothing before it is given up. */
  readonly reconnects?: number;
  /** A connection on which nothing comes for so long is taken for broken; the server says something every 15 seconds. */
  readonly idleMs?: number;
}

/** What the events of a job are read from. */
export interface EventSource {
  readonly job: string;
  /** Opens a connection that goes on after an event. */
  open(after: string | undefined): Promise<ReadableStream<Uint8Array>>;
  /** Whether the job has ended, so that nothing more can come. */
  isOver(): Promise<boolean>;
}

const FIRST_WAIT_MS = 500;
const MOST_WAIT_MS = 10_000;

/** What passes by itself: a server that restarts, and what a proxy says meanwhile. */
const passing = [502, 503, 504];

/**
 * The events of a job to its end, over as many connections as it takes. Throws `client/events-lost` where nothing comes any
 * more, what the server refuses, and the signal's reason.
 */
export async function* followEvents<Data extends { readonly type: string }>(
  { job, open, isOver }: EventSource,
  { signal, after, reconnects = 5, idleMs = 60_000 }: FollowOptions,
): AsyncIterable<JobEvent<Data>> {
  const what = `events of job ${job}`;
  let last = after;
  let attempts = 0;
  for (;;) {
    let broken: unknown;
    try {
      let count = 0;
      for await (const { id, data } of readStream(await open(last), { what, idleMs, signal })) {
        attempts = 0;
        count++;
        if (id !== "") last = id;
        const event = parsed<Data>(data, what);
        yield { id: last ?? "", data: event };
        if (event.type === "end") return;
      }
      // closed without a last event: the server was stopped, or died before it wrote one
      if (count === 0 && (await isOver())) return;
    } catch (thrown) {
      if (signal?.aborted || !isPassing(thrown)) throw thrown;
      broken = thrown;
    }
    attempts++;
    if (attempts > reconnects) throw errors["events-lost"]({ job, attempts }, { cause: broken });
    await sleep(Math.min(FIRST_WAIT_MS * 2 ** (attempts - 1), MOST_WAIT_MS), signal);
  }
}

const isPassing = (thrown: unknown): boolean =>
  thrown instanceof ResponseError
    ? passing.includes(thrown.status)
    : thrown instanceof FoveaError && thrown.code === "client/unreachable";

function parsed<Data>(text: string, what: string): Data {
  try {
    return JSON.parse(text) as Data;
  } catch (cause) {
    throw errors["bad-answer"]({ what, expected: "JSON", received: text.slice(0, 100) }, { cause });
  }
}
