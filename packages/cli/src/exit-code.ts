import type { Outcome } from "@foveajs/operations";
import type { exitCodes } from "./flags/help.ts";

export type ExitCode = keyof typeof exitCodes;

/** The exit code of a run that came to its end, by how many of its results meant what. */
export function exitCodeOf(outcomes: Readonly<Record<Outcome, number>>): ExitCode {
  if (outcomes.unmet > 0) return 4;
  if (outcomes.failed === 0) return 0;
  return outcomes.done > 0 ? 1 : 3;
}
