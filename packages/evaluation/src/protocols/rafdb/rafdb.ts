import { balancedAccuracy } from "../../metrics/balanced-accuracy.ts";
import { meanRecall } from "../affectnet/affectnet.ts";
import { classificationMetrics, classificationTest } from "../classification.ts";
import type { Mode, Protocol } from "../protocol.ts";
import { chooseSplit } from "../split.ts";
import { countsOf } from "../split-standing.ts";
import { type RafDbRow, rafDbAliases, rafDbExpressions, readRafDb } from "./release.ts";

/** Pictures of each class in the order of the classes (recalled; they add up to the published numbers). */
const counts = (...each: readonly number[]) => countsOf(rafDbExpressions, each);

/** Seven basic expressions in the wild. */
export const rafdb: Protocol = {
  id: "rafdb",
  title: "RAF-DB: seven basic expressions in the wild",
  task: "classification",
  metrics: [...classificationMetrics, meanRecall],
  parts: [
    { name: "test", count: 3068, classes: counts(329, 74, 160, 1185, 478, 162, 680) },
    { name: "train", count: 12_271, classes: counts(1290, 281, 717, 4772, 1982, 705, 2524) },
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
    "Aligned faces are scored directly and whole photographs end_to_end, as far as the release at hand has them (design).",
    "The numbers of pictures of each class are recalled.",
  ],
  published: [
    { method: "SCN", metric: "accuracy", value: 0.8814, source: "code of SCN (Self-Cure Network)" },
    { method: "ResNet-18, about", metric: "accuracy", value: 0.86, source: "(recalled)" },
    { method: "best of several papers, about", metric: "accuracy", value: 0.92, source: "(recalled)" },
  ],
  async read(files, options = {}) {
    const { layout, rows } = await readRafDb(files);
    const labelled = rows.map((row) => ({
      ...row,
      label: [row.target + 1],
      className: rafDbExpressions[row.target],
    }));
    const chosen = await chooseSplit(rafdb, labelled, { ...options, layout, folder: files.name });
    return classificationTest({
      ...chosen,
      modes: modesOf(chosen.rows),
      classes: rafDbExpressions,
      aliases: rafDbAliases,
      samples: chosen.rows.map(({ id, aligned, whole = id, target }) => ({
        ...{ id, unit: id, target },
        picture: { file: aligned ?? whole },
        whole: { file: whole },
      })),
      overAll: { mean_recall: balancedAccuracy() },
    });
  },
};

function modesOf(rows: readonly RafDbRow[]): Mode[] {
  const isDirect = rows.every(({ aligned }) => aligned !== undefined);
  const isWhole = rows.every(({ whole }) => whole !== undefined);
  return [...(isDirect ? ["direct" as const] : []), ...(isWhole || !isDirect ? ["end_to_end" as const] : [])];
}
