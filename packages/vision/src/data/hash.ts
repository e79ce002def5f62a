/**
 * A number in [0, 1) that looks random but is always the same for this text: 32-bit FNV-1a
 * (Fowler, Noll, Vo; RFC 9923) with the final mixing of MurmurHash3, since FNV alone leaves near names near each other.
 */
export function unitHash(text: string): number {
  let hash = 0x811c9dc5; // FNV offset basis
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193); // FNV prime
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return ((hash ^ (hash >>> 16)) >>> 0) / 2 ** 32;
}
