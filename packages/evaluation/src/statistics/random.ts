/** Draws numbers in [0, 1). */
export type Random = () => number;

/**
 * Seeded random numbers, the same on every machine: sfc32 (small fast counter, 128 bits of state, PractRand 0.95 by
 * C. Doty-Humphrey), seeded as there with a whole number below 2^32 and 15 rounds of warming up.
 */
export function seededRandom(seed: number): Random {
  let a = 0;
  let b = seed | 0;
  let c = 0;
  let counter = 1;
  const next = () => {
    const sum = (a + b + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = (((c << 21) | (c >>> 11)) + sum) | 0;
    return (sum >>> 0) / 2 ** 32;
  };
  for (let round = 0; round < 15; round++) next();
  return next;
}
