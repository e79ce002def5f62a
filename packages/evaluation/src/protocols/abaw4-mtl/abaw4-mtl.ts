import { concordanceCorrelation } from "../../metrics/agreement.ts";
import type { MetricValue } from "../../metrics/metric.ts";
import { unitMetrics } from "../multitask/action-units.ts";
import { remeasureMultitask } from "../multitask/evidence.ts";
import { type MultitaskMeasures, quantityComponent } from "../multitask/measures.ts";
import { multitaskTest } from "../multitask/multitask.ts";
import type { Protocol } from "../protocol.ts";
import { chooseSplit } from "../split.ts";
import { affWildExpressions, affWildLabel, affWildUnits, readAffWild } from "./release.ts";
import { readSubmission } from "./submission.ts";

/** Names that other sets give the same expressions. */
const aliases = {
  ...Object.fromEntries(affWildExpressions.map((name, code) => [String(code), name])),
  angry: "anger",
  happy: "happiness",
  sad: "sadness",
};

const measures: MultitaskMeasures = {
  quantities: ["valence", "arousal"],
  classes: affWildExpressions,
  labels: affWildUnits,
  components: (units) => [
    quantityComponent("ccc_valence", concordanceCorrelation(), units, 0),
    quantityComponent("ccc_arousal", concordanceCorrelation(), units, 1),
  ],
  derive: ({ ccc_valence, ccc_arousal, expression_f1, mean_f1, mean_accuracy: _, ...units }) => ({
    p_mtl: sum(ccc_valence!, ccc_arousal!, expression_f1!, mean_f1!),
    ccc_valence: ccc_valence!,
    ccc_arousal: ccc_arousal!,
    expression_f1: expression_f1!,
    mean_f1: mean_f1!,
    ...units,
  }),
};

/** Valence, arousal, expression and action units of frames: the multi-task challenge of ABAW-4. */
export const abaw4Mtl: Protocol = {
  id: "abaw4-mtl",
  title: "ABAW-4 multi-task: valence, arousal, eight expressions and 12 action units of frames of s-Aff-Wild2",
  task: "multitask",
  metrics: [
    {
      name: "p_mtl",
      unit: "1",
      higherIsBetter: true,
      summary: "(ccc_valence + ccc_arousal) / 2 + expression_f1 + mean_f1, by which the challenge ranked; up to 3",
    },
    {
      name: "ccc_valence",
      unit: "1",
      higherIsBetter: true,
      summary: "concordance correlation of valence, frames pooled",
    },
    {
      name: "ccc_arousal",
      unit: "1",
      higherIsBetter: true,
      summary: "concordance correlation of arousal, frames pooled",
    },
    { name: "expression_f1", unit: "fraction", higherIsBetter: true, summary: "mean of F1 over the eight expressions" },
    { name: "mean_f1", unit: "fraction", higherIsBetter: true, summary: "mean of F1 over the 12 action units" },
    ...unitMetrics(affWildUnits),
  ],
  // frames with at least one label, counted from the released lists
  parts: [
    { name: "valid", count: 26_876 },
    { name: "train", count: 142_333 },
  ],
  unit: "video (the two people of a video are one)",
  data: {
    where: "https://ibug.doc.ic.ac.uk/resources/eccv-2023-4th-abaw/",
    licence: "agreement with the organisers; research only (recalled)",
    source:
      "Kollias: ABAW: Learning from Synthetic Data & Multi-Task Learning Challenges, ECCV Workshops 2022 (recalled)",
  },
  rules: [
    "P_MTL = (CCC of valence + CCC of arousal) / 2 + macro F1 of the expressions + mean F1 of the units; moments and counts are pooled over all labelled frames, not per video.",
    "Missing: valence or arousal -5 (then both), expression -1, a unit -1 (that unit alone (design); some mask all units of the frame). Any other code is refused.",
    "An expression that is labelled and never named has F1 0; one that is neither labelled nor named is left out, as such a unit is (design).",
    "A missed face has no valence or arousal: the CCC is over the faces found, the F1s count it as missed (design). Read them with `missed`.",
    "Smoothing over frames, thresholds and blends are part of the method: choose them on other data than is scored.",
    "The labels of the test part (51,159 frames) are kept by the organisers.",
  ],
  published: [
    { method: "VGG16 of the organisers, validation", metric: "p_mtl", value: 0.3, source: "as told by the winners" },
    {
      method: "MT-EmotiEffNet, own thresholds, validation",
      metric: "p_mtl",
      value: 1.3,
      source: "sb-ai-lab/EmotiEffLib",
    },
    {
      method: "RUC-AIM3, validation",
      metric: "p_mtl",
      value: 1.7607,
      source: "abstract of the first of the challenge",
    },
    { method: "RUC-AIM3, test", metric: "p_mtl", value: 1.4361, source: "abstract of the first of the challenge" },
  ],
  remeasure: remeasureMultitask(measures),
  async read(files, options = {}) {
    const { layout, rows } = await readAffWild(files);
    const labelled = rows.map((row) => ({
      ...row,
      label: affWildLabel(row),
      isScored:
        row.expression !== undefined || [row.quantities[0], ...row.targets].some((value) => !Number.isNaN(value)),
    }));
    const chosen = await chooseSplit(abaw4Mtl, labelled, { ...options, layout, folder: files.name });
    const samples = chosen.rows.map(({ id, video, quantities, expression, targets }) => ({
      id,
      picture: { file: id },
      unit: video,
      quantities,
      labels: targets,
      ...(expression === undefined ? {} : { target: expression }),
    }));
    return multitaskTest({
      ...chosen,
      modes: ["direct", "end_to_end"],
      formats: { ".txt": { read: ([file]) => readSubmission(file!, { samples, others: chosen.others }) } },
      measures,
      aliases,
      samples,
    });
  },
};

function sum(
  ...[valence, arousal, expression, units]: [MetricValue, MetricValue, MetricValue, MetricValue]
): MetricValue {
  const reason = [valence, arousal, expression, units].find((part) => part.reason !== undefined)?.reason;
  const value = (valence.value + arousal.value) / 2 + expression.value + units.value;
  return { value, ...(reason === undefined ? {} : { reason }) };
}
