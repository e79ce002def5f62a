import { classificationMetrics, classificationTest } from "../classification.ts";
import type { Protocol } from "../protocol.ts";
import { chooseSplit } from "../split.ts";
import { countsOf } from "../split-standing.ts";
import { readFer } from "./release.ts";

/** Classes in the order of the codes in column `emotion`. */
export const fer2013Classes = ["angry", "disgust", "fear", "happy", "sad", "surprise", "neutral"] as const;

/** Names that other sets give the same expressions. */
const aliases = { anger: "angry", happiness: "happy", sadness: "sad" };

/** Pictures of each class in the order of the classes (those of test and valid are recalled). */
const counts = (...each: readonly number[]) => countsOf(fer2013Classes, each);

/** FER-2013 by its own seven labels. */
export const fer2013: Protocol = {
  id: "fer2013",
  title: "FER-2013: seven expressions of 48x48 faces",
  task: "classification",
  metrics: classificationMetrics,
  parts: [
    { name: "test", count: 3589, classes: counts(491, 55, 528, 879, 594, 416, 626) },
    {
      name: "valid",
      count: 3589,
      classes: counts(467, 56, 496, 895, 653, 415, 607),
      copies: [
        {
          count: 3407,
          sha256: "f05ce2e01952504b53d437053615236efaefadfbca24f5d403f06aa4eb3f27a5",
          what: "without the pictures that PrivateTest holds as well, or nearly",
        },
      ],
    },
    {
      name: "train",
      count: 28_709,
      classes: counts(3995, 436, 4097, 7215, 4830, 3171, 4965),
      copies: [
        {
          count: 27_222,
          sha256: "0a31d6dce3aaa32a74f26f9020378b079bad9332490c2e678e1a6d738284f026",
          what: "without the pictures that PrivateTest holds as well, or nearly",
        },
      ],
    },
  ],
  unit: "picture (copies that are equal byte for byte are one)",
  data: {
    where: "https://www.kaggle.com/c/challenges-in-representation-learning-facial-expression-recognition-challenge",
    licence: "none from the photographers; research use only",
    source: "Goodfellow et al. (2013), arXiv:1307.0414",
  },
  rules: [
    "Accuracy on PrivateTest (part test); PublicTest is part valid.",
    "A model of eight expressions is scored without its column for contempt.",
    "end_to_end gives the pipeline the tile as a whole picture: the release has nothing around the face (design).",
  ],
  published: [
    { method: "human", metric: "accuracy", value: 0.65, source: "Goodfellow et al. (2013): 65 +- 5 %" },
    { method: "Tang, SVM loss (winner)", metric: "accuracy", value: 0.7116, source: "Goodfellow et al. (2013)" },
  ],
  async read(files, options = {}) {
    const { layout, rows } = await readFer(files);
    const chosen = await chooseSplit(
      fer2013,
      rows.map((row) => {
        const className = fer2013Classes[row.emotion]!;
        return { ...row, label: [row.part, className], className };
      }),
      { ...options, layout, folder: files.name },
    );
    return classificationTest({
      ...chosen,
      modes: ["direct", "end_to_end"],
      classes: fer2013Classes,
      aliases,
      samples: chosen.rows.map(({ id, picture, unit, emotion }) => ({ id, picture, unit, target: emotion })),
    });
  },
};
