import { classificationMetrics, classificationTest } from "../classification.ts";
import { readFer } from "../fer2013/release.ts";
import type { Protocol } from "../protocol.ts";
import { noLabels } from "../release-files.ts";
import { chooseSplit } from "../split.ts";
import { countsOf } from "../split-standing.ts";
import { ferPlusClasses, votedTarget } from "./votes.ts";
import { votesLikelihood } from "./votes-likelihood.ts";

/** Names that other sets give the same expressions. */
const aliases = { happy: "happiness", sad: "sadness", angry: "anger" };

/** Pictures of each class in the order of the classes. */
const counts = (...each: readonly number[]) => countsOf(ferPlusClasses, each);

const fiveRuns = "Barsoum et al. (2016), mean of 5 runs (recalled)";

/** FER-2013 by the ten votes of FER+. */
export const ferplus: Protocol = {
  id: "ferplus",
  title: "FER+: eight expressions of 48x48 faces by the votes of ten people",
  task: "classification",
  metrics: [
    ...classificationMetrics,
    {
      name: "votes_nll",
      unit: "nats",
      higherIsBetter: false,
      summary: "cross entropy of the answers and the distribution of votes, over the samples that were answered",
    },
  ],
  // counted from the released fer2013new.csv by the rule of the majority
  parts: [
    { name: "test", count: 3153, classes: counts(1090, 893, 396, 384, 273, 18, 83, 16) },
    {
      name: "valid",
      count: 3199,
      classes: counts(1182, 865, 415, 351, 287, 24, 62, 13),
      copies: [
        {
          count: 3033,
          sha256: "aeba8bd37c1b2528d792ab1d00a05d51848a1c0382f335ed45bb0c8cfd59bddc",
          what: "without the pictures that PrivateTest holds as well, or nearly",
        },
      ],
    },
    {
      name: "train",
      count: 25_060,
      classes: counts(8740, 7287, 3149, 3014, 2100, 119, 532, 119),
      copies: [
        {
          count: 23_734,
          sha256: "966a4551a912cb1a72c250224d9e2e4f0c9da588c6435da8ce6eb1510a2f08ed",
          what: "without the pictures that PrivateTest holds as well, or nearly",
        },
      ],
    },
  ],
  unit: "picture (copies that are equal byte for byte are one)",
  data: {
    where: "https://github.com/microsoft/FERPlus (votes), with fer2013.csv (pictures; see fer2013)",
    licence: "votes: MIT; pictures: none from the photographers, research use only",
    source: "Barsoum et al. (2016), arXiv:1608.01041",
  },
  rules: [
    "Validation and test are by majority in every mode of training: pictures whose majority is unknown, not a face or no more than half are left out.",
    "Later papers test on 3,573 pictures or other subsets: compare scores of an equal number only.",
    "end_to_end gives the pipeline the tile as a whole picture: the release has nothing around the face (design).",
  ],
  published: [
    { method: "VGG13, majority", metric: "accuracy", value: 0.8385, source: fiveRuns },
    { method: "VGG13, multi-label", metric: "accuracy", value: 0.8397, source: fiveRuns },
    { method: "VGG13, probabilistic draw", metric: "accuracy", value: 0.8499, source: fiveRuns },
    { method: "VGG13, cross entropy", metric: "accuracy", value: 0.8472, source: fiveRuns },
  ],
  async read(files, options = {}) {
    const { layout, rows } = await readFer(files);
    const voted = rows.map((row) => {
      if (row.votes === undefined) throw noLabels(files, ["fer2013.csv with fer2013new.csv beside it"]);
      const told = row.votes.length === 0 ? undefined : votedTarget(row.votes);
      const className = told && ferPlusClasses[told.target];
      return { ...row, told, isScored: told !== undefined, label: [row.part, ...row.votes], className };
    });
    const chosen = await chooseSplit(ferplus, voted, { ...options, layout, folder: files.name });
    return classificationTest({
      ...chosen,
      modes: ["direct", "end_to_end"],
      classes: ferPlusClasses,
      aliases,
      samples: chosen.rows.flatMap(({ id, picture, unit, told }) => (told ? [{ id, picture, unit, ...told }] : [])),
      further: { votes_nll: votesLikelihood() },
    });
  },
};
