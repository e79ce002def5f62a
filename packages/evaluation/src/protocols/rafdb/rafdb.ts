import { balancedAccuracy } from "../../metrics/balanced-accuracy.ts";
import { meanRecall } from "../affectnet/affectnet.ts";
import { classificationMetrics, classificationTest } from "../classification.ts";
import type { Protocol } from "../protocol.ts";
import { chooseSplit } from "../split.ts";
import { rafDbExpressions, readRafDb } from "./release.ts";

/** Names that other sets give the same expressions. */
const aliases = { happy: "happiness", sad: "sadness", angry: "anger" };

/** Seven basic expressions in the wild. */
export const rafdb: Protocol = {
  id: "rafdb",
  title: "RAF-DB: seven basic expressions in the wild",
  task: "classification",
  metrics: [...classificationMetrics, meanRecall],
  parts: [
    { name: "test", count: 3068 },
    { name: "train", count: 12_271 },
  ],
  unit: "picture",
  data: {
    where: "http://www.whdeld.cn/software/RAF/model1.html (recalled), on request",
    licence: "RAF-DB licence; research only, no redistribution (recalled)",
    source: "Li, Deng, Du: Reliable Crowdsourcing and Deep Locality-Preserving Learning, CVPR 2017",
  },
  rules: [
    "Accuracy and the mean of recall over classes (mean_recall) are both reported, since the classes are far from equal.",
    "Seven classes: a model's column for contempt is left out.",
    "Aligned faces are scored directly, where the release has them; else whole photographs, end_to_end (design).",
  ],
  published: [
    { method: "SCN", metric: "accuracy", value: 0.8814, source: "code of SCN (Self-Cure Network)" },
    { method: "ResNet-18, about", metric: "accuracy", value: 0.86, source: "(recalled)" },
    { method: "best of several papers, about", metric: "accuracy", value: 0.92, source: "(recalled)" },
  ],
  async read(files, options = {}) {
    const { layout, rows } = await readRafDb(files);
    const labelled = rows.map((row) => ({ ...row, label: [row.target + 1] }));
    const chosen = await chooseSplit(rafdb, labelled, { ...options, layout, folder: files.name });
    return classificationTest({
      ...chosen,
      modes: chosen.rows.every(({ isAligned }) => isAligned) ? ["direct"] : ["end_to_end"],
      classes: rafDbExpressions,
      aliases,
      samples: chosen.rows.map(({ id, file, target }) => ({ id, picture: { file }, unit: id, target })),
      overAll: { mean_recall: balancedAccuracy() },
    });
  },
};
