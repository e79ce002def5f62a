import { balancedAccuracy } from "../../metrics/balanced-accuracy.ts";
import { classificationMetrics, classificationTest } from "../classification.ts";
import type { MetricInfo, Protocol } from "../protocol.ts";
import { chooseSplit } from "../split.ts";
import { countsOf } from "../split-standing.ts";
import { affectNetAliases, affectNetExpressions, readAffectNet } from "./release.ts";

/** Where AffectNet is to be had. */
export const affectNetData: Protocol["data"] = {
  where: "http://mohammadmahoor.com/affectnet/ (recalled), on request",
  licence: "agreement with the University of Denver; research only (recalled)",
  source: "Mollahosseini, Hasani, Mahoor: AffectNet, IEEE Transactions on Affective Computing (2017)",
};

/** Mean over the classes among the labels of the share of its samples that were named; a miss is wrong. */
export const meanRecall: MetricInfo = {
  name: "mean_recall",
  unit: "fraction",
  higherIsBetter: true,
  summary: "mean of recall over the classes that are among the labels",
};

/** Pictures of each class in the order of the classes; of seven, contempt is not among them. */
const counts = (...each: readonly number[]) => countsOf(affectNetExpressions.slice(0, each.length), each);

const emotiEff = "sb-ai-lab/EmotiEffLib";

/** Eight expressions in the wild, or seven without contempt. */
export const affectnet: Protocol = {
  id: "affectnet",
  title: "AffectNet: eight expressions in the wild, or seven without contempt",
  task: "classification",
  metrics: [...classificationMetrics, meanRecall],
  parts: [
    { name: "valid", count: 4000, classes: counts(500, 500, 500, 500, 500, 500, 500, 500) },
    { name: "valid7", count: 3500, classes: counts(500, 500, 500, 500, 500, 500, 500) },
    { name: "train", count: 287_651 },
    { name: "train7", count: 283_901 },
  ],
  unit: "picture",
  data: affectNetData,
  rules: [
    "The test part was never released: papers score the validation part, 500 pictures of each class, so that accuracy is mean_recall.",
    "Parts valid7 and train7 leave contempt out, pictures and column: a model of eight classes is scored without its column for contempt.",
    "Pictures without one of the eight expressions (codes 8 to 10 (recalled)) are left out.",
    "The count of train7 is recalled; it is that of train without the 3,750 of contempt.",
    "The official lists have the face's rectangle: direct gives a model what is in it, end_to_end the whole picture (design).",
  ],
  published: [
    { method: "MT-EmotiEffNet, eight classes", metric: "accuracy", value: 0.6193, source: emotiEff },
    { method: "MT-EmotiEffNet, seven classes", metric: "accuracy", value: 0.6494, source: emotiEff },
    { method: "EfficientNet-B2, eight classes", metric: "accuracy", value: 0.631, source: emotiEff },
    { method: "EfficientNet-B2, seven classes", metric: "accuracy", value: 0.665, source: emotiEff },
    { method: "SCN", metric: "accuracy", value: 0.6023, source: "code of SCN (Self-Cure Network)" },
  ],
  async read(files, options = {}) {
    const { layout, rows } = await readAffectNet(files);
    const parts = rows.flatMap((row) => {
      const { expression } = row;
      const className = expression === undefined ? undefined : affectNetExpressions[expression];
      const all = { ...row, label: [expression ?? ""], className, isScored: expression !== undefined };
      return [all, { ...all, part: `${row.part}7`, isScored: expression !== undefined && expression < contempt }];
    });
    const chosen = await chooseSplit(affectnet, parts, { ...options, layout, folder: files.name });
    const isOfSeven = chosen.rows[0]!.part.endsWith("7");
    return classificationTest({
      ...chosen,
      modes: ["direct", "end_to_end"],
      classes: isOfSeven ? affectNetExpressions.slice(0, contempt) : affectNetExpressions,
      leftOut: isOfSeven ? ["contempt"] : [],
      aliases: affectNetAliases,
      samples: chosen.rows.map(({ id, picture, whole = picture, expression }) => ({
        ...{ id, picture, whole, unit: id },
        target: expression!,
      })),
      overAll: { mean_recall: balancedAccuracy() },
    });
  },
};

const contempt = affectNetExpressions.indexOf("contempt");
