import { z } from "zod";
import { classification, classificationSchema } from "./classification.ts";
import { detection } from "./detection.ts";
import { detectionSchema } from "./detection-spec.ts";
import { landmarks, landmarksSchema } from "./landmarks.ts";
import { multilabel, multilabelSchema } from "./multilabel.ts";
import { ordinal, ordinalSchema } from "./ordinal.ts";
import { regression, regressionSchema } from "./regression.ts";

/** Tasks by kind. */
export const tasks = { classification, detection, landmarks, multilabel, ordinal, regression } as const;

/** A task as it stands in a recipe and in a model's card. */
export const taskSchema = z.discriminatedUnion("kind", [
  classificationSchema,
  detectionSchema,
  landmarksSchema,
  multilabelSchema,
  ordinalSchema,
  regressionSchema,
]);

export type TaskSpec = z.output<typeof taskSchema>;
