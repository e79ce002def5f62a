/** What is placed in a layer: its middle `x` is moved. */
export interface Placeable {
  readonly id: string;
  readonly isLine: boolean;
  x: number;
}

/** Slots that move together, so that a chain without branches is one straight line. */
interface Segment {
  readonly slots: Placeable[];
  x: number;
}

interface Bound {
  readonly other: Segment;
  readonly distance: number;
}

const SWEEPS = 200;

/**
 * Makes chains straight: slots that are joined by a line of their own (one reader, one maker) get one `x`. Segments are pushed apart where
 * they are too near, then moved towards the mean of their neighbours within the room that they have (Gauss-Seidel with bounds).
 * `distance` is the least one between the middles of two neighbours in a layer.
 */
export function straighten(
  layers: readonly (readonly Placeable[])[],
  { below, above }: { below: ReadonlyMap<string, readonly string[]>; above: ReadonlyMap<string, readonly string[]> },
  distance: (left: Placeable, right: Placeable) => number,
): void {
  const slots = new Map(layers.flat().map((slot) => [slot.id, slot]));
  const isChain = (from: string, to: string) => {
    const bothLines = slots.get(from)!.isLine && slots.get(to)!.isLine;
    return bothLines || ((below.get(from) ?? []).length === 1 && (above.get(to) ?? []).length === 1);
  };
  const alone = new Set<string>();
  for (;;) {
    const segmentOf = segments(layers, below, (from, to) => isChain(from, to) && !alone.has(from) && !alone.has(to));
    const { left, right, order, cyclic } = bounds(layers, segmentOf, distance);
    if (cyclic.length > 0) {
      // chains that cross cannot both be straight
      for (const segment of cyclic) for (const { id } of segment.slots) alone.add(id);
      continue;
    }
    separate(order, left, right);
    relax(order, { left, right, segmentOf, neighbours: (id) => [...(above.get(id) ?? []), ...(below.get(id) ?? [])] });
    for (const segment of order) for (const slot of segment.slots) slot.x = segment.x;
    return;
  }
}

function segments(
  layers: readonly (readonly Placeable[])[],
  below: ReadonlyMap<string, readonly string[]>,
  isChain: (from: string, to: string) => boolean,
): Map<string, Segment> {
  const segmentOf = new Map<string, Segment>();
  for (const slot of layers.flat()) {
    if (!segmentOf.has(slot.id)) segmentOf.set(slot.id, { slots: [], x: 0 });
    const segment = segmentOf.get(slot.id)!;
    segment.slots.push(slot);
    const next = (below.get(slot.id) ?? []).find((id) => isChain(slot.id, id));
    if (next !== undefined) segmentOf.set(next, segment);
  }
  for (const segment of new Set(segmentOf.values()))
    segment.x = segment.slots.reduce((sum, { x }) => sum + x, 0) / segment.slots.length;
  return segmentOf;
}

/** Neighbours on both sides of every segment, and the segments from left to right; `cyclic` holds those that have no such order. */
function bounds(
  layers: readonly (readonly Placeable[])[],
  segmentOf: ReadonlyMap<string, Segment>,
  distance: (left: Placeable, right: Placeable) => number,
) {
  const all = [...new Set(segmentOf.values())];
  const left = new Map<Segment, Bound[]>(all.map((segment) => [segment, []]));
  const right = new Map<Segment, Bound[]>(all.map((segment) => [segment, []]));
  for (const layer of layers) {
    for (const [index, slot] of layer.slice(1).entries()) {
      const before = layer[index]!;
      const [a, b] = [segmentOf.get(before.id)!, segmentOf.get(slot.id)!];
      left.get(b)!.push({ other: a, distance: distance(before, slot) });
      right.get(a)!.push({ other: b, distance: distance(before, slot) });
    }
  }
  const waiting = new Map(all.map((segment) => [segment, left.get(segment)!.length]));
  const order = all.filter((segment) => waiting.get(segment) === 0);
  for (let index = 0; index < order.length; index++) {
    for (const { other } of right.get(order[index]!)!) {
      waiting.set(other, waiting.get(other)! - 1);
      if (waiting.get(other) === 0) order.push(other);
    }
  }
  return { left, right, order, cyclic: all.filter((segment) => waiting.get(segment)! > 0) };
}

type Bounds = ReadonlyMap<Segment, readonly Bound[]>;

/** Half of pushing everything to the right and half of pushing to the left: both keep the distances, and so does their mean. */
function separate(order: readonly Segment[], left: Bounds, right: Bounds): void {
  const pushedRight = new Map<Segment, number>();
  for (const segment of order) {
    const lowest = left.get(segment)!.map(({ other, distance }) => pushedRight.get(other)! + distance);
    pushedRight.set(segment, Math.max(segment.x, ...lowest));
  }
  const pushedLeft = new Map<Segment, number>();
  for (const segment of order.toReversed()) {
    const highest = right.get(segment)!.map(({ other, distance }) => pushedLeft.get(other)! - distance);
    pushedLeft.set(segment, Math.min(segment.x, ...highest));
  }
  for (const segment of order) segment.x = (pushedRight.get(segment)! + pushedLeft.get(segment)!) / 2;
}

function relax(
  order: readonly Segment[],
  {
    left,
    right,
    segmentOf,
    neighbours,
  }: {
    left: Bounds;
    right: Bounds;
    segmentOf: ReadonlyMap<string, Segment>;
    neighbours: (id: string) => readonly string[];
  },
): void {
  const pulls = new Map(
    order.map((segment) => {
      const others = segment.slots.flatMap(({ id }) => neighbours(id).map((other) => segmentOf.get(other)!));
      return [segment, others.filter((other) => other !== segment)] as const;
    }),
  );
  for (let sweep = 0; sweep < SWEEPS; sweep++) {
    for (const segment of sweep % 2 === 0 ? order : order.toReversed()) {
      const others = pulls.get(segment)!;
      if (others.length === 0) continue;
      const wanted = others.reduce((sum, { x }) => sum + x, 0) / others.length;
      const lowest = Math.max(...left.get(segment)!.map(({ other, distance }) => other.x + distance));
      const highest = Math.min(...right.get(segment)!.map(({ other, distance }) => other.x - distance));
      segment.x = Math.min(highest, Math.max(lowest, wanted));
    }
  }
}
