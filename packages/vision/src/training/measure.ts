import type { Sample } from "../data/types.ts";
import type { Detected } from "../tasks/detections.ts";
import type { Measures } from "./events.ts";

/** Predictions on validation samples that are labelled for a task. */
export interface ClassifiedSamples {
  /** [samples][classes], before the temperature */
  readonly logits: readonly Float32Array[];
  /** [samples][classes], summing to 1 */
  readonly targets: readonly Float32Array[];
}

/** What a detector found in a validation picture, everything from a low score up. */
export interface DetectedSample {
  readonly sample: Sample;
  readonly detections: readonly Detected[];
}

/** How predictions become numbers, by kind of task; given to the trainer, which knows no metrics. */
export interface Measurers {
  readonly classification: (samples: ClassifiedSamples) => Measures;
  readonly detection: (samples: readonly DetectedSample[], threshold: number) => Measures;
}
