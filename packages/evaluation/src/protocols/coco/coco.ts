import { errors } from "../../errors.ts";
import { type CocoEntry, matchCocoImage, mostDetections } from "../../metrics/coco/matching.ts";
import { boxRegions, maskRegions } from "../../metrics/coco/regions.ts";
import { measureTogether } from "../../statistics/bootstrap.ts";
import { objectTable } from "../object-predictions.ts";
import type { Outcome } from "../outcomes.ts";
import type { FoundObject, ObjectAnswers, ObjectsTest, Protocol } from "../protocol.ts";
import { chooseSplit } from "../split.ts";
import { type CocoUnits, cocoByClass, cocoCurvesOf, matchAtHalf } from "./by-class.ts";
import { cocoEvidence, remeasureCoco } from "./evidence.ts";
import { metricsOf, namedSummaries } from "./numbers.ts";
import { type CocoPicture, cocoParts, readCoco } from "./release.ts";
import { cocoResults } from "./results.ts";

const readme = "mmdetection, configs/htc, README: val2017";
const published = [
  ["HTC R-50, 1x", 0.421, 0.373],
  ["HTC R-50, 20 epochs", 0.432, 0.381],
  ["HTC R-101, 20 epochs", 0.449, 0.394],
  ["HTC X-101-64x4d, 20 epochs", 0.469, 0.408],
  ["HTC X-101-64x4d with DCN, several scales in training", 0.507, 0.439],
] as const;

/** Boxes and masks of COCO. */
export const coco: Protocol = {
  id: "coco",
  title: "MS COCO: boxes and instance masks of objects",
  task: "objects",
  metrics: [...metricsOf("box"), ...metricsOf("mask")],
  parts: [
    { name: "val2017", count: 5000 },
    { name: "val2014", count: 40_504 },
    { name: "val" },
    { name: "train2017", count: 118_287 },
    { name: "train2014", count: 82_783 },
    { name: "train" },
  ],
  unit: "picture",
  data: {
    where: "https://cocodataset.org/#download",
    licence: "annotations: CC BY 4.0; pictures: from Flickr, each under the licence that its entry names",
    source: "Lin et al.: Microsoft COCO: Common Objects in Context, ECCV 2014",
  },
  rules: [
    "As pycocotools 2.0: boxes have continuous edges; of equal overlaps the later annotation is taken; crowds count neither way and take in any number of finds.",
    `Up to ${mostDetections} finds of a category count in a picture, the surest; equal scores keep the order of pictures by number, then of rows.`,
    "Sizes are those of the annotation's area, for a find of its own box or mask: where a result has both, masks are sized by their own area, while pycocotools takes that of the box (design).",
    "A category without an object to find is left out of the means.",
    "Masks are scored where every find has one, else the numbers of masks are undefined; boxes of finds with masks alone are those around the masks.",
    "Numbers of pictures in the parts are recalled.",
    "A packed part whose pictures were made smaller shifts the ranges of size: its scores cannot be compared with published ones.",
  ],
  published: [
    ...published.flatMap(([method, box, mask]) => [
      { method, metric: "box_ap", value: box, source: readme },
      { method, metric: "mask_ap", value: mask, source: readme },
    ]),
    {
      method: "HTC full system, test-challenge",
      metric: "mask_ap",
      value: 0.486,
      source: "Chen et al.: Hybrid Task Cascade for Instance Segmentation, CVPR 2019",
    },
  ],
  remeasure: remeasureCoco,
  async read(files, { part, ...options } = {}) {
    const parts = await cocoParts(files);
    const known = [
      ...coco.parts.map(({ name }) => name).filter((name) => parts.has(name)),
      ...[...parts.keys()].filter((name) => !coco.parts.some((official) => official.name === name)).sort(),
    ];
    const wanted = part ?? known[0]!;
    const file = parts.get(wanted);
    if (file === undefined) throw errors["unknown-part"]({ protocol: "coco", folder: files.name, part: wanted, known });
    const { pictures, categories } = await readCoco(files, file, wanted);
    const place = { layout: "official", folder: files.name } as const;
    const chosen = await chooseSplit(coco, pictures, { ...options, ...place, part: wanted });
    const samples = chosen.rows.map(({ id, file: picture }) => ({ id, picture: { file: picture } }));
    const split = { samples, others: chosen.others, classes: [...categories.values()] };
    const byId = new Map(chosen.rows.map((picture) => [picture.id, picture]));
    const numberOf = new Map([...categories].map(([number, name]) => [name, number]));
    const unitsOf = (answers: ObjectAnswers): CocoUnits => {
      const found = (id: string) => answers.get(id) ?? [];
      const boxes = chosen.rows.map((picture) => matchBoxes(picture, found(picture.id), numberOf));
      const isMasked = whyNoMasks(chosen.rows, answers) === undefined;
      const masks = isMasked
        ? chosen.rows.map((picture) => matchMasks(picture, found(picture.id), numberOf))
        : undefined;
      return { boxes, masks };
    };
    const test: ObjectsTest = {
      kind: "objects",
      split: chosen.split,
      ...split,
      modes: ["end_to_end"],
      formats: { ".json": cocoResults({ categories, pictures: byId }), ".csv": objectTable(split) },
      score(answers, options) {
        const { boxes, masks } = unitsOf(answers);
        const reason = masks === undefined ? whyNoMasks(chosen.rows, answers) : undefined;
        const units = chosen.rows.length;
        return {
          missed: boxes.flat().reduce((sum, entry) => sum + missedOf(entry), 0),
          metrics: {
            ...measureTogether(namedSummaries("box", boxes), { ...options, units }),
            ...measureTogether(namedSummaries("mask", masks ?? reason!), { ...options, units: masks ? units : 0 }),
          },
          outcomes: chosen.rows.map(
            ({ id }, i): Outcome => ({
              id,
              unit: id,
              values: {},
              evidence: cocoEvidence(boxes[i]!, masks?.[i]),
            }),
          ),
        };
      },
      match: (answers) =>
        chosen.rows.map((picture) => matchAtHalf(picture, { found: answers.get(picture.id) ?? [], names: categories })),
      byClass: (answers, options) => cocoByClass(unitsOf(answers), { ...options, names: categories }),
      curves: (answers) => cocoCurvesOf(unitsOf(answers)),
    };
    return test;
  },
};

type Numbers = ReadonlyMap<string, number>;

const matchBoxes = (picture: CocoPicture, found: readonly FoundObject[], numberOf: Numbers): CocoEntry[] =>
  matchCocoImage(
    {
      image: Number(picture.id),
      truth: picture.objects.map(({ box, ...object }) => ({ ...object, region: box })),
      detections: found.map(({ category, box, score }) => ({ category: numberOf.get(category)!, region: box, score })),
    },
    boxRegions,
  );

const matchMasks = (picture: CocoPicture, found: readonly FoundObject[], numberOf: Numbers): CocoEntry[] =>
  matchCocoImage(
    {
      image: Number(picture.id),
      truth: picture.objects.map(({ mask, category, area, crowd }) => ({ category, area, crowd, region: mask!() })),
      detections: found.map(({ category, mask, score }) => ({
        category: numberOf.get(category)!,
        region: mask!,
        score,
      })),
    },
    maskRegions,
  );

function whyNoMasks(
  pictures: readonly CocoPicture[],
  answers: ReadonlyMap<string, readonly FoundObject[]>,
): string | undefined {
  if (pictures.some(({ objects }) => objects.some(({ mask }) => mask === undefined))) return "objects without a mask";
  const isMasked = [...answers.values()].every((finds) => finds.every(({ mask }) => mask !== undefined));
  return isMasked ? undefined : "the answers are boxes without masks";
}

/** The objects that no find hits at IoU 0.5, which comes first in `outcomes`, as do objects of any size. */
function missedOf({ objects, outcomes, scores }: CocoEntry): number {
  const hits = outcomes.subarray(0, scores.length).reduce((sum, outcome) => sum + Number(outcome === 1), 0);
  return objects[0]! - hits;
}
