import { errors } from "../errors.ts";
import { type Box, checkBox, compareBoxes, intersectionOverUnion } from "./boxes.ts";
import { checkIou } from "./detection-matching.ts";
import { type ClassValue, defineMetric, meanOfDefined, undefinedValue } from "./metric.ts";
import { areaUnderCurve, emptyRanking, type Ranking, rankingCurves } from "./precision-recall.ts";

/** One picture of PASCAL VOC; categories are whole numbers from 0 up. Make its boxes with `inclusiveBox`. */
export interface VocImage {
  readonly truth: readonly { readonly category: number; readonly box: Box; readonly difficult?: boolean }[];
  readonly detections: readonly { readonly category: number; readonly box: Box; readonly score: number }[];
}

/** A box of VOC, whose corners (xmin, ymin) and (xmax, ymax) both belong to it: its width is xmax − xmin + 1. */
export const inclusiveBox = (xmin: number, ymin: number, xmax: number, ymax: number): Box => ({
  x: xmin,
  y: ymin,
  width: xmax - xmin + 1,
  height: ymax - ymin + 1,
});

/** Rankings by category. */
export type CategoryRankings = ReadonlyMap<number, Ranking>;

/**
 * Mean over categories of VOC's average precision, "envelope" as of 2010 or "eleven-point" as of 2007. Each detection,
 * by descending score, looks only at the box of largest IoU: below `iou` it is false; on a difficult box it is dropped;
 * on a box already taken it is false, whatever else it covers. Equal scores enter the curve together. `perClass` has
 * the AP of each category. Source: VOCevaldet.m of the development kit (>= iou), Everingham et al. (2010).
 */
export const vocMeanAveragePrecision = ({
  iou = 0.5,
  interpolation = "envelope",
  categories = Number.POSITIVE_INFINITY,
}: {
  iou?: number;
  interpolation?: "envelope" | "eleven-point";
  /** Number of categories; a larger one is refused. */
  categories?: number;
} = {}) => {
  checkIou(iou);
  const areas = (units: readonly CategoryRankings[]) => {
    const labels = [...new Set(units.flatMap((unit) => [...unit.keys()]))].sort((a, b) => a - b);
    const curves = labels.map((label) => rankingCurves(units.map((unit) => unit.get(label) ?? emptyRanking)));
    return (counts: ArrayLike<number>): ClassValue[] =>
      labels.map((label, i) => {
        const value = areaUnderCurve(curves[i]!(counts), interpolation);
        return { class: label, ...(Number.isNaN(value) ? undefinedValue("no boxes of this category") : { value }) };
      });
  };
  const reason = "no boxes to find";
  return defineMetric<readonly VocImage[], CategoryRankings>({
    name: interpolation === "eleven-point" ? "voc07_map" : "voc_map",
    unit: "fraction",
    range: [0, 1],
    higherIsBetter: true,
    permutationInvariant: true,
    empty: () => new Map(),
    update: (state, images) =>
      mergeAll([state, ...images.map((image, i) => rankImage(image, { iou, categories, where: `image ${i}` }))]),
    merge: (a, b) => mergeAll([a, b]),
    compute: (state) => meanOfDefined(areas([state])([1]), reason),
    perClass: (state) => areas([state])([1]),
    resampler: (units) => {
      const drawn = areas(units);
      return (counts) => meanOfDefined(drawn(counts), reason).value;
    },
  });
};

function mergeAll(states: readonly CategoryRankings[]): CategoryRankings {
  const parts = new Map<number, Ranking[]>();
  for (const [category, ranking] of states.flatMap((state) => [...state])) {
    if (parts.has(category)) parts.get(category)!.push(ranking);
    else parts.set(category, [ranking]);
  }
  const whole = (list: readonly Ranking[]): Ranking => ({
    positives: list.reduce((sum, { positives }) => sum + positives, 0),
    hits: list.flatMap(({ hits }) => hits),
    falses: list.flatMap(({ falses }) => falses),
  });
  return new Map([...parts].map(([category, list]) => [category, whole(list)]));
}

/** What became of the objects and finds of a picture. */
export interface VocMatch {
  /** `score`: of the find that hit it, -Infinity for none; difficult ones are not to be found. */
  readonly objects: readonly (VocImage["truth"][number] & { readonly score: number })[];
  /** By class, the surest first. */
  readonly falses: VocImage["detections"];
}

/** Matches the finds of a picture, class by class; see `vocMeanAveragePrecision`. */
export function matchVocImage(
  { truth, detections }: VocImage,
  { iou = 0.5, categories = Number.POSITIVE_INFINITY, where = "image" } = {},
): VocMatch {
  const check = (category: number, box: Box, at: string) => {
    checkBox(box, at);
    if (!Number.isInteger(category) || category < 0 || category >= categories) {
      const expected = Number.isFinite(categories) ? `a category from 0 to ${categories - 1}` : "a category from 0 up";
      throw errors["bad-category"]({ where: at, expected, received: category });
    }
  };
  truth.forEach(({ category, box }, i) => {
    check(category, box, `${where}, truth, box ${i}`);
  });
  detections.forEach(({ category, box, score }, i) => {
    check(category, box, `${where}, detections, box ${i}`);
    if (!Number.isFinite(score))
      throw errors["bad-score"]({ where: `${where}, detections, box ${i}`, received: score });
  });
  const present = new Set([...truth, ...detections].map(({ category }) => category));
  const matched = [...present].map((wanted) =>
    matchCategory(
      truth.filter(({ category }) => category === wanted),
      detections.filter(({ category }) => category === wanted),
      iou,
    ),
  );
  return { objects: matched.flatMap(({ objects }) => objects), falses: matched.flatMap(({ falses }) => falses) };
}

function rankImage(
  image: VocImage,
  options: { readonly iou: number; readonly categories: number; readonly where: string },
): CategoryRankings {
  const { objects, falses } = matchVocImage(image, options);
  const present = new Set([...image.truth, ...image.detections].map(({ category }) => category));
  return new Map(
    [...present].map((wanted): [number, Ranking] => {
      const own = objects.filter(({ category, difficult }) => category === wanted && difficult !== true);
      const hits = own.map(({ score }) => score).filter((score) => score !== Number.NEGATIVE_INFINITY);
      return [
        wanted,
        {
          positives: own.length,
          hits: hits.sort((a, b) => b - a),
          falses: falses.filter(({ category }) => category === wanted).map(({ score }) => score),
        },
      ];
    }),
  );
}

function matchCategory(truth: VocImage["truth"], detections: VocImage["detections"], iou: number): VocMatch {
  const falses: VocImage["detections"][number][] = [];
  // ties are settled by place, so that the order of rows never decides
  const boxes = [...truth].sort(
    (a, b) => Number(a.difficult ?? false) - Number(b.difficult ?? false) || compareBoxes(a.box, b.box),
  );
  const scores = boxes.map(() => Number.NEGATIVE_INFINITY);
  for (const find of [...detections].sort((a, b) => b.score - a.score || compareBoxes(a.box, b.box))) {
    let best = -1;
    let overlap = 0; // boxes that do not touch never match
    boxes.forEach((candidate, i) => {
      const shared = intersectionOverUnion(find.box, candidate.box);
      if (shared > overlap) [best, overlap] = [i, shared];
    });
    if (best < 0 || overlap < iou || scores[best]! > Number.NEGATIVE_INFINITY) falses.push(find);
    else if (boxes[best]!.difficult !== true) scores[best] = find.score;
  }
  return { objects: boxes.map((box, i) => ({ ...box, score: scores[i]! })), falses };
}
