import { unitMetrics, unitNames } from "../multitask/action-units.ts";
import { remeasureMultitask } from "../multitask/evidence.ts";
import { type FoldedSet, foldMeasures, foldMetrics, foldsTest } from "../multitask/unit-folds.ts";
import type { Protocol } from "../protocol.ts";

const subjects = (...numbers: readonly string[]) => numbers.map((number) => `SN0${number}`);

/** Units and test subjects of DISFA, the third part of the published lists first, as ME-GraphAU numbers its folds. */
export const disfaFolds: FoldedSet = {
  name: "DISFA",
  units: unitNames([1, 2, 4, 6, 9, 12, 25, 26]),
  folds: [
    subjects("03", "29", "23", "25", "08", "05", "07", "17", "04"),
    subjects("13", "18", "11", "28", "12", "06", "31", "21", "24"),
    subjects("02", "10", "01", "26", "27", "32", "30", "09", "16"),
  ],
};

const source = "CVI-SZU/ME-GraphAU, README";

/** Eight action units of spontaneous expressions, three folds of subjects. */
export const disfa: Protocol = {
  id: "disfa",
  title: "DISFA: eight action units of 27 subjects, three folds without a common subject",
  task: "multitask",
  metrics: [...foldMetrics, ...unitMetrics(disfaFolds.units)],
  // counted from the lists of ME-GraphAU, which keep all frames
  parts: [
    { name: "folds", count: 130_814 },
    { name: "fold1", count: 43_605 },
    { name: "fold2", count: 43_605 },
    { name: "fold3", count: 43_604 },
  ],
  unit: "subject",
  data: {
    where: "http://mohammadmahoor.com/disfa/ (recalled), on request; lists by github.com/CVI-SZU/ME-GraphAU, tool/",
    licence: "agreement with the University of Denver; research only (recalled)",
    source: "Mavadati, Mahoor, Bartlett, Trinh, Cohn: DISFA, IEEE Transactions on Affective Computing (2013)",
  },
  rules: [
    "A unit is present from intensity 2 on. Threshold 0.5: a unit is named from there up.",
    "Counts are pooled over the frames of a fold; F1 of each unit, then the mean over units and folds. A unit that is neither labelled nor named in a fold is left out there (design).",
    "Part folds takes the predictions of all three test folds together, each by the model that was trained on the two others.",
    "Lists are those of ME-GraphAU with all frames; those of JAA-Net (43,173, 40,344 and 42,627 frames) leave some out and are refused.",
    "Choosing the epoch on the test fold, as public scripts do, is a leak: choose on an inner split.",
  ],
  published: [
    { method: "JAA-Net", metric: "mean_f1", value: 0.56, source },
    { method: "HMP-PS", metric: "mean_f1", value: 0.61, source },
    { method: "ME-GraphAU, ResNet-50", metric: "mean_f1", value: 0.631, source },
    { method: "ME-GraphAU, Swin-B", metric: "mean_f1", value: 0.624, source },
  ],
  remeasure: remeasureMultitask(foldMeasures(disfaFolds)),
  read: (files, options) => foldsTest(disfa, disfaFolds, files, options),
};
