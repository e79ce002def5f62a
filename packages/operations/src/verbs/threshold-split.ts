import {
  type ChosenThreshold,
  type Protocol,
  readBoxPredictions,
  readSimilarityPredictions,
  type Test,
} from "@foveajs/evaluation";
import { z } from "zod";
import type { Context } from "../context.ts";
import { errors } from "../errors.ts";
import type { Predictions } from "./predictions.ts";

/** The split on which a threshold is chosen, and the rate of false positives that it is chosen for. */
export interface ThresholdSplit {
  readonly test: Test;
  /** Folder of its pictures. */
  readonly data: string;
  readonly target: number;
}

export const thresholdSchema = z.object({
  value: z.number().describe("answers count from this score up"),
  target: z.number().describe("false finds a picture, or share of impostor pairs accepted, at most"),
  reached: z.number().describe("the same where the threshold was chosen"),
  split: z
    .object({ name: z.string(), sha256: z.string(), count: z.int() })
    .describe("where it was chosen: another split than the one that is scored"),
});

interface ThresholdInput {
  readonly data: string;
  readonly thresholdFrom?: string | undefined;
  readonly thresholdData?: string | undefined;
  readonly targetFpr?: number | undefined;
  readonly mismatch?: "refuse" | "custom" | undefined;
}

/** Reads the split that a threshold is chosen on; undefined where none is asked for. Refuses the split that is scored. */
export async function readThresholdSplit(
  protocol: Protocol,
  { data, thresholdFrom, thresholdData = data, targetFpr, mismatch }: ThresholdInput,
  { scored, parts }: { scored: Test } & Pick<Context, "parts">,
): Promise<ThresholdSplit | undefined> {
  if (targetFpr === undefined) return undefined;
  const test = await protocol.read(parts.releaseFiles(thresholdData), { part: thresholdFrom, mismatch });
  if (!hasThreshold(test)) throw errors["no-threshold"]({ protocol: protocol.id });
  const ids = new Set(scored.samples.map(({ id }) => id));
  const shared = thresholdData === data ? test.samples.filter(({ id }) => ids.has(id)).length : 0;
  if (shared > 0 || test.split.sha256 === scored.split.sha256) {
    throw errors["same-split"]({
      chosen: test.split.name,
      scored: scored.split.name,
      shared: Math.max(shared, test.split.sha256 === scored.split.sha256 ? scored.samples.length : 0),
    });
  }
  return { test, data: thresholdData, target: targetFpr };
}

const hasThreshold = (test: Test): boolean =>
  test.kind === "verification" || (test.kind === "detection" && test.thresholdFor !== undefined);

/** The threshold that predictions of the split come to; they must stand in the same file as those that are scored. */
export function thresholdOfPredictions(
  { test, target }: ThresholdSplit,
  { files: [{ name, text }] }: Predictions,
  options: { readonly iou?: number },
): ChosenThreshold {
  if (test.kind === "verification") return test.thresholdFor(readSimilarityPredictions(text, test, name), { target });
  if (test.kind === "detection" && test.thresholdFor) {
    return test.thresholdFor(readBoxPredictions(text, test, name), { ...options, target });
  }
  throw errors["no-threshold"]({ protocol: test.kind });
}

/** As results have it. */
export const reportedThreshold = (
  { test: { split }, target }: ThresholdSplit,
  { value, reached }: ChosenThreshold,
): z.output<typeof thresholdSchema> => {
  const { name, sha256, count } = split;
  return { value, target, reached, split: { name, sha256, count } };
};
