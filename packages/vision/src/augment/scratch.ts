const kept = new Map<string, Float32Array>();

/**
 * `length` numbers of any value for work that is done before the caller returns, the same memory for every call of one name:
 * fresh arrays of this size are what a thread that makes pictures spends its garbage collection on.
 */
export function scratch(name: string, length: number): Float32Array {
  const found = kept.get(name);
  if (found !== undefined && found.length >= length) return found.subarray(0, length);
  const made = new Float32Array(length);
  kept.set(name, made);
  return made;
}
