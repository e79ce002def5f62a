import type { Node } from "../ir/types.ts";

/**
 * Gives every node a name of its own: OP_INDEX where it has none, NAME_2 and on where an earlier node has the name.
 * Names of nodes carry no meaning in ONNX; here they are what errors point at.
 */
export function uniqueNames(nodes: readonly Node[]): Node[] {
  const given = new Set(nodes.map((node) => node.name));
  const taken = new Set<string>();
  const nextSuffix = new Map<string, number>();
  return nodes.map((node, index) => {
    const wanted = node.name || `${node.op}_${index}`;
    let name = wanted;
    let suffix = nextSuffix.get(wanted) ?? 2;
    // A made name must not take the place of one that a later node brings along.
    while (taken.has(name) || (name !== node.name && given.has(name))) name = `${wanted}_${suffix++}`;
    nextSuffix.set(wanted, suffix);
    taken.add(name);
    return name === node.name ? node : { ...node, name };
  });
}
