import type { Graph } from "../ir/types.ts";
import { capturedValues } from "./prune.ts";

/** How often each value is read: by nodes, by the inner graphs of nodes, and as an output of the graph. */
export function countReaders({ nodes, outputs }: Graph): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  const add = (name: string) => counts.set(name, (counts.get(name) ?? 0) + 1);
  for (const node of nodes) {
    for (const input of node.inputs) add(input);
    for (const captured of capturedValues(node.attributes)) add(captured);
  }
  for (const { name } of outputs) add(name);
  return counts;
}
