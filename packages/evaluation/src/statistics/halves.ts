/**
 * Puts names into two halves that look random but are the same on every machine: by the order of their hashes (FNV-1a,
 * 32 bits, of the UTF-16 units), alternately. Tells whether a name is in the first half.
 */
export function halvesOf(names: Iterable<string>): (name: string) => boolean {
  const sorted = [...new Set(names)]
    .map((name) => ({ name, hash: hashOf(name) }))
    .sort((a, b) => a.hash - b.hash || (a.name < b.name ? -1 : 1));
  const first = new Set(sorted.filter((_, i) => i % 2 === 0).map(({ name }) => name));
  return (name) => first.has(name);
}

/** Fowler, Noll and Vo, with the mixing of murmur3 after it, since names in sequence differ in their last letters alone. */
function hashOf(name: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < name.length; i++) hash = Math.imul(hash ^ name.charCodeAt(i), 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}
