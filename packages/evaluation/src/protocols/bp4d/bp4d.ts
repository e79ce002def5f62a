import { unitMetrics, unitNames } from "../multitask/action-units.ts";
import { remeasureMultitask } from "../multitask/evidence.ts";
import { type FoldedSet, foldMeasures, foldMetrics, foldsTest } from "../multitask/unit-folds.ts";
import type { Protocol } from "../protocol.ts";

/** Units and test subjects of BP4D, the third part of the published lists first, as ME-GraphAU numbers its folds. */
export const bp4dFolds: FoldedSet = {
  name: "BP4D",
  units: unitNames([1, 2, 4, 6, 7, 10, 12, 14, 15, 17, 23, 24]),
  folds: [
    "F007 F015 F006 F019 M006 M009 F012 M003 F004 F021 F017 M015 F014",
    "M011 F003 M010 M002 F005 F022 M018 M017 F013 M016 F020 F011 M013 M005",
    "F001 M007 F018 F008 F002 M004 F010 F009 M012 M001 F016 M014 F023 M008",
  ].map((subjects) => subjects.split(" ")),
};

const source = "CVI-SZU/ME-GraphAU, README";

/** Twelve action units of spontaneous expressions, three folds of subjects. */
export const bp4d: Protocol = {
  id: "bp4d",
  title: "BP4D: 12 action units of 41 subjects, three folds without a common subject",
  task: "multitask",
  metrics: [...foldMetrics, ...unitMetrics(bp4dFolds.units)],
  parts: [
    { name: "folds", count: 146_576 },
    { name: "fold1", count: 45_809 },
    { name: "fold2", count: 50_166 },
    { name: "fold3", count: 50_601 },
  ],
  unit: "subject",
  data: {
    where:
      "http://www.cs.binghamton.edu/~lijun/Research/3DFE/3DFE_Analysis.html (recalled), on request; lists by github.com/CVI-SZU/ME-GraphAU, tool/",
    licence: "agreement with Binghamton University; research only (recalled)",
    source: "Zhang et al.: BP4D-Spontaneous, Image and Vision Computing (2014)",
  },
  rules: [
    "Units are present or absent, as they were coded. Threshold 0.5: a unit is named from there up.",
    "Counts are pooled over the frames of a fold; F1 of each unit, then the mean over units and folds. A unit that is neither labelled nor named in a fold is left out there (design).",
    "Part folds takes the predictions of all three test folds together, each by the model that was trained on the two others.",
    "Repeated three-fold splits of BP4D+ move mean F1 by 0.065 either way: smaller gains are no news.",
    "Choosing the epoch on the test fold, as public scripts do, is a leak: choose on an inner split.",
  ],
  published: [
    { method: "JAA-Net", metric: "mean_f1", value: 0.6, source },
    { method: "HMP-PS", metric: "mean_f1", value: 0.634, source },
    { method: "ME-GraphAU, ResNet-50", metric: "mean_f1", value: 0.647, source },
    { method: "ME-GraphAU, Swin-B", metric: "mean_f1", value: 0.655, source },
  ],
  remeasure: remeasureMultitask(foldMeasures(bp4dFolds)),
  read: (files, options) => foldsTest(bp4d, bp4dFolds, files, options),
};
