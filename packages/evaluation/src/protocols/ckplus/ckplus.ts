import { classificationMetrics, classificationTest } from "../classification.ts";
import type { Protocol } from "../protocol.ts";
import { chooseSplit } from "../split.ts";
import { countsOf } from "../split-standing.ts";
import { ckplusClasses, frameName, readCkplus } from "./release.ts";

/** Names that other sets give the same expressions. */
const aliases = { angry: "anger", happiness: "happy", sad: "sadness" };

/** Frames of each class in the order of the classes. */
const counts = (...each: readonly number[]) => countsOf(ckplusClasses, each);

/** Posed expressions of CK+. */
export const ckplus: Protocol = {
  id: "ckplus",
  title: "CK+: seven posed expressions, the last three frames of each sequence",
  task: "classification",
  metrics: classificationMetrics,
  parts: [
    {
      name: "last3",
      count: 981,
      classes: counts(135, 54, 177, 75, 207, 84, 249),
      copies: [
        {
          count: 771,
          sha256: "d9ed0bfcf6d0d8d0d0a49649e6b815f66cc3967729a39521f3f679f3568227c4",
          what: "94 of the 118 subjects",
        },
      ],
    },
    {
      name: "peak",
      count: 327,
      classes: counts(45, 18, 59, 25, 69, 28, 83),
      copies: [
        {
          count: 257,
          sha256: "d39b137fc42fc797cdfb485ab5dbcd7bb7e9a1e077280dab899d3150f638d12c",
          what: "94 of the 118 subjects",
        },
      ],
    },
  ],
  unit: "subject",
  data: {
    where: "https://www.jeffcohn.net/Resources/",
    licence: "signed agreement; research only, no redistribution",
    source: "Lucey et al.: The Extended Cohn-Kanade Dataset (CK+), CVPR Workshops 2010",
  },
  rules: [
    "CK+ has no official split. A model that was trained on it is scored on predictions of all folds together, subject-exclusive (`subjectFolds`); one that was not, on all frames.",
    "Seven classes: contempt is one, neutral is none; a model's column for neutral is left out.",
    "Part last3 has three near copies of each sequence; part peak has the last frame alone. Intervals are over subjects.",
    "The numbers of frames of each class are recalled.",
    "Whole frames of the official release have no annotated face here: they are scored end_to_end only (design).",
  ],
  published: [],
  async read(files, { part = "last3", ...options } = {}) {
    const { layout, rows } = await readCkplus(files);
    const parts = rows.flatMap((row) => {
      const label = [row.emotion, row.subject, row.fromPeak];
      const all = { ...row, key: frameName(row.id), className: row.emotion, label, part: "last3" };
      return row.fromPeak === 0 ? [all, { ...all, part: "peak" }] : [all];
    });
    const chosen = await chooseSplit(ckplus, parts, { ...options, part, layout, folder: files.name });
    return classificationTest({
      ...chosen,
      modes: layout === "packed" ? ["direct", "end_to_end"] : ["end_to_end"],
      classes: ckplusClasses,
      aliases,
      samples: chosen.rows.map(({ id, subject, emotion }) => ({
        id,
        picture: { file: id },
        unit: subject,
        target: ckplusClasses.indexOf(emotion),
      })),
    });
  },
};

/**
 * The subjects of each of `folds` folds: sorted, then dealt like cards, every fold-th to the same one. Train on the
 * others, predict these; the predictions of all folds together are scored.
 */
export function subjectFolds(subjects: Iterable<string>, folds: number): string[][] {
  const sorted = [...new Set(subjects)].sort();
  return Array.from({ length: folds }, (_, fold) => sorted.filter((_, i) => i % folds === fold));
}
