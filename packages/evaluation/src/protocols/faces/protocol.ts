import type { DetectionTest, FoundBox, Protocol } from "../protocol.ts";
import { anyFolderName, chooseSplit } from "../split.ts";
import { scoreFaces, thresholdForFalseFaces, usualIou } from "./faces.ts";
import { readFaces } from "./release.ts";

/** Faces in photographs. */
export const faces: Protocol = {
  id: "faces",
  title: "boxes of faces in photographs, and photographs without any",
  task: "detection",
  metrics: [
    { name: "recall", unit: "fraction", higherIsBetter: true, summary: "share of the faces found at the threshold" },
    {
      name: "precision",
      unit: "fraction",
      higherIsBetter: true,
      summary: "share of the finds at the threshold that are faces",
    },
    {
      name: "false_faces_per_image",
      unit: "faces per picture",
      higherIsBetter: false,
      summary: "finds at the threshold that are no face, for each picture",
    },
    {
      name: "ap",
      unit: "fraction",
      higherIsBetter: true,
      summary: "area under the interpolated curve of precision and recall (PASCAL VOC 2010) over all finds",
    },
  ],
  parts: [{ name: "test" }, { name: "valid" }, { name: "all" }, { name: "train" }],
  unit: "picture",
  data: {
    where: "any folder in one of the layouts below",
    licence: "that of the pictures",
    source: "none: a protocol of our own",
  },
  rules: [
    "A find counts from IoU 0.35 up, since boxes of faces are drawn by several conventions (design).",
    "Boxes of kind hard and ignore count neither way; pictures labelled by machine alone are left out.",
    "The threshold is the model's own; for predictions of another tool it is told, or 0.5.",
  ],
  published: [],
  async read(files, options = {}) {
    const pictures = (await readFaces(files)).map((picture) => ({
      ...picture,
      label: picture.faces.map(({ box, kind }) => [box.x, box.y, box.width, box.height, kind].join(" ")).sort(),
    }));
    const chosen = await chooseSplit(faces, pictures, {
      ...options,
      layout: "packed",
      folder: files.name,
      nameOf: (part) => anyFolderName(part, files.name),
    });
    const images = chosen.rows.map(({ id }) => id);
    const truth = chosen.rows.flatMap((picture) => picture.faces.map((face) => ({ ...face, image: picture.id })));
    const inputOf = (answers: ReadonlyMap<string, readonly FoundBox[]>) => ({
      images,
      truth,
      predictions: images.flatMap((image) => (answers.get(image) ?? []).map((found) => ({ ...found, image }))),
    });
    const test: DetectionTest = {
      kind: "detection",
      split: chosen.split,
      others: chosen.others,
      modes: ["end_to_end"],
      samples: images.map((id) => ({ id, picture: { file: id } })),
      truth: {
        boxes: new Map(
          chosen.rows.map(({ id, faces }) => [id, faces.map(({ box, kind }) => ({ box, ignored: kind !== "face" }))]),
        ),
        iou: usualIou,
      },
      score(answers, options) {
        const { metrics, counts, outcomes } = scoreFaces(inputOf(answers), options);
        return { missed: counts.missed, metrics: { ...metrics }, outcomes };
      },
      thresholdFor: (answers, options) => thresholdForFalseFaces(inputOf(answers), options),
    };
    return test;
  },
};
