import { unitMetrics } from "../multitask/action-units.ts";
import { remeasureMultitask } from "../multitask/evidence.ts";
import type { MultitaskMeasures } from "../multitask/measures.ts";
import { multitaskTest } from "../multitask/multitask.ts";
import { targetCells } from "../multitask/unit-targets.ts";
import type { Protocol } from "../protocol.ts";
import { chooseSplit } from "../split.ts";
import { emotioNetUnits, readEmotioNet } from "./release.ts";

const tal = "first of the challenge: abstract of arXiv:2004.09862 (CVPRW 2020)";

const measures: MultitaskMeasures = {
  labels: emotioNetUnits,
  derive: ({ mean_accuracy, mean_f1, ...units }) => ({
    final: {
      value: (mean_accuracy!.value + mean_f1!.value) / 2,
      ...(mean_f1!.reason === undefined ? {} : { reason: mean_f1!.reason }),
    },
    mean_accuracy: mean_accuracy!,
    mean_f1: mean_f1!,
    ...units,
  }),
};

/** Action units of the EmotioNet challenge of 2020. */
export const emotioNet2020: Protocol = {
  id: "emotionet-2020",
  title: "EmotioNet challenge 2020: 23 action units in the wild",
  task: "multitask",
  metrics: [
    {
      name: "final",
      unit: "fraction",
      higherIsBetter: true,
      summary: "(mean_accuracy + mean_f1) / 2, by which the challenge ranked",
    },
    { name: "mean_accuracy", unit: "fraction", higherIsBetter: true, summary: "mean of the accuracies of the units" },
    { name: "mean_f1", unit: "fraction", higherIsBetter: true, summary: "mean of F1 over the units" },
    ...unitMetrics(emotioNetUnits),
  ],
  parts: [{ name: "test" }, { name: "validation" }, { name: "optimization" }, { name: "train" }],
  unit: "picture, or group where the label file has a column for it",
  data: {
    where: "https://cbcsl.ece.ohio-state.edu/enc-2020/ (recalled), on request",
    licence: "agreement with Ohio State University; research only (recalled); the pictures are addresses on the web",
    source: "Benitez-Quiroz, Srinivasan, Martinez: EmotioNet, CVPR 2016 (recalled)",
  },
  rules: [
    "final = (mean of accuracy + mean of F1) / 2 over 23 units; F with beta 0.5 and 2 were told in 2017 too (recalled).",
    "Each unit is measured over the pictures in which its label is 0 or 1; 999, -1 (recalled) and anything else are missing, never a negative (design).",
    "A unit that is neither labelled nor named is left out of both means, and its F1 says so (design).",
    "The labels of validation (about 107,000 pictures) and test (about 218,000) were kept by the organisers: without them, score the optimization list (24,600, by hand). No part has a published count to be checked by, since addresses die.",
    "A list belongs to the part that its name tells (test, valid, optim, train), else to test; its header names the units (design).",
  ],
  published: [
    { method: "TAL, validation", metric: "final", value: 0.746, source: tal },
    { method: "TAL, test", metric: "final", value: 0.7306, source: tal },
  ],
  remeasure: remeasureMultitask(measures),
  async read(files, options = {}) {
    const { layout, rows } = await readEmotioNet(files);
    const labelled = rows.map((row) => ({
      ...row,
      label: targetCells(row.targets),
      isScored: row.targets.some((target) => !Number.isNaN(target)),
    }));
    const chosen = await chooseSplit(emotioNet2020, labelled, { ...options, layout, folder: files.name });
    return multitaskTest({
      ...chosen,
      modes: ["direct", "end_to_end"],
      measures,
      samples: chosen.rows.map(({ id, file, unit, targets }) => ({ id, picture: { file }, unit, labels: targets })),
    });
  },
};
