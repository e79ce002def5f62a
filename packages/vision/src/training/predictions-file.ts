import type { Box } from "../image/image.ts";
import type { Predicted, PredictedBoxes, Validation } from "./measure.ts";

/** Digits kept of a prediction: as many as a float16 holds, and one more. */
const DIGITS = 4;

/** Finds kept of a picture, the surest ones: more change no curve that can be seen, and a file an epoch would become large. */
const MOST_FOUND = 100;

/** Name of the file with an epoch's predictions in the folder of a run; they sort by epoch. */
export const predictionsName = (epoch: number): string => `predictions/epoch-${String(epoch).padStart(3, "0")}.json`;

/**
 * What the model said of every validation sample, as JSON by task: { ids [n], outputs [n][d], targets [n][...] }; of a detector
 * { ids [n], found [n][...], labelled [n][...] }, a find as [x, y, width, height, score] or with its class after that, a label as
 * [kind, x, y, width, height] or with its class. Kept at every epoch, so that each task's best moment can be found and looked at later.
 */
export const predictionsText = ({ predicted, boxes = new Map() }: Validation): string => {
  const tasks = [
    ...[...predicted].map(([task, samples]) => [task, taskText(samples)] as const),
    ...[...boxes].map(([task, pictures]) => [task, boxesText(pictures)] as const),
  ];
  return `{\n${tasks.map(([task, text]) => `${JSON.stringify(task)}: ${text}`).join(",\n")}\n}\n`;
};

/** A task's entry in a file of predictions of a detector, as it stands in JSON. */
interface BoxesText {
  readonly ids: readonly string[];
  readonly found: readonly (readonly number[])[][];
  readonly labelled: readonly (readonly [PredictedBoxes["labelled"][number][number]["kind"], ...number[]])[][];
}

const boxesText = ({ ids, found, labelled }: PredictedBoxes): string => {
  const text: BoxesText = {
    ids,
    found: found.map((finds) =>
      finds
        .slice(0, MOST_FOUND)
        .map(({ box, score, class: index }) => [
          ...placed(box),
          Number(score.toPrecision(DIGITS)),
          ...(index === undefined ? [] : [index]),
        ]),
    ),
    labelled: labelled.map((boxes) =>
      boxes.map(({ box, kind, class: index }) => [kind, ...placed(box), ...(index === undefined ? [] : [index])]),
    ),
  };
  return JSON.stringify(text);
};

/** A box to a tenth of a pixel. */
const placed = ({ x, y, width, height }: Box): number[] =>
  [x, y, width, height].map((value) => Number(value.toFixed(1)));

/** Reads what a file of predictions holds of a detector; undefined for another task's entry. */
export function readBoxes(entry: object): PredictedBoxes | undefined {
  if (!("found" in entry)) return undefined;
  const { ids, found, labelled } = entry as BoxesText;
  const boxAt = ([x, y, width, height]: readonly number[]): Box => ({ x: x!, y: y!, width: width!, height: height! });
  const classAt = (index: number | undefined) => (index === undefined ? {} : { class: index });
  return {
    ids,
    found: found.map((finds) => finds.map((row) => ({ box: boxAt(row), score: row[4]!, ...classAt(row[5]) }))),
    labelled: labelled.map((boxes) => boxes.map(([kind, ...row]) => ({ box: boxAt(row), kind, ...classAt(row[4]) }))),
  };
}

const taskText = ({ ids, outputs, targets }: Predicted): string =>
  JSON.stringify({ ids, outputs: outputs.map(rounded), targets: targets.map((tensors) => tensors.map(rounded)) });

const rounded = (values: Float32Array): number[] => Array.from(values, (value) => Number(value.toPrecision(DIGITS)));
