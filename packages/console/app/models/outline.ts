import {
  type Block,
  blocksOf,
  describeGraph,
  freezeShapes,
  type Graph,
  type GraphDescription,
  type InferredValues,
  inferValues,
  multiplyAdds,
  sizeOf,
  weightRoles,
} from "@foveajs/graph";
import type { Preprocessing } from "@foveajs/vision";

/** What the nodes of a stage come to. */
export interface StageCost {
  /** Nodes of the file. */
  readonly operators: number;
  readonly parameters: number;
  /** undefined where shapes are open. */
  readonly multiplyAdds: number | undefined;
}

/** Blocks that belong together, to be shown as one box or one by one. */
export interface Stage extends StageCost {
  readonly id: string;
  /** `input`: the picture; `trunk`: what several outputs share; `join`: where maps of several sizes meet; `head`: what leads to one output alone. */
  readonly kind: "input" | "trunk" | "join" | "head";
  /** Of a head, the output; of an input its name. */
  readonly name: string | undefined;
  /** Sides of its maps, undefined where there are none. */
  readonly size: readonly [width: number, height: number] | undefined;
  /** Channels of its last map, or numbers that it gives. */
  readonly channels: number | undefined;
  readonly blocks: readonly Block[];
  /** Between its own blocks, by id. */
  readonly edges: readonly (readonly [string, string])[];
}

/** A model in stages: what is drawn of it. */
export interface Outline {
  readonly stages: readonly Stage[];
  /** Between stages, by id; without cycles. */
  readonly edges: readonly (readonly [string, string])[];
  readonly description: GraphDescription;
  /** Nodes that are worked out before the model runs, since they read constants alone; they are in no block. */
  readonly constantNodes: readonly string[];
}

interface Place {
  readonly size: readonly [number, number] | undefined;
  readonly channels: number | undefined;
}

/** The graph for one picture of the size that the card says: multiply-adds and memory are known of such a one alone. */
export function forOnePicture(graph: Graph, { width, height, crop }: Preprocessing): Graph {
  const extents: Record<string, number> = {};
  const shown = crop ?? { width, height };
  for (const { shape } of graph.inputs) {
    const wanted = shape?.length === 4 ? [1, undefined, shown.height, shown.width] : [1];
    shape?.forEach((extent, axis) => {
      const told = wanted[axis];
      if (typeof extent === "string" && told !== undefined) extents[extent] = told;
    });
  }
  return freezeShapes(graph, extents);
}

/** Takes a graph apart into stages, and counts what each costs. */
export function outlineOf(graph: Graph): Outline {
  const values = inferValues(graph);
  const { blocks, edges } = blocksOf(graph, values);
  const places = new Map(blocks.map((block) => [block.id, placeOf(block, graph, values)]));
  const stageOf = assign(blocks, edges, places);
  const costOf = costs(graph, values);
  const ids = [...new Set(blocks.map(({ id }) => stageOf.get(id)!))];
  const stages = ids.map((id): Stage => {
    const own = blocks.filter((block) => stageOf.get(block.id) === id);
    const last = own.findLast((block) => places.get(block.id)!.channels !== undefined);
    const [kind = "trunk", name] = id.split("\n") as [Stage["kind"], string];
    return {
      id,
      kind,
      name: kind === "head" || kind === "input" ? name : undefined,
      ...(last ? places.get(last.id)! : { size: undefined, channels: undefined }),
      ...costOf(own.flatMap(({ nodes }) => nodes)),
      blocks: own,
      edges: edges.filter(([from, to]) => stageOf.get(from) === id && stageOf.get(to) === id),
    };
  });
  const between = edges.flatMap(([from, to]) => {
    const pair = [stageOf.get(from)!, stageOf.get(to)!] as const;
    return pair[0] === pair[1] ? [] : [pair];
  });
  const drawn = new Set(blocks.flatMap(({ nodes }) => nodes));
  return {
    stages,
    edges: [...new Map(between.map((edge) => [edge.join("\t"), edge])).values()],
    description: describeGraph(graph),
    constantNodes: graph.nodes.flatMap(({ name }) => (drawn.has(name) ? [] : [name])),
  };
}

/**
 * The stage of each block. What leads to one output alone is that output's head: whatever follows it belongs to it too, so that heads
 * make no cycle. What is shared stands in the order of the file, cut where the maps' size changes, which makes none either.
 */
function assign(
  blocks: readonly Block[],
  edges: readonly (readonly [string, string])[],
  places: ReadonlyMap<string, Place>,
): ReadonlyMap<string, string> {
  const reached = outputsReached(blocks, edges);
  const outputs = blocks.filter(({ family }) => family === "output").length;
  const stages = new Map<string, string>();
  let run = 0;
  let side: number | undefined;
  let kind: "trunk" | "join" = "trunk";
  for (const block of blocks) {
    const [only, ...others] = reached.get(block.id)!;
    const { size } = places.get(block.id)!;
    if (block.family === "input") stages.set(block.id, `input\n${block.lines[0]}`);
    else if (only !== undefined && others.length === 0 && (outputs > 1 || isAnswer(block, size, side)))
      stages.set(block.id, `head\n${only}`);
    else {
      // gates and means of whole maps are 1 x 1: they belong to the maps around them
      const own = size && size[0] * size[1] > 1 ? size[0] * size[1] : undefined;
      if (own !== undefined && side !== undefined && own !== side && kind === "trunk") {
        run++;
        if (own > side) kind = "join";
      }
      side = own ?? side;
      stages.set(block.id, `${kind}\n${run}`);
    }
  }
  return stages;
}

/** Of a model with one output, what comes after its last map. */
const isAnswer = ({ family }: Block, size: Place["size"], side: number | undefined): boolean =>
  family === "output" || (side !== undefined && size === undefined);

/** Names of the outputs that each block leads to. */
function outputsReached(
  blocks: readonly Block[],
  edges: readonly (readonly [string, string])[],
): ReadonlyMap<string, ReadonlySet<string>> {
  const readers = new Map<string, string[]>();
  for (const [from, to] of edges) readers.set(from, [...(readers.get(from) ?? []), to]);
  const reached = new Map<string, Set<string>>();
  // makers stand before readers
  for (const { id, family, lines } of blocks.toReversed()) {
    const own = family === "output" ? [lines[0]!] : [];
    const theirs = (readers.get(id) ?? []).flatMap((to) => [...(reached.get(to) ?? [])]);
    reached.set(id, new Set([...own, ...theirs]));
  }
  return reached;
}

function placeOf({ family, lines, nodes }: Block, graph: Graph, { types }: InferredValues): Place {
  const isEnd = family === "input" || family === "output";
  const last = graph.nodes.find(({ name }) => name === nodes.at(-1));
  const shape = types.get(isEnd ? lines[0]! : (last?.outputs[0] ?? ""))?.shape;
  const known = shape?.every((extent) => typeof extent === "number") ? (shape as readonly number[]) : [];
  const [, channels, height, width] = known;
  return { size: known.length === 4 ? [width!, height!] : undefined, channels };
}

/** Sums over nodes; a weight that several read is counted where it is read first. */
function costs(graph: Graph, values: InferredValues): (nodes: readonly string[]) => StageCost {
  const roles = weightRoles(graph);
  const counted = new Set<string>();
  const byNode = new Map(
    graph.nodes.map((node) => {
      const own = node.inputs.filter(
        (name) => !counted.has(name) && ["weight", "normalization"].includes(roles.get(name) ?? ""),
      );
      for (const name of own) counted.add(name);
      const parameters = own.reduce((sum, name) => sum + sizeOf(graph.initializers.get(name)!.shape), 0);
      return [node.name, { parameters, multiplyAdds: multiplyAdds(node, values) }] as const;
    }),
  );
  return (nodes) => {
    const all = nodes.map((name) => byNode.get(name)!);
    const known = all.every((cost) => cost.multiplyAdds !== undefined);
    return {
      operators: nodes.length,
      parameters: all.reduce((sum, { parameters }) => sum + parameters, 0),
      multiplyAdds: known ? all.reduce((sum, cost) => sum + cost.multiplyAdds!, 0) : undefined,
    };
  };
}
