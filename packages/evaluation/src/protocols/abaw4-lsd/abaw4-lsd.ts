import { classificationMetrics, classificationTest } from "../classification.ts";
import type { Protocol } from "../protocol.ts";
import { chooseSplit } from "../split.ts";
import { lsdAliases, lsdExpressions, readLsd } from "./release.ts";

const source = "sb-ai-lab/EmotiEffLib, notebook abaw4_lsd_train";

/** Six expressions of real frames, learnt from synthetic pictures alone: the LSD challenge of ABAW-4. */
export const abaw4Lsd: Protocol = {
  id: "abaw4-lsd",
  title: "ABAW-4 learning from synthetic data: six expressions of real frames",
  task: "classification",
  metrics: classificationMetrics,
  parts: [{ name: "valid", count: 4670 }, { name: "train" }],
  unit: "picture, or group (the video) where the label file has a column for it",
  data: {
    where: "https://ibug.doc.ic.ac.uk/resources/eccv-2023-4th-abaw/",
    licence: "agreement with the organisers; research only (recalled)",
    source:
      "Kollias: ABAW: Learning from Synthetic Data & Multi-Task Learning Challenges, ECCV Workshops 2022 (recalled)",
  },
  rules: [
    "The challenge ranked by macro_f1 over the six classes.",
    "Trained on the synthetic pictures (about 277,251); of real ones only general pre-training is allowed (recalled).",
    "A model's columns for neutral and contempt are left out before the largest is taken.",
    "The release does not tell videos: intervals over pictures are too narrow where frames are of one video (design).",
    "The labels of the test part (106,120 frames) are kept by the organisers; there the baseline had about 0.30 (recalled).",
  ],
  published: [
    {
      method: "ResNet-50 of the organisers, validation",
      metric: "macro_f1",
      value: 0.5,
      source: "as told by the winners",
    },
    { method: "MT-EmotiEffNet, not fine-tuned, validation", metric: "macro_f1", value: 0.609, source },
    { method: "MT-EmotiEffNet, super-resolution and blend, validation", metric: "macro_f1", value: 0.682, source },
    { method: "HSE-NN, test", metric: "macro_f1", value: 0.37, source: "(recalled)" },
  ],
  async read(files, options = {}) {
    const { layout, rows } = await readLsd(files);
    const labelled = rows.map((row) => ({ ...row, label: [row.target] }));
    const chosen = await chooseSplit(abaw4Lsd, labelled, { ...options, layout, folder: files.name });
    return classificationTest({
      ...chosen,
      modes: ["direct", "end_to_end"],
      classes: lsdExpressions,
      aliases: lsdAliases,
      samples: chosen.rows.map(({ id, unit, target }) => ({ id, picture: { file: id }, unit, target })),
    });
  },
};
