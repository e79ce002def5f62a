import type { Session, Tensor } from "@foveajs/graph";
import { writeWhole } from "@foveajs/vision";
import { errors } from "../errors.ts";

/** Runs whose median is told, after as many as warm the caches. */
const TIMED = { runs: 21, warm: 3 };

/** Median milliseconds of each session for the same inputs; they take turns, so that what else the machine does meets all alike. */
export async function medians(
  sessions: readonly Session[],
  inputs: Readonly<Record<string, Tensor>>,
): Promise<number[]> {
  const times = sessions.map((): number[] => []);
  for (let run = 0; run < TIMED.warm + TIMED.runs; run++) {
    for (const [index, session] of sessions.entries()) {
      const start = performance.now();
      await session.run(inputs);
      if (run >= TIMED.warm) times[index]!.push(performance.now() - start);
    }
  }
  return times.map((all) => all.sort((a, b) => a - b)[Math.floor(TIMED.runs / 2)]!);
}

/** Writes a converted file whole or not at all. */
export const writeModel = (path: string, bytes: Uint8Array): Promise<void> =>
  writeWhole(path, [bytes]).catch((cause: Error) => {
    throw errors["write-model-failed"]({ path, reason: cause.message }, { cause });
  });
