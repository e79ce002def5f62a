import { type CategoryRankings, matchVocImage, type VocImage } from "../../metrics/voc-mean-average-precision.ts";
import { measure } from "../../statistics/bootstrap.ts";
import { objectTable } from "../object-predictions.ts";
import type { Outcome } from "../outcomes.ts";
import type { ObjectAnswers, ObjectsTest, Protocol } from "../protocol.ts";
import { readEach } from "../release-files.ts";
import { chooseSplit } from "../split.ts";
import { vocByClass, vocPrecision } from "./by-class.ts";
import { detFiles } from "./det-files.ts";
import { rankingsEvidence, remeasureVoc, vocMetrics } from "./evidence.ts";
import { readVocLists, type VocObject, vocClasses } from "./release.ts";

/** Boxes of PASCAL VOC. */
export const voc: Protocol = {
  id: "voc",
  title: "PASCAL VOC: boxes of objects in twenty classes",
  task: "objects",
  metrics: [
    {
      name: "map_eleven_point",
      unit: "fraction",
      higherIsBetter: true,
      summary: "mean over classes of average precision at eleven recalls (VOC 2007), IoU 0.5",
    },
    {
      name: "map_area",
      unit: "fraction",
      higherIsBetter: true,
      summary:
        "mean over classes of the area under the interpolated curve of precision and recall (VOC 2010 on), IoU 0.5",
    },
  ],
  parts: [
    { name: "2007_test", count: 4952 },
    { name: "2012_test", count: 10_991 },
    { name: "2012_val", count: 5823 },
    { name: "2007_val", count: 2510 },
    { name: "2007_trainval", count: 5011 },
    { name: "2012_trainval", count: 11_540 },
    { name: "2007_train", count: 2501 },
    { name: "2012_train", count: 5717 },
  ],
  unit: "picture",
  data: {
    where: "http://host.robots.ox.ac.uk/pascal/VOC/",
    licence: "pictures from Flickr under its terms, rights with the photographers; use: research (recalled)",
    source: "Everingham et al.: The PASCAL Visual Object Classes (VOC) Challenge, IJCV 2010",
  },
  rules: [
    "Widths are xmax - xmin + 1: both corners belong to a box.",
    "A find, surest first, takes the box of its class that it overlaps most: from IoU 0.5 up a hit, on a box already taken false; on a difficult object it counts neither way.",
    "Difficult objects are not to be found; truncated and occluded ones are.",
    "Finds of equal score enter the curve together, so that the order of rows never decides; the development kit takes them by row (design).",
    "A class without an object to find is left out of the mean; the official parts have none (design).",
    "VOC 2007 is ranked by map_eleven_point, 2010 to 2012 by map_area.",
    "Numbers of pictures in the parts are recalled; the annotations of 2012_test are not published, its server scores them (recalled).",
  ],
  published: [
    {
      method: "Faster R-CNN VGG-16, trained on 07, 2007_test",
      metric: "map_eleven_point",
      value: 0.699,
      source: "Ren et al., NIPS 2015 (recalled)",
    },
    {
      method: "Faster R-CNN VGG-16, trained on 07+12, 2007_test",
      metric: "map_eleven_point",
      value: 0.732,
      source: "Ren et al., NIPS 2015 (recalled)",
    },
    {
      method: "Faster R-CNN VGG-16, trained on 07++12, 2012_test",
      metric: "map_area",
      value: 0.704,
      source: "Ren et al., NIPS 2015 (recalled)",
    },
  ],
  remeasure: remeasureVoc,
  async read(files, { part, ...options } = {}) {
    const listed = await readVocLists(files);
    // only the annotations of the part that is scored are read
    const known = new Set(listed.map((picture) => picture.part));
    const wanted = part ?? voc.parts.find(({ name }) => known.has(name))?.name ?? firstOf([...known]);
    const pictures = await readEach(listed, async (picture) => {
      const objects = picture.part === wanted ? await picture.read() : [];
      return { ...picture, objects, label: objects.map(labelOf).sort() };
    });
    const place = { layout: "official", folder: files.name } as const;
    const chosen = await chooseSplit(voc, pictures, { ...options, ...place, part: wanted });
    const samples = chosen.rows.map(({ id, file }) => ({ id, picture: { file } }));
    const split = { samples, others: chosen.others, classes: vocClasses };
    const imagesOf = (answers: ObjectAnswers): VocImage[] =>
      chosen.rows.map(({ id, objects }) => ({
        truth: objects.map(({ name, box, difficult }) => ({ category: classOf(name), box, difficult })),
        detections: (answers.get(id) ?? []).map(({ category, box, score }) => ({
          category: classOf(category),
          box,
          score,
        })),
      }));
    // both metrics read the same rankings
    const { map_eleven_point: eleven, map_area: area } = vocMetrics;
    const unitsOf = (answers: ObjectAnswers) => imagesOf(answers).map((image) => area.update(area.empty(), [image]));
    const test: ObjectsTest = {
      kind: "objects",
      split: chosen.split,
      ...split,
      modes: ["end_to_end"],
      formats: { ".txt": detFiles(split), ".csv": objectTable(split) },
      score(answers, options) {
        const units = unitsOf(answers);
        return {
          missed: units.reduce((sum, rankings) => sum + missedOf(rankings), 0),
          metrics: { map_eleven_point: measure(eleven, units, options), map_area: measure(area, units, options) },
          outcomes: chosen.rows.map(
            ({ id }, i): Outcome => ({ id, unit: id, values: {}, evidence: rankingsEvidence(units[i]!) }),
          ),
        };
      },
      match: (answers) =>
        imagesOf(answers).map((image, i) => {
          const { objects, falses } = matchVocImage(image, { where: chosen.rows[i]!.id });
          return {
            id: chosen.rows[i]!.id,
            objects: objects.map(({ category, box, difficult = false, score }) => ({
              category: vocClasses[category]!,
              box,
              score,
              ignored: difficult,
            })),
            falses: falses.map(({ category, ...find }) => ({ ...find, category: vocClasses[category]! })),
          };
        }),
      byClass: (answers, options) => vocByClass(unitsOf(answers), options),
      curves: (answers) => ({ precision: vocPrecision(unitsOf(answers)) }),
    };
    return test;
  },
};

/** Of years without published numbers: the test part before val, trainval and train, the last year first. */
const firstOf = (parts: readonly string[]): string | undefined =>
  ["test", "val", "trainval", "train"].flatMap((list) =>
    parts
      .filter((name) => name.split("_").at(-1) === list)
      .sort()
      .reverse(),
  )[0];

const classOf = (name: string): number => (vocClasses as readonly string[]).indexOf(name);

const missedOf = (rankings: CategoryRankings): number =>
  [...rankings.values()].reduce((sum, { positives, hits }) => sum + positives - hits.length, 0);

const labelOf = ({ name, box, difficult }: VocObject): string =>
  [name, box.x, box.y, box.width, box.height, difficult ? "difficult" : ""].join(" ").trim();
