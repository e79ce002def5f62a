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

/**
 * Prepares units (the entries of pictures, subjects, ...) for many draws with replacement: sorts the detections of each
 * category once. Source: pycocotools 2.0, COCOeval.accumulate.
 */
export function cocoCurves(units: readonly (readonly CocoEntry[])[], slice: CocoSlice): Map<number, CategoryCurves> {
  const entries = units.flatMap((unit, index) => unit.map((entry) => ({ entry, unit: index })));
  const byCategory = new Map<number, Placed[]>();
  for (const placed of entries) {
    const { category } = placed.entry;
    if (byCategory.has(category)) byCategory.get(category)!.push(placed);
    else byCategory.set(category, [placed]);
  }
  const sorted = [...byCategory].sort(([a], [b]) => a - b);
  return new Map(sorted.map(([category, list]) => [category, categoryCurves(list, slice)]));
}

interface Placed {
  readonly entry: CocoEntry;
  readonly unit: number;
}

/** The detections of one category in all pictures, surest first; equal scores by picture, then by row. */
interface SortedDetections {
  readonly unitOf: Uint32Array;
  /** Where the run of equal scores in one picture ends: a picture drawn again comes again as a whole. */
  readonly runEnd: Uint32Array;
  /** [thresholds][detections], as in `CocoEntry`. */
  readonly outcomes: readonly Uint8Array[];
}

function categoryCurves(list: readonly Placed[], { area, maxDetections }: CocoSlice): CategoryCurves {
  const at = areaNames.indexOf(area);
  const placed = list
    .filter(({ entry }) => entry.objects[at]! > 0 || entry.scores.length > 0)
    .sort((a, b) => a.entry.image - b.entry.image);
  const sorted = sortDetections(placed, { at, maxDetections });
  return (counts) => {
    const objects = placed.reduce((sum, { entry, unit }) => sum + counts[unit]! * entry.objects[at]!, 0);
    if (objects === 0) return undefined;
    const length = sorted.unitOf.reduce((sum, unit) => sum + counts[unit]!, 0);
    const points = { hits: new Float64Array(length), precision: new Float64Array(length) };
    return sorted.outcomes.map((outcomes) => curve({ ...sorted, outcomes, counts, objects }, points));
  };
}

function sortDetections(
  placed: readonly Placed[],
  { at, maxDetections }: { at: number; maxDetections: number },
): SortedDetections {
  const owners: number[] = [];
  const ranks: number[] = [];
  placed.forEach(({ entry }, owner) => {
    for (let rank = 0; rank < Math.min(maxDetections, entry.scores.length); rank++) {
      owners.push(owner);
      ranks.push(rank);
    }
  });
  const scores = Float64Array.from(owners, (owner, i) => placed[owner]!.entry.scores[ranks[i]!]!);
  const order = Uint32Array.from(scores.keys()).sort((a, b) => scores[b]! - scores[a]! || a - b);
  const runEnd = new Uint32Array(order.length);
  for (let i = order.length - 1; i >= 0; i--) {
    const [own, next] = [order[i]!, order[i + 1]];
    const isSame = next !== undefined && scores[own] === scores[next] && owners[own] === owners[next];
    runEnd[i] = isSame ? runEnd[i + 1]! : i + 1;
  }
  return {
    runEnd,
    unitOf: Uint32Array.from(order, (i) => placed[owners[i]!]!.unit),
    outcomes: iouThresholds.map((_, t) =>
      Uint8Array.from(order, (i) => {
        const { scores: own, outcomes } = placed[owners[i]!]!.entry;
        return outcomes[(at * iouThresholds.length + t) * own.length + ranks[i]!]!;
      }),
    ),
  };
}

function curve(
  {
    unitOf,
    runEnd,
    outcomes,
    counts,
    objects,
  }: Omit<SortedDetections, "outcomes"> & { outcomes: Uint8Array; counts: ArrayLike<number>; objects: number },
  points: { hits: Float64Array; precision: Float64Array },
): CocoCurve {
  let [hits, falses, length] = [0, 0, 0];
  for (let start = 0; start < unitOf.length; start = runEnd[start]!) {
    for (let copy = counts[unitOf[start]!]!; copy > 0; copy--) {
      for (let i = start; i < runEnd[start]!; i++) {
        if (outcomes[i] === 2) continue;
        if (outcomes[i] === 1) hits++;
        else falses++;
        points.hits[length] = hits;
        points.precision[length++] = hits / (falses + hits + Number.EPSILON);
      }
    }
  }
  for (let i = length - 2; i >= 0; i--) {
    points.precision[i] = Math.max(points.precision[i]!, points.precision[i + 1]!);
  }
  let first = 0;
  const precision = recallLevels.map((level) => {
    while (first < length && points.hits[first]! / objects < level) first++;
    return first < length ? points.precision[first]! : 0;
  });
  return { precision, recall: hits / objects };
}
