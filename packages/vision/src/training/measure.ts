import type { LabelledBox, Sample } from "../data/types.ts";
import type { Preprocessing } from "../image/preprocess.ts";
import type { Classification } from "../tasks/classification.ts";
import type { Detection } from "../tasks/detection-spec.ts";
import type { Detected } from "../tasks/detections.ts";
import type { Landmarks } from "../tasks/landmarks.ts";
import type { Multilabel } from "../tasks/multilabel.ts";
import type { Ordinal } from "../tasks/ordinal.ts";
import type { Regression } from "../tasks/regression.ts";
import type { TaskSpec } from "../tasks/table.ts";
import type { Measures } from "./events.ts";

/** What a model said of validation samples that are labelled for a task. */
export interface Predicted {
  /** Names of the samples, "mtfl/images/00003.jpg". */
  readonly ids: readonly string[];
  /** [samples][outputs], as the model gives them: logits before a temperature, points as shares of the input. */
  readonly outputs: readonly Float32Array[];
  /** [samples], what the task makes of each label. */
  readonly targets: readonly (readonly Float32Array[])[];
}

/** What a detector found in a validation picture, everything from a low score up. */
export interface DetectedSample {
  readonly sample: Sample;
  readonly detections: readonly Detected[];
}

/** What a detector found in validation pictures that are labelled for a task, and what is labelled there, in pixels of the pictures. */
export interface PredictedBoxes {
  /** Names of the pictures, "face_scenes/images/00003.jpg". */
  readonly ids: readonly string[];
  /** [pictures], the surest first. */
  readonly found: readonly (readonly Pick<Detected, "box" | "score" | "class">[])[];
  /** [pictures] */
  readonly labelled: readonly (readonly Pick<LabelledBox, "box" | "kind" | "class">[])[];
}

/** What of a recipe, or of a card, says how a model is served. */
export interface Served {
  readonly preprocessing: Preprocessing;
  readonly model: { readonly tasks: readonly TaskSpec[] };
}

type Measure<Spec> = (predicted: Predicted, spec: Spec) => Measures;

/** How predictions become numbers, by kind of task; given to the trainer, which knows no metrics. */
export interface Measurers {
  readonly classification: Measure<Classification>;
  readonly landmarks: Measure<Landmarks>;
  readonly multilabel: Measure<Multilabel>;
  readonly ordinal: Measure<Ordinal>;
  readonly regression: Measure<Regression>;
  readonly detection: (samples: readonly DetectedSample[], spec: Detection) => Measures;
}

/** Every other sample, and the rest: what is chosen on one half is told of the other. */
export function halvesOf({ ids, outputs, targets }: Predicted): readonly [Predicted, Predicted] {
  const half = (parity: number): Predicted => {
    const of = <Item>(items: readonly Item[]) => items.filter((_, index) => index % 2 === parity);
    return { ids: of(ids), outputs: of(outputs), targets: of(targets) };
  };
  return [half(0), half(1)];
}

export const joinedPredictions = (parts: readonly Predicted[]): Predicted => ({
  ids: parts.flatMap(({ ids }) => ids),
  outputs: parts.flatMap(({ outputs }) => outputs),
  targets: parts.flatMap(({ targets }) => targets),
});

/** The outcome of one validation. */
export interface Validation {
  /** By "TASK/METRIC". */
  readonly metrics: Measures;
  /** By task, for calibration and for choosing the moment; detectors have none. */
  readonly predicted: ReadonlyMap<string, Predicted>;
  /** By task, of detectors; absent where there are none. */
  readonly boxes?: ReadonlyMap<string, PredictedBoxes>;
}

/** Metrics under the name of their task; what these samples do not define (NaN) is left out, it is no result. */
export const namedMeasures = ({ name }: Pick<TaskSpec, "name">, measured: Measures): Measures =>
  Object.fromEntries(
    Object.entries(measured)
      .filter(([, value]) => Number.isFinite(value))
      .map(([metric, value]) => [`${name}/${metric}`, value]),
  );

/** What a task's measurer says of predictions, under the name of the task. */
export const measureTask = (measurers: Measurers, task: TaskSpec, predicted: Predicted): Measures =>
  namedMeasures(task, (measurers[task.kind] as (predicted: Predicted, task: TaskSpec) => Measures)(predicted, task));
