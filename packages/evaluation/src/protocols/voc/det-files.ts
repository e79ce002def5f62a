import { errors } from "../../errors.ts";
import { groupFinds, type ObjectSplit } from "../object-predictions.ts";
import type { ObjectAnswers, PredictionFile, PredictionFormat } from "../protocol.ts";
import { parseNumber } from "../text-table.ts";
import { vocBox } from "./release.ts";

/**
 * The result files of VOC, one a class, such as comp4_det_test_car.txt: a line a find of picture, score (larger for
 * surer), xmin, ymin, xmax, ymax in pixels from 1, both corners inside. An empty file has no finds.
 */
export const detFiles = (split: ObjectSplit): PredictionFormat<ObjectAnswers> => ({
  keys: split.classes,
  read: (files) => groupFinds(files.flatMap((file) => readDetFile(file, split))),
});

function readDetFile({ name, text, key: category = "" }: PredictionFile, { samples, others }: ObjectSplit) {
  const known = new Set(samples.map(({ id }) => id));
  return text.split(/\r?\n/).flatMap((line, i) => {
    const [id, score = "", ...corners] = line.trim().split(/\s+/);
    if (!id || others.has(id)) return [];
    const where = `${name}, line ${i + 1}`;
    if (!known.has(id)) throw errors["unknown-image"]({ where, received: id });
    const find = { category, score: parseNumber(score), box: vocBox(corners, where) };
    if (corners.length !== 4 || Number.isNaN(find.score)) {
      const expected = "a picture, a finite score and four corners";
      throw errors["text-format"]({ where, expected, received: line.trim() });
    }
    return [{ id, find }];
  });
}
