import { z } from "zod";
import { classification, classificationSchema } from "./classification.ts";
import { detection } from "./detection.ts";
import { detectionSchema } from "./detection-spec.ts";

/** Tasks by kind. */
export const tasks = { classification, detection } as const;

/** A task as it stands in a recipe and in a model's card. */
export const taskSchema = z.discriminatedUnion("kind", [classificationSchema, detectionSchema]);

export type TaskSpec = z.output<typeof taskSchema>;
