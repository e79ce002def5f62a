import { undefinedValue } from "../../metrics/metric.ts";
import { frameName } from "../ckplus/release.ts";
import { unitKey, unitMetrics, unitNames } from "../multitask/action-units.ts";
import { remeasureMultitask } from "../multitask/evidence.ts";
import type { MultitaskMeasures } from "../multitask/measures.ts";
import { multitaskTest } from "../multitask/multitask.ts";
import type { Protocol } from "../protocol.ts";
import { chooseSplit } from "../split.ts";
import { readCodedFrames } from "./release.ts";

/** Units with at least 15 positives among the 593 sequences (recalled). */
const numbers = [1, 2, 4, 5, 6, 7, 9, 10, 11, 12, 14, 15, 16, 17, 20, 23, 24, 25, 26, 27, 38, 39];
const units = unitNames(numbers);

/** A unit with fewer positives among what is scored tells nothing. */
const LEAST_POSITIVES = 15;

const rare = undefinedValue(`fewer than ${LEAST_POSITIVES} positive samples`);

const measures: MultitaskMeasures = {
  labels: units,
  derive: (values) => ({
    mean_f1: rare,
    mean_accuracy: rare,
    ...Object.fromEntries(units.map((unit) => [unitKey(unit), rare])),
    ...values,
  }),
};

/** Action units of the last frames of CK+. */
export const ckplusAu: Protocol = {
  id: "ckplus-au",
  title: "CK+: action units of the last frame of each sequence",
  task: "multitask",
  metrics: [
    {
      name: "mean_f1",
      unit: "fraction",
      higherIsBetter: true,
      summary: `mean of F1 over the units with at least ${LEAST_POSITIVES} positives`,
    },
    {
      name: "mean_accuracy",
      unit: "fraction",
      higherIsBetter: true,
      summary: "mean of accuracy over the same units",
    },
    ...unitMetrics(units),
  ],
  parts: [
    {
      name: "peak",
      count: 593,
      copies: [
        {
          count: 167,
          sha256: "d2a0f31b8b0cd59b279352306f6fb6dd20c2c24813e375b46899f4754512daa8",
          what: "frames of 85 subjects",
        },
      ],
    },
  ],
  unit: "subject",
  data: {
    where: "https://www.jeffcohn.net/Resources/",
    licence: "signed agreement; research only, no redistribution",
    source: "Lucey et al.: The Extended Cohn-Kanade Dataset (CK+), CVPR Workshops 2010",
  },
  rules: [
    "CK+ has no official split. A model that was trained on it is scored on predictions of all folds together, subject-exclusive (`subjectFolds`); one that was not, on all frames.",
    "A unit is present whatever its intensity; 0 is present with the intensity not given (recalled). Units that are not listed are absent.",
    `mean_f1 is over the units with at least ${LEAST_POSITIVES} positives among the frames that are scored; the others are undefined, and their columns may be absent (design).`,
    "The list of 22 units is recalled: those with at least 15 positives in the complete release.",
    "A missed face names no unit: its positives are missed (design).",
  ],
  published: [],
  remeasure: remeasureMultitask(measures),
  async read(files, options = {}) {
    const { layout, rows } = await readCodedFrames(files);
    const labelled = rows.map((row) => ({
      ...row,
      part: "peak",
      key: frameName(row.id),
      label: [row.subject, [...row.units.keys()].sort((a, b) => a - b).join(" ")],
    }));
    const chosen = await chooseSplit(ckplusAu, labelled, { ...options, layout, folder: files.name });
    const frequent = numbers.filter(
      (number) => chosen.rows.filter((row) => row.units.has(number)).length >= LEAST_POSITIVES,
    );
    return multitaskTest({
      ...chosen,
      // whole frames of the official release have no annotated face; a packed crop is taken for a picture
      modes: layout === "packed" ? ["direct", "end_to_end"] : ["end_to_end"],
      measures,
      scored: unitNames(frequent),
      samples: chosen.rows.map((row) => ({
        id: row.id,
        picture: { file: row.id },
        unit: row.subject,
        labels: frequent.map((number) => (row.units.has(number) ? 1 : 0)),
      })),
    });
  },
};
