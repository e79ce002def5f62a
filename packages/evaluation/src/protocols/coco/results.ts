import { errors } from "../../errors.ts";
import { maskBox } from "../../metrics/coco/run-length.ts";
import { listOf, numberOf, objectOf, parseJson, unexpected } from "../json.ts";
import { groupFinds } from "../object-predictions.ts";
import type { FoundObject, ObjectAnswers, PredictionFile, PredictionFormat } from "../protocol.ts";
import { boxOf, maskOf } from "./regions.ts";
import type { CocoPicture, CocoRelease } from "./release.ts";

/** What reading results needs to know of the split: its pictures by id, and the categories. */
export interface ResultsSplit extends Pick<CocoRelease, "categories"> {
  readonly pictures: ReadonlyMap<string, Pick<CocoPicture, "size">>;
}

/**
 * COCO's result file: [{ image_id, category_id, score, bbox: [x, y, width, height], segmentation: run lengths or
 * polygons }, ...]. The first row says which of bbox and segmentation all have; without bbox it is that of the mask.
 */
export const cocoResults = (split: ResultsSplit): PredictionFormat<ObjectAnswers> => ({
  read: ([file]) => readResults(file!, split),
});

function readResults({ name, text }: PredictionFile, { categories, pictures }: ResultsSplit): ObjectAnswers {
  let form: string | undefined;
  return groupFinds(
    listOf(parseJson(text, name), name).map((value, i) => {
      const where = `${name}, row ${i}`;
      const row = objectOf(value, where);
      const id = String(numberOf(row.image_id, `${where}, image_id`));
      const picture = pictures.get(id);
      if (picture === undefined) throw errors["unknown-image"]({ where, received: id });
      const category = categories.get(numberOf(row.category_id, `${where}, category_id`));
      if (category === undefined) throw unexpected(row.category_id, `${where}, category_id`, "a category of the split");
      const score = numberOf(row.score, `${where}, score`);
      const own = ["bbox", "segmentation"].filter((key) => hasValue(row[key])).join(" and ");
      form ??= own;
      if (own === "" || own !== form) throw unexpected(value, where, form || "bbox or segmentation");
      const mask = hasValue(row.segmentation)
        ? maskOf(row.segmentation, picture.size, `${where}, segmentation`)
        : undefined;
      const box = hasValue(row.bbox) ? boxOf(row.bbox, `${where}, bbox`) : maskBox(mask!);
      const find: FoundObject = { category, score, box, ...(mask === undefined ? {} : { mask }) };
      return { id, find };
    }),
  );
}

/** Tools write null or an empty list where they have none. */
const hasValue = (value: unknown): boolean =>
  value !== undefined && value !== null && !(Array.isArray(value) && value.length === 0);
