/** Four 32-bit words. */
export type Words = readonly [number, number, number, number];

// Multipliers and Weyl constants of Philox4x32, section 4.2 of the paper
const multiplier0 = 0xd2511f53;
const multiplier1 = 0xcd9e8d57;
const weyl0 = 0x9e3779b9; // golden ratio
const weyl1 = 0xbb67ae85; // sqrt(3) - 1
const rounds = 10;

/** Upper 32 bits of the 64-bit product of two unsigned words. */
function multiplyHigh(a: number, b: number): number {
  const aLow = a & 0xffff;
  const aHigh = a >>> 16;
  const bLow = b & 0xffff;
  const bHigh = b >>> 16;
  const middle = aHigh * bLow + ((aLow * bLow) >>> 16); // below 2^32
  const carried = aLow * bHigh + (middle & 0xffff); // below 2^32
  return (aHigh * bHigh + Math.floor(middle / 0x10000) + Math.floor(carried / 0x10000)) >>> 0;
}

/**
 * Philox4x32-10: a bijection of a 128-bit counter under a 64-bit key, whose values for 0, 1, 2, ... are random numbers.
 * Source: Salmon, Moraes, Dror, Shaw, "Parallel random numbers: as easy as 1, 2, 3", SC 2011. Integers only, hence
 * the same on every machine.
 */
export function philox([c0, c1, c2, c3]: Words, key0: number, key1: number): Words {
  let k0 = key0;
  let k1 = key1;
  for (let round = 0; round < rounds; round++) {
    const high0 = multiplyHigh(multiplier0, c0);
    const low0 = Math.imul(multiplier0, c0);
    const high1 = multiplyHigh(multiplier1, c2);
    const low1 = Math.imul(multiplier1, c2);
    [c0, c1, c2, c3] = [(high1 ^ c1 ^ k0) >>> 0, low1 >>> 0, (high0 ^ c3 ^ k1) >>> 0, low0 >>> 0];
    k0 = (k0 + weyl0) >>> 0;
    k1 = (k1 + weyl1) >>> 0;
  }
  return [c0, c1, c2, c3];
}
