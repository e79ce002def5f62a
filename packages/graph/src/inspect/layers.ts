import { straighten } from "./straighten.ts";

/** A box to be placed. */
export interface Box {
  readonly id: string;
  readonly width: number;
  readonly height: number;
}

/** A box at its place. Lengths are in pixels, from the left upper corner, x to the right and y down. */
export interface PlacedBox extends Box {
  /** Left upper corner. */
  readonly x: number;
  readonly y: number;
}

/** A line between two boxes by way of the points, from top to bottom. */
export interface PlacedEdge {
  readonly from: string;
  readonly to: string;
  readonly points: readonly (readonly [x: number, y: number])[];
}

/** Where boxes and lines stand, and the extent of it all, in pixels. */
export interface Placement {
  readonly boxes: readonly PlacedBox[];
  readonly edges: readonly PlacedEdge[];
  readonly width: number;
  readonly height: number;
}

/** A box, or a place through which a line passes a layer. */
interface Slot {
  readonly id: string;
  readonly width: number;
  readonly height: number;
  readonly isLine: boolean;
  x: number;
}

type Neighbours = ReadonlyMap<string, readonly string[]>;

const SWEEPS = 24;

/**
 * Places the boxes of a directed graph without cycles in layers from top to bottom (Sugiyama, Tagawa and Toda 1981): each below all that it reads,
 * ordered within its layer to cross few lines (barycentres), then moved towards its neighbours as far as the order allows, chains in
 * one straight line.
 */
export function placeInLayers(
  boxes: readonly Box[],
  edges: readonly (readonly [string, string])[],
  { gapX = 26, gapY = 34 }: { gapX?: number; gapY?: number } = {},
): Placement {
  const depth = depths(boxes, edges);
  const layers: Slot[][] = Array.from({ length: Math.max(0, ...depth.values()) + 1 }, () => []);
  const slots = new Map<string, Slot>();
  const addSlot = (slot: Slot, layer: number) => {
    slots.set(slot.id, slot);
    layers[layer]!.push(slot);
  };
  for (const box of boxes) addSlot({ ...box, isLine: false, x: 0 }, depth.get(box.id)!);
  const chains = edges.map(([from, to], index) => {
    const chain = [from];
    for (let layer = depth.get(from)! + 1; layer < depth.get(to)!; layer++) {
      const id = `line ${index} ${layer}`;
      addSlot({ id, width: 6, height: 0, isLine: true, x: 0 }, layer);
      chain.push(id);
    }
    return [...chain, to];
  });
  const [above, below] = neighboursOf(chains);
  orderLayers(layers, above, below);
  spread(layers, above, below, gapX);
  straighten(layers, { above, below }, (left, right) => distance(left as Slot, right as Slot, gapX));
  const left = Math.min(0, ...[...slots.values()].map(({ x, width }) => x - width / 2));
  const heights = layers.map((layer) => Math.max(0, ...layer.map(({ height }) => height)));
  const tops = heights.map((_, index) => heights.slice(0, index).reduce((sum, height) => sum + height + gapY, 0));
  const layerOf = new Map(layers.flatMap((layer, index) => layer.map(({ id }) => [id, index] as const)));
  const middle = (id: string) => tops[layerOf.get(id)!]! + heights[layerOf.get(id)!]! / 2;
  const placed = boxes.map((box): PlacedBox => {
    const { x } = slots.get(box.id)!;
    return { ...box, x: x - left - box.width / 2, y: middle(box.id) - box.height / 2 };
  });
  return {
    boxes: placed,
    edges: chains.map((chain) => ({ from: chain[0]!, to: chain.at(-1)!, points: pointsOf(chain) })),
    width: Math.max(0, ...placed.map(({ x, width }) => x + width), ...[...slots.values()].map(({ x }) => x - left + 4)),
    height: Math.max(0, ...placed.map(({ y, height }) => y + height)),
  };

  function pointsOf(chain: readonly string[]): [number, number][] {
    return chain.flatMap((id, index): [number, number][] => {
      const { x, height, isLine } = slots.get(id)!;
      const layer = layerOf.get(id)!;
      // a line that passes a layer goes straight through its whole height
      if (isLine)
        return [
          [x - left, tops[layer]!],
          [x - left, tops[layer]! + heights[layer]!],
        ];
      return [[x - left, index === 0 ? middle(id) + height / 2 : middle(id) - height / 2]];
    });
  }
}

/** Length of the longest way to each box; a box that reads nothing stands right above its first reader. */
function depths(boxes: readonly Box[], edges: readonly (readonly [string, string])[]): Map<string, number> {
  const depth = new Map(boxes.map(({ id }) => [id, 0]));
  for (let round = 0, isChanged = true; isChanged && round < boxes.length; round++) {
    isChanged = false;
    for (const [from, to] of edges) {
      if (depth.get(to)! > depth.get(from)!) continue;
      depth.set(to, depth.get(from)! + 1);
      isChanged = true;
    }
  }
  const read = new Set(edges.map(([, to]) => to));
  for (const { id } of boxes) {
    const readers = edges.filter(([from]) => from === id).map(([, to]) => depth.get(to)!);
    if (!read.has(id) && readers.length > 0) depth.set(id, Math.min(...readers) - 1);
  }
  return depth;
}

function neighboursOf(chains: readonly (readonly string[])[]): [above: Neighbours, below: Neighbours] {
  const above = new Map<string, string[]>();
  const below = new Map<string, string[]>();
  const add = (map: Map<string, string[]>, key: string, value: string) =>
    map.set(key, [...(map.get(key) ?? []), value]);
  for (const chain of chains) {
    for (const [index, id] of chain.slice(1).entries()) {
      add(above, id, chain[index]!);
      add(below, chain[index]!, id);
    }
  }
  return [above, below];
}

/** Sweeps down and up, and keeps the order that crosses fewest lines. */
function orderLayers(layers: Slot[][], above: Neighbours, below: Neighbours): void {
  let best = { crossings: crossings(layers, below), layers: layers.map((layer) => [...layer]) };
  for (let sweep = 0; sweep < SWEEPS && best.crossings > 0; sweep++) {
    const isDown = sweep % 2 === 0;
    const order = isDown ? layers : layers.toReversed();
    for (const [index, layer] of order.entries()) {
      if (index > 0) sortByNeighbours(layer, order[index - 1]!, isDown ? above : below);
    }
    const found = crossings(layers, below);
    if (found < best.crossings) best = { crossings: found, layers: layers.map((layer) => [...layer]) };
  }
  for (const [index, layer] of layers.entries()) layer.splice(0, layer.length, ...best.layers[index]!);
}

function sortByNeighbours(layer: Slot[], fixed: readonly Slot[], neighbours: Neighbours): void {
  const place = new Map(fixed.map(({ id }, index) => [id, index]));
  const keys = new Map(
    layer.map(({ id }, index) => {
      const places = (neighbours.get(id) ?? [])
        .map((other) => place.get(other)!)
        .filter((found) => found !== undefined);
      const mean = places.reduce((sum, found) => sum + found, 0) / places.length;
      return [id, places.length === 0 ? (index / layer.length) * fixed.length : mean];
    }),
  );
  layer.sort((a, b) => keys.get(a.id)! - keys.get(b.id)!);
}

/** Pairs of lines between neighbouring layers that cross. */
function crossings(layers: readonly (readonly Slot[])[], below: Neighbours): number {
  let count = 0;
  for (const [index, layer] of layers.slice(0, -1).entries()) {
    const place = new Map(layers[index + 1]!.map(({ id }, position) => [id, position]));
    const ends = layer.flatMap(({ id }) =>
      (below.get(id) ?? []).map((other) => place.get(other)!).sort((a, b) => a - b),
    );
    for (let i = 0; i < ends.length; i++) for (let j = i + 1; j < ends.length; j++) if (ends[i]! > ends[j]!) count++;
  }
  return count;
}

/** Moves every slot towards the mean of its neighbours; lines pull harder, so that they become straight. */
function spread(layers: readonly Slot[][], above: Neighbours, below: Neighbours, gap: number): void {
  const slots = new Map(layers.flat().map((slot) => [slot.id, slot]));
  for (const layer of layers)
    settle(
      layer,
      layer.map(() => 0),
      layer.map(() => 1),
      gap,
    );
  for (let sweep = 0; sweep < SWEEPS; sweep++) {
    const isDown = sweep % 2 === 0;
    for (const layer of isDown ? layers : layers.toReversed()) {
      const wanted: number[] = [];
      const weights: number[] = [];
      for (const slot of layer) {
        const ids = [...(above.get(slot.id) ?? []), ...(below.get(slot.id) ?? [])];
        const pulls = ids.map((id) => ({ x: slots.get(id)!.x, weight: slot.isLine && slots.get(id)!.isLine ? 8 : 1 }));
        const weight = pulls.reduce((sum, pull) => sum + pull.weight, 0);
        wanted.push(weight === 0 ? slot.x : pulls.reduce((sum, pull) => sum + pull.x * pull.weight, 0) / weight);
        weights.push(Math.max(1, weight));
      }
      settle(layer, wanted, weights, gap);
    }
  }
}

/** Least distance of two neighbours' middles; lines may run closer together than boxes. */
const distance = (left: Slot, right: Slot, gap: number): number =>
  left.width / 2 + (left.isLine && right.isLine ? gap / 3 : gap) + right.width / 2;

/** Least squares to the wanted places, in order and with gaps between: isotonic regression by pooling (Barlow and others 1972). */
function settle(layer: readonly Slot[], wanted: readonly number[], weights: readonly number[], gap: number): void {
  const offsets: number[] = [];
  layer.forEach((slot, index) => {
    const before = layer[index - 1];
    offsets.push(before ? offsets[index - 1]! + distance(before, slot, gap) : 0);
  });
  const pools: { value: number; weight: number; size: number }[] = [];
  wanted.forEach((place, index) => {
    let pool = { value: place - offsets[index]!, weight: weights[index]!, size: 1 };
    for (let last = pools.at(-1); last && last.value > pool.value; last = pools.at(-1)) {
      pools.pop();
      const weight = last.weight + pool.weight;
      const value = (last.value * last.weight + pool.value * pool.weight) / weight;
      pool = { value, weight, size: last.size + pool.size };
    }
    pools.push(pool);
  });
  const values = pools.flatMap(({ value, size }) => Array.from({ length: size }, () => value));
  layer.forEach((slot, index) => {
    slot.x = values[index]! + offsets[index]!;
  });
}
