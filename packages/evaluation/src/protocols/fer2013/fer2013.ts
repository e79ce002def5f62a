import { classificationMetrics, classificationTest } from "../classification.ts";
import type { Protocol } from "../protocol.ts";
import { chooseSplit } from "../split.ts";
import { readFer } from "./release.ts";

/** Classes in the order of the codes in column `emotion`. */
export const fer2013Classes = ["angry", "disgust", "fear", "happy", "sad", "surprise", "neutral"] as const;

/** Names that other sets give the same expressions. */
const aliases = { anger: "angry", happiness: "happy", sadness: "sad" };

/** FER-2013 by its own seven labels. */
export const fer2013: Protocol = {
  id: "fer2013",
  title: "FER-2013: seven expressions of 48x48 faces",
  task: "classification",
  metrics: classificationMetrics,
  parts: [
    { name: "test", count: 3589 },
    { name: "valid", count: 3589 },
    { name: "train", count: 28_709 },
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
      rows.map((row) => ({ ...row, label: [row.part, fer2013Classes[row.emotion]!] })),
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
