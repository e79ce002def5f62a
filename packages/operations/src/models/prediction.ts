import { z } from "zod";

const scores = z.record(z.string(), z.number().min(0).max(1));
const point = z.tuple([z.number(), z.number()]);

/** What one task of a model tells of a picture; coordinates are pixels of the upright picture, origin top left. */
const taskPredictionSchema = z.discriminatedUnion("kind", [
  z.object({
    kind: z.literal("classification"),
    label: z.string().describe("the likeliest"),
    scores: scores.describe("calibrated probabilities, by label"),
  }),
  z.object({
    kind: z.literal("multilabel"),
    labels: z.array(z.string()).describe("those that are told"),
    scores: scores.describe("probabilities, by label"),
  }),
  z.object({
    kind: z.literal("ordinal"),
    label: z.string().describe("the nearest grade"),
    grade: z.number().min(0).describe("expected grade, 0 is the lowest"),
  }),
  z.object({
    kind: z.literal("regression"),
    values: z.record(z.string(), z.number()),
    derived_from: z.string().optional().describe("what the numbers were worked out from, where nobody measured them"),
  }),
  z.object({ kind: z.literal("landmarks"), points: z.array(point) }),
  z.object({
    kind: z.literal("detection"),
    objects: z
      .array(
        z.object({
          box: z.object({ x: z.number(), y: z.number(), width: z.number(), height: z.number() }),
          score: z.number().min(0).max(1),
          label: z.string().optional(),
          points: z.array(point),
        }),
      )
      .describe("from the highest score down"),
  }),
]);

export type TaskPrediction = z.output<typeof taskPredictionSchema>;

/** What a model tells of a picture, by the names of its tasks. */
export const predictionSchema = z.record(z.string(), taskPredictionSchema);

export type Prediction = z.output<typeof predictionSchema>;
