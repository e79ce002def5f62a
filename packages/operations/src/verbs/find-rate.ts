import type { RateCurve } from "@foveajs/vision";
import { z } from "zod";

/** How the loss answers to the learning rate, with what follows from it. */
export const ratesSchema = z.object({
  type: z.literal("rates"),
  points: z.array(
    z.object({
      step: z.int(),
      factor: z.number().describe("of the recipe's rates, all groups alike"),
      rate: z.number().describe("of the first group"),
      loss: z.number(),
      smoothed: z.number(),
    }),
  ),
  suggestion: z
    .object({ factor: z.number(), rate: z.number() })
    .nullable()
    .describe("where the smoothed loss falls fastest over the logarithm of the rate; null where it never falls"),
  ended: z.enum(["ramp", "diverged"]),
  source: z.string(),
});

/** Where the procedure is described. */
const SOURCE =
  "Smith, Cyclical learning rates for training neural networks, WACV 2017, arXiv:1506.01186; suggestion by steepest descent";

export const ratesResult = ({ points, suggestion, ended }: RateCurve): z.output<typeof ratesSchema> => ({
  type: "rates",
  points: points.map((point) => ({ ...point })),
  suggestion: suggestion && { ...suggestion },
  ended,
  source: SOURCE,
});
