import { areaNames, type CocoEntry, iouThresholds, mostDetections } from "../../metrics/coco/matching.ts";
import { joinedComponents } from "../components.ts";
import { listOf, numberOf, objectOf, unexpected } from "../json.ts";
import type { Outcome, Remeasure } from "../outcomes.ts";
import { namedSummaries } from "./numbers.ts";

/** One category of a picture as an outcome tells it. */
interface EntryEvidence {
  readonly category: number;
  /** Objects to find, by area. */
  readonly objects: readonly number[];
  readonly scores: readonly number[];
  /** A character for each find and threshold, find by find: what became of it in the four ranges of area (`letterOf`). */
  readonly outcomes: string;
}

/** What a picture came to; `masks` are absent where they are not scored. */
export interface CocoEvidence {
  readonly boxes: readonly EntryEvidence[];
  readonly masks?: readonly EntryEvidence[];
}

const kinds = 3; // false, hit, ignored
const symbols = kinds ** areaNames.length;
/** Printable characters but for those that JSON escapes, so that a find takes as few bytes as thresholds. */
const alphabet = Array.from({ length: symbols }, (_, i) => String.fromCharCode(i < 57 ? 35 + i : 36 + i));
const numberOfLetter = new Map(alphabet.map((letter, number) => [letter, number]));

/** The entries of a picture in a form of some thirty bytes a find. */
export const cocoEvidence = (boxes: readonly CocoEntry[], masks: readonly CocoEntry[] | undefined): CocoEvidence => ({
  boxes: listOfEntries(boxes),
  ...(masks === undefined ? {} : { masks: listOfEntries(masks) }),
});

/** By category, so that the order of annotations and finds does not show. */
const listOfEntries = (entries: readonly CocoEntry[]): EntryEvidence[] =>
  [...entries].sort((a, b) => a.category - b.category).map(toEvidence);

function toEvidence({ category, objects, scores, outcomes }: CocoEntry): EntryEvidence {
  let letters = "";
  for (let find = 0; find < scores.length; find++) {
    for (let t = 0; t < iouThresholds.length; t++) {
      let number = 0;
      for (let area = areaNames.length - 1; area >= 0; area--) {
        number = kinds * number + outcomes[(area * iouThresholds.length + t) * scores.length + find]!;
      }
      letters += alphabet[number]!;
    }
  }
  return { category, objects: Array.from(objects), scores: Array.from(scores), outcomes: letters };
}

/** Measures COCO anew from what its pictures came to. */
export const remeasureCoco: Remeasure = (units) => {
  const told = units.map((unit) => unit.map(entriesOf));
  const isMasked = told.every((unit) => unit.every(({ masks }) => masks !== undefined));
  return joinedComponents([
    namedSummaries(
      "box",
      told.map((unit) => unit.flatMap(({ boxes }) => boxes)),
    ),
    namedSummaries(
      "mask",
      isMasked ? told.map((unit) => unit.flatMap(({ masks }) => masks!)) : "the outcomes are of boxes without masks",
    ),
  ]);
};

function entriesOf({ id, evidence }: Outcome): { boxes: CocoEntry[]; masks: CocoEntry[] | undefined } {
  const where = `outcome of ${id}, evidence`;
  const { boxes, masks } = objectOf(evidence, where);
  const image = Number(id);
  if (!Number.isFinite(image)) throw unexpected(id, where, "the number of a picture");
  const list = (value: unknown, name: string) =>
    listOf(value, `${where}, ${name}`).map((entry, i) => entryOf(entry, image, `${where}, ${name}, entry ${i}`));
  return { boxes: list(boxes, "boxes"), masks: masks === undefined ? undefined : list(masks, "masks") };
}

function entryOf(value: unknown, image: number, where: string): CocoEntry {
  const { category, objects, scores, outcomes } = objectOf(value, where);
  const counts = listOf(objects, `${where}, objects`).map((count) =>
    numberOf(count, `${where}, objects`, { minimum: 0, whole: true }),
  );
  if (counts.length !== areaNames.length) throw unexpected(objects, `${where}, objects`, `${areaNames.length} counts`);
  const found = listOf(scores, `${where}, scores`).map((score) => numberOf(score, `${where}, scores`));
  if (found.length > mostDetections) throw unexpected(scores, `${where}, scores`, `at most ${mostDetections} scores`);
  const length = iouThresholds.length * found.length;
  const numbers = typeof outcomes === "string" ? [...outcomes].map((letter) => numberOfLetter.get(letter)) : [];
  if (typeof outcomes !== "string" || numbers.length !== length || numbers.includes(undefined)) {
    throw unexpected(outcomes, `${where}, outcomes`, `${length} of the characters # to t`);
  }
  const unpacked = new Uint8Array(areaNames.length * length);
  numbers.forEach((number, i) => {
    const [find, t] = [Math.floor(i / iouThresholds.length), i % iouThresholds.length];
    for (let area = 0, left = number!; area < areaNames.length; area++, left = Math.floor(left / kinds)) {
      unpacked[(area * iouThresholds.length + t) * found.length + find] = left % kinds;
    }
  });
  return {
    image,
    category: numberOf(category, `${where}, category`, { minimum: 0, whole: true }),
    scores: Float64Array.from(found),
    outcomes: unpacked,
    objects: Uint32Array.from(counts),
  };
}
