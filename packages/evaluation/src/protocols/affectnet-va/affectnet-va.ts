import { concordanceCorrelation, pearsonCorrelation } from "../../metrics/agreement.ts";
import { rootMeanSquaredError } from "../../metrics/mean-errors.ts";
import { defineMetric } from "../../metrics/metric.ts";
import { eachPair, type PairedValues } from "../../metrics/paired-values.ts";
import { affectNetData } from "../affectnet/affectnet.ts";
import { readAffectNet } from "../affectnet/release.ts";
import { remeasureMultitask } from "../multitask/evidence.ts";
import { type MultitaskMeasures, quantityComponent } from "../multitask/measures.ts";
import { multitaskTest } from "../multitask/multitask.ts";
import { targetCells } from "../multitask/unit-targets.ts";
import type { Protocol } from "../protocol.ts";
import { chooseSplit } from "../split.ts";

const quantities = ["valence", "arousal"] as const;
const source = "Mollahosseini et al. (2017) (recalled)";

/** Share of labelled samples of which prediction and target have one sign. */
const signAgreement = defineMetric({
  name: "sign_agreement",
  unit: "fraction",
  range: [0, 1],
  higherIsBetter: true,
  permutationInvariant: true,
  symmetric: true,
  ignoresMissing: true,
  empty: () => ({ hits: 0, count: 0 }),
  update(state, batch: PairedValues) {
    let { hits, count } = state;
    eachPair(batch, {}, (prediction, target) => {
      if (Math.sign(prediction) === Math.sign(target)) hits++;
      count++;
    });
    return { hits, count };
  },
  merge: (a, b) => ({ hits: a.hits + b.hits, count: a.count + b.count }),
  compute: ({ hits, count }) => hits / count,
});

const measures: MultitaskMeasures = {
  quantities,
  components: (units) =>
    quantities.flatMap((name, index) => [
      quantityComponent(`ccc_${name}`, concordanceCorrelation(), units, index),
      quantityComponent(`rmse_${name}`, rootMeanSquaredError(), units, index),
      quantityComponent(`pearson_${name}`, pearsonCorrelation(), units, index),
      quantityComponent(`sign_agreement_${name}`, signAgreement, units, index),
    ]),
};

/** Valence and arousal of faces in the wild. */
export const affectnetVa: Protocol = {
  id: "affectnet-va",
  title: "AffectNet: valence and arousal in the wild",
  task: "multitask",
  metrics: quantities.flatMap((name) => [
    { name: `ccc_${name}`, unit: "1", higherIsBetter: true, summary: `concordance correlation of ${name}` },
    { name: `rmse_${name}`, unit: "1", higherIsBetter: false, summary: `root mean squared error of ${name}` },
    { name: `pearson_${name}`, unit: "1", higherIsBetter: true, summary: `Pearson's correlation of ${name}` },
    {
      name: `sign_agreement_${name}`,
      unit: "fraction",
      higherIsBetter: true,
      summary: `share of pictures whose ${name} has the labelled sign; 0 has a sign of its own`,
    },
  ]),
  parts: [
    { name: "valid", count: 4000 },
    { name: "train", count: 287_651 },
  ],
  unit: "picture",
  data: affectNetData,
  rules: [
    "The validation part is scored; the test part was never released.",
    "Scored are the pictures with one of the eight expressions, as in affectnet (design); valence or arousal -2 is missing (recalled).",
    "All values are over the faces that were found: read them with `missed` (design).",
  ],
  published: [
    { method: "AlexNet", metric: "ccc_valence", value: 0.6, source },
    { method: "AlexNet", metric: "ccc_arousal", value: 0.34, source },
  ],
  remeasure: remeasureMultitask(measures),
  async read(files, options = {}) {
    const { layout, rows } = await readAffectNet(files);
    const labelled = rows.map((row) => ({
      ...row,
      label: targetCells(row.quantities),
      isScored: row.expression !== undefined && !Number.isNaN(row.quantities[0]),
    }));
    const chosen = await chooseSplit(affectnetVa, labelled, { ...options, layout, folder: files.name });
    return multitaskTest({
      ...chosen,
      modes: ["direct", "end_to_end"],
      measures,
      samples: chosen.rows.map(({ id, picture, whole = picture, quantities: labels }) => ({
        ...{ id, picture, whole, unit: id },
        quantities: labels,
      })),
    });
  },
};
