import type { Predicted, Validation } from "./measure.ts";

/** Digits kept of a prediction: as many as a float16 holds, and one more. */
const DIGITS = 4;

/** Name of the file with an epoch's predictions in the folder of a run; they sort by epoch. */
export const predictionsName = (epoch: number): string => `predictions/epoch-${String(epoch).padStart(3, "0")}.json`;

/**
 * What the model said of every validation sample, as JSON by task: { ids [n], outputs [n][d], targets [n][...] }. Kept at every
 * epoch, so that each task's best moment can be found and looked at later.
 */
export const predictionsText = ({ predicted }: Validation): string =>
  `{\n${[...predicted].map(([task, samples]) => `${JSON.stringify(task)}: ${taskText(samples)}`).join(",\n")}\n}\n`;

const taskText = ({ ids, outputs, targets }: Predicted): string =>
  JSON.stringify({ ids, outputs: outputs.map(rounded), targets: targets.map((tensors) => tensors.map(rounded)) });

const rounded = (values: Float32Array): number[] => Array.from(values, (value) => Number(value.toPrecision(DIGITS)));
