import type { LfwPair } from "./release.ts";

/**
 * The unit of each pair, by its number: pairs that share a person, directly or over others, are one unit, named by the
 * first of its people. No two units share a person, so that they may be drawn independently.
 */
export function linkedPeople(pairs: readonly Pick<LfwPair, "people">[]): string[] {
  const parents = new Map<string, string>();
  const rootOf = (person: string): string => {
    let root = person;
    for (let parent = parents.get(root); parent !== undefined; parent = parents.get(root)) root = parent;
    if (root !== person) parents.set(person, root);
    return root;
  };
  for (const { people } of pairs) {
    // the smaller name is the root, whatever the order of pairs
    const [first, second] = people.map(rootOf).sort() as [string, string];
    if (first !== second) parents.set(second, first);
  }
  return pairs.map(({ people }) => rootOf(people[0]));
}
