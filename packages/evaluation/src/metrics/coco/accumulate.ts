import { areaNames, type CocoArea, type CocoEntry, iouThresholds } from "./matching.ts";

/** Curves of one category at one IoU threshold. */
export interface CocoCurve {
  /** Largest precision at recall of at least 0, 0.01, ..., 1 [101]; 0 beyond the last. */
  readonly precision: Float64Array;
  /** Recall of all detections, 0 to 1. */
  readonly recall: number;
}

/** What to read: a range of sizes, and how many detections of a category may count in a picture. */
export interface CocoSlice {
  readonly area: CocoArea;
  readonly maxDetections: number;
}

/**
 * Curves of one category, [thresholds], or nothing where the whole has no object to find.
 * `counts` says how often each unit occurs.
 */
export type CategoryCurves = (counts: ArrayLike<number>) => readonly CocoCurve[] | undefined;

/** Recall 0, 0.01, ..., 1, to the bit as numpy.linspace. */
const recallLevels = Float64Array.from({ length: 101 }, (_, i) => i * 0.01);
recallLevels[100] = 1;

/** The detections of one category in all pictures, surest first; equal scores by picture, then by row. */
interface SortedCategory {
  readonly placed: readonly Placed[];
  readonly scores: Float64Array;
  /** Index into `placed`, and rank in the picture from 0. */
  readonly owners: Uint32Array;
  readonly ranks: Uint32Array;
}

/** The entries of one picture and the unit that they belong to. */
interface Placed {
  readonly entry: CocoEntry;
  readonly unit: number;
}

/** The detections of each category, sorted; categories in rising order. */
export type SortedCategories = ReadonlyMap<number, SortedCategory>;

/** Sorts the detections of units (the entries of pictures, subjects, ...) once, for any number of slices and draws. */
export function sortCategories(units: readonly (readonly CocoEntry[])[]): SortedCategories {
  const byCategory = new Map<number, Placed[]>();
  units.forEach((entries, unit) => {
    for (const entry of entries) {
      if (byCategory.has(entry.category)) byCategory.get(entry.category)!.push({ entry, unit });
      else byCategory.set(entry.category, [{ entry, unit }]);
    }
  });
  const sorted = [...byCategory].sort(([a], [b]) => a - b);
  return new Map(sorted.map(([category, placed]) => [category, sortCategory(placed)]));
}

function sortCategory(list: readonly Placed[]): SortedCategory {
  const placed = [...list].sort((a, b) => a.entry.image - b.entry.image);
  const owners: number[] = [];
  const ranks: number[] = [];
  const scores: number[] = [];
  placed.forEach(({ entry }, owner) => {
    entry.scores.forEach((score, rank) => {
      owners.push(owner);
      ranks.push(rank);
      scores.push(score);
    });
  });
  const order = Uint32Array.from(scores.keys()).sort((a, b) => scores[b]! - scores[a]! || a - b);
  return {
    placed,
    scores: Float64Array.from(order, (i) => scores[i]!),
    owners: Uint32Array.from(order, (i) => owners[i]!),
    ranks: Uint32Array.from(order, (i) => ranks[i]!),
  };
}

/** Curves of each category for one slice. Source: pycocotools 2.0, COCOeval.accumulate. */
export const cocoCurves = (categories: SortedCategories, slice: CocoSlice): Map<number, CategoryCurves> =>
  new Map([...categories].map(([category, sorted]) => [category, categoryCurves(sorted, slice)]));

/** The detections of a slice, surest first. */
interface SlicedDetections {
  readonly unitOf: Uint32Array;
  /** Where the run of equal scores in one picture ends: a picture drawn again comes again as a whole. */
  readonly runEnd: Uint32Array;
  /** [thresholds][detections], as in `CocoEntry`. */
  readonly outcomes: readonly Uint8Array[];
}

function categoryCurves(category: SortedCategory, { area, maxDetections }: CocoSlice): CategoryCurves {
  const { placed } = category;
  const at = areaNames.indexOf(area);
  const sliced = slice(category, { at, maxDetections });
  return (counts) => {
    const objects = placed.reduce((sum, { entry, unit }) => sum + counts[unit]! * entry.objects[at]!, 0);
    if (objects === 0) return undefined;
    const precisions = new Float64Array(objects);
    return sliced.outcomes.map((outcomes) => curve({ ...sliced, outcomes, counts, objects }, precisions));
  };
}

function slice(
  { placed, scores, owners, ranks }: SortedCategory,
  { at, maxDetections }: { at: number; maxDetections: number },
): SlicedDetections {
  const kept = Uint32Array.from(ranks.keys()).filter((i) => ranks[i]! < maxDetections);
  const runEnd = new Uint32Array(kept.length);
  for (let i = kept.length - 1; i >= 0; i--) {
    const [own, next] = [kept[i]!, kept[i + 1]];
    const isSame = next !== undefined && scores[own] === scores[next] && owners[own] === owners[next];
    runEnd[i] = isSame ? runEnd[i + 1]! : i + 1;
  }
  const outcomes = iouThresholds.map(() => new Uint8Array(kept.length));
  kept.forEach((detection, i) => {
    const { scores: own, outcomes: all } = placed[owners[detection]!]!.entry;
    for (let t = 0; t < outcomes.length; t++) {
      outcomes[t]![i] = all[(at * outcomes.length + t) * own.length + ranks[detection]!]!;
    }
  });
  return { runEnd, outcomes, unitOf: Uint32Array.from(kept, (i) => placed[owners[i]!]!.unit) };
}

function curve(
  {
    unitOf,
    runEnd,
    outcomes,
    counts,
    objects,
  }: Omit<SlicedDetections, "outcomes"> & { outcomes: Uint8Array; counts: ArrayLike<number>; objects: number },
  precisions: Float64Array,
): CocoCurve {
  // between two hits precision only falls, so that the envelope stands on the hits alone
  let [hits, falses] = [0, 0];
  for (let start = 0; start < unitOf.length; start = runEnd[start]!) {
    for (let copy = counts[unitOf[start]!]!; copy > 0; copy--) {
      for (let i = start; i < runEnd[start]!; i++) {
        if (outcomes[i] === 0) falses++;
        else if (outcomes[i] === 1) {
          hits++;
          precisions[hits - 1] = hits / (falses + hits + Number.EPSILON);
        }
      }
    }
  }
  for (let i = hits - 2; i >= 0; i--) precisions[i] = Math.max(precisions[i]!, precisions[i + 1]!);
  let first = 0;
  const precision = recallLevels.map((level) => {
    while (first < hits && (first + 1) / objects < level) first++;
    return first < hits ? precisions[first]! : 0;
  });
  return { precision, recall: hits / objects };
}
