import { errors } from "../errors.ts";
import { attribute } from "../ir/attributes.ts";
import type { Value } from "../ir/builder.ts";
import { sizeOf, staticShape } from "../ir/shapes.ts";
import type { Node } from "../ir/types.ts";
import type { Build } from "../ops/build.ts";

/**
 * Where the forward pass is cut into segments whose inner values are forgotten and computed again on the way back: names of values,
 * each the last of its segment, or a number of segments, which are then chosen about equal in memory. Chen et al. 2016, arXiv:1604.06174.
 */
export type Recompute = readonly string[] | number;

/** What keeps memory low on the way back. */
export interface Recomputation {
  /** A node as its gradient rule sees it: in a forgotten segment it reads, and stands for, values that are computed again. */
  readonly remember: (node: Node, trigger: Value) => Node;
  /** Whether a value is a weight: a parameter, or one in another shape. */
  readonly isWeight: (name: string) => boolean;
  /** A gradient that goes on to earlier nodes, once the given gradients of weights are there. */
  readonly behind: (gradient: Value, triggers: readonly Value[]) => Value;
}

/**
 * Writes the nodes of a segment once more when its first gradient is there. What later segments or outputs read is kept, as are values
 * that follow from no parameter. The last segment is not forgotten, since its gradients come at once.
 * The runtime computes what the last outputs need first, and would leave the gradients of weights, and with them all maps that they
 * read, for the end: so gradients go on only behind them.
 * `parameters`: values by which is differentiated; `active`: what depends on them.
 */
export function recomputation(
  build: Build,
  forward: readonly Node[],
  {
    recompute,
    parameters,
    active,
  }: { recompute: Recompute; parameters: readonly string[]; active: ReadonlySet<string> },
): Recomputation {
  const own = forward.filter(({ outputs }) => outputs.some((name) => active.has(name)));
  const ends = typeof recompute === "number" ? evenEnds(build, own, recompute) : namedEnds(own, recompute);
  const segmentOf = new Map<Node, number>();
  own.forEach((node, index) => {
    segmentOf.set(node, ends.filter((end) => end < index).length);
  });
  const kept = crossing(build, own, segmentOf);
  const fixed = ofParametersOnly(build, own, parameters);
  const written = new Map<number, ReadonlyMap<string, string>>();
  const remember = (node: Node, trigger: Value): Node => {
    const segment = segmentOf.get(node);
    if (segment === undefined || segment === ends.length) return node;
    let again = written.get(segment);
    if (!again) {
      const nodes = own.filter((other) => segmentOf.get(other) === segment);
      again = write(build, nodes, { kept, fixed, trigger });
      written.set(segment, again);
    }
    const renamed = (name: string) => again.get(name) ?? name;
    return { ...node, inputs: node.inputs.map(renamed), outputs: node.outputs.map(renamed) };
  };
  return {
    remember,
    isWeight: (name) => fixed.has(name),
    behind: (gradient, triggers) => after(build, gradient, triggers),
  };
}

/** Appends copies of nodes; returns the new name of every value that is not kept. */
function write(
  build: Build,
  nodes: readonly Node[],
  { kept, fixed, trigger }: { kept: ReadonlySet<string>; fixed: ReadonlySet<string>; trigger: Value },
): ReadonlyMap<string, string> {
  const made = new Set(nodes.flatMap(({ outputs }) => outputs));
  const again = new Map<string, string>();
  const late = new Map<string, string>();
  const inputOf = (name: string): string => {
    const copy = again.get(name);
    if (copy !== undefined) return copy;
    if (name === "" || fixed.has(name) || build.constantOf(build.value(name))) return name;
    if (!late.has(name)) late.set(name, after(build, build.value(name), [trigger]).name);
    return late.get(name)!;
  };
  for (const node of nodes) {
    if (node.outputs.every((name) => name === "" || kept.has(name))) continue;
    const inputs = node.inputs.map(inputOf);
    const outputs = node.outputs.map((name) => (name === "" ? "" : build.uniqueName(`again/${name}`)));
    build.append({ ...node, name: build.uniqueName(`again/${node.name}`), inputs, outputs });
    node.outputs.forEach((name, index) => {
      if (made.has(name) && !kept.has(name)) again.set(name, outputs[index]!);
    });
  }
  return again;
}

/**
 * x as it is, but not before the triggers are there: a Reshape to its own shape, which copies nothing, whose operand begins with no
 * extents of the triggers. Without it the copies would be the same nodes as the originals, and would be merged with them.
 */
function after(build: Build, x: Value, triggers: readonly Value[]): Value {
  const shape = staticShape(x.shape, x.name);
  if (shape.length === 0 || sizeOf(shape) === 0) return x;
  const none = { start: attribute.int(0), end: attribute.int(0) };
  const nothing = triggers.map((trigger) => build.node("Shape", [trigger], { attributes: none }));
  return build.node("Reshape", [x, build.concat([...nothing, build.integers(shape)], { axis: 0 })]);
}

/** Values that a later segment reads, or nobody here does: those that the rest of the graph may want. */
function crossing(build: Build, own: readonly Node[], segmentOf: ReadonlyMap<Node, number>): ReadonlySet<string> {
  const maker = new Map(own.flatMap((node) => node.outputs.map((name) => [name, segmentOf.get(node)!] as const)));
  const kept = new Set<string>();
  const read = new Set<string>();
  for (const node of build.nodes) {
    for (const name of node.inputs) {
      if (maker.get(name) !== segmentOf.get(node)) kept.add(name);
      read.add(name);
    }
  }
  for (const name of maker.keys()) if (!read.has(name)) kept.add(name);
  return kept;
}

/** Values that follow from parameters and constants alone: weights, in whatever shape. They are there at any time. */
function ofParametersOnly(build: Build, own: readonly Node[], parameters: readonly string[]): ReadonlySet<string> {
  const fixed = new Set(parameters);
  const isFixed = (name: string) => name === "" || fixed.has(name) || build.constantOf(build.value(name)) !== undefined;
  for (const { inputs, outputs } of own) if (inputs.every(isFixed)) for (const name of outputs) fixed.add(name);
  return fixed;
}

function namedEnds(own: readonly Node[], names: readonly string[]): readonly number[] {
  const ends = names.map((name) => {
    const end = own.findIndex(({ outputs }) => outputs.includes(name));
    if (end < 0) throw errors["recompute-unknown"]({ value: name });
    return end;
  });
  return [...new Set(ends)].sort((a, b) => a - b);
}

/** Last nodes of all segments but the final one: near equal shares of memory, where the fewest numbers cross. */
function evenEnds(build: Build, own: readonly Node[], count: number): readonly number[] {
  if (!Number.isInteger(count) || count < 1) throw errors["recompute-count"]({ received: String(count) });
  const sizes = own.map(({ outputs }) => outputs.reduce((sum, name) => sum + sizeIn(build, name), 0));
  const total = sizes.reduce((sum, size) => sum + size, 0);
  const across = crossingSizes(build, own);
  const reached: number[] = [];
  sizes.reduce((sum, size, index) => {
    reached[index] = sum + size;
    return sum + size;
  }, 0);
  const ends = new Set<number>();
  for (let part = 1; part < count; part++) {
    const wanted = (part / count) * total;
    const distance = (index: number) => Math.abs(reached[index]! - wanted);
    const near = [...own.keys()].filter((index) => distance(index) <= total / count / 3);
    const best = near.sort((a, b) => across[a]! - across[b]! || distance(a) - distance(b))[0];
    if (best !== undefined) ends.add(best);
  }
  return [...ends].sort((a, b) => a - b);
}

const sizeIn = (build: Build, name: string): number =>
  name === "" ? 0 : sizeOf(staticShape(build.value(name).shape, name));

/** Elements that are made up to each node and read after it. */
function crossingSizes(build: Build, own: readonly Node[]): readonly number[] {
  const lastRead = new Map<string, number>();
  own.forEach(({ inputs }, index) => {
    for (const name of inputs) lastRead.set(name, index);
  });
  const ending = own.map(() => 0);
  let alive = 0;
  return own.map(({ outputs }, index) => {
    for (const name of outputs) {
      const last = lastRead.get(name);
      if (last === undefined) continue;
      alive += sizeIn(build, name);
      ending[last]! += sizeIn(build, name);
    }
    alive -= ending[index]!;
    return alive;
  });
}
