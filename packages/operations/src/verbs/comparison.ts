import { z } from "zod";

const bound = z.number().nullable();

/** What `compare` tells of two results of one protocol, mode and split. */
export const comparisonSchema = z.object({
  protocol: z.string(),
  mode: z.string(),
  split: z.object({ name: z.string(), sha256: z.string(), count: z.int() }),
  first: z.object({ name: z.string(), sha256: z.string() }),
  second: z.object({ name: z.string(), sha256: z.string() }),
  basis: z
    .enum(["paired", "intervals"])
    .describe("paired: both results tell what each sample came to; intervals: only their intervals are compared"),
  units: z.int().optional().describe("independent units that the paired tests are over"),
  metrics: z
    .record(
      z.string(),
      z.object({
        first: bound,
        second: bound,
        difference: bound.describe("second minus first"),
        interval: z.tuple([bound, bound]).describe("of the difference, 95 % paired bootstrap; null without outcomes"),
        p_value: bound.describe("two-sided paired permutation test; null without outcomes"),
        mcnemar: z
          .object({ only_first: z.int(), only_second: z.int(), p_value: bound })
          .optional()
          .describe("samples that only one result has right; where every sample is a unit of its own"),
        verdict: z
          .enum(["first", "second", "noise", "unknown"])
          .describe(
            "which is better; noise: the difference is within chance; unknown: it cannot be told, reason says why",
          ),
        reason: z.string().optional(),
      }),
    )
    .describe("by name"),
  seed: z.int(),
});

export type Comparison = z.output<typeof comparisonSchema>;
