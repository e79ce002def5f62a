import { thumbnailSide } from "./thumbnail.ts";

/** A part of one side of a picture, in shares of its length, 0 to 1. */
export interface Span {
  readonly from: number;
  readonly to: number;
}

/** 64 bits in four words of 16: bit i of the list of frequencies is bit i >> 2 of word i & 3. */
export type FrequencyHash = Uint16Array;

/** Words of a hash; each holds low and high frequencies alike, so that each tells pictures apart. */
export const hashWords = 4;

/** Frequencies (across, down) of the bits: all but (0, 0), the lowest first, along the diagonals. */
const frequencies: readonly (readonly [across: number, down: number])[] = Array.from({ length: 11 }, (_, sum) =>
  Array.from({ length: sum + 1 }, (_, down) => [sum - down, down] as const),
)
  .flat()
  .slice(1, 65);
const orders = 1 + Math.max(...frequencies.map(([across]) => across));

/** The bits that a mirror turns over: cos(pi k (1 - t)) = (-1)^k cos(pi k t), so those of odd frequencies across. */
const mirrorMask = pack((bit) => frequencies[bit]![0] % 2 === 1);

/**
 * A hash of the part of a thumbnail that lies in each pair of spans: the signs of its 64 lowest frequencies by the cosine
 * transform. Scaling, compression and light hardly change them; a crop of the picture has nearly the hash of that part of it.
 * Source: the DCT hash of pHash (Zauner, Implementation and Benchmarking of Perceptual Image Hash Functions, 2010), with
 * 0 for the median, so that the hash of the mirror image follows from the signs, and diagonals in place of a square.
 * The result has the hashes of `spans` across for the first of `spans` down, then for the second: spans^2 * 4 words.
 */
export function frequencyHashes(thumbnail: Uint8Array, spans: readonly Span[] = [whole]): FrequencyHash {
  const bases = spans.map(basisOf);
  const hashes = new Uint16Array(spans.length ** 2 * hashWords);
  const across = bases.map((basis) => transformRows(thumbnail, basis));
  const coefficients = new Float64Array(orders * orders);
  for (let down = 0, at = 0; down < spans.length; down++) {
    for (let a = 0; a < spans.length; a++, at += hashWords) {
      transformColumns(across[a]!, bases[down]!, coefficients);
      hashes.set(
        pack((bit) => coefficients[frequencies[bit]![1] * orders + frequencies[bit]![0]]! > 0),
        at,
      );
    }
  }
  return hashes;
}

const whole: Span = { from: 0, to: 1 };

/** The hashes of the mirror images, from those of the pictures. */
export const mirroredHashes = (hashes: FrequencyHash): FrequencyHash =>
  hashes.map((word, i) => word ^ mirrorMask[i % hashWords]!);

/** Set bits of each 16-bit word. */
const ones = new Uint8Array(1 << 16);
for (let word = 1; word < ones.length; word++) ones[word] = ones[word >> 1]! + (word & 1);

/** In how many of the 64 bits hash `i` of `a` and hash `j` of `b` differ. */
export const hashDistance = (a: FrequencyHash, i: number, b: FrequencyHash, j: number): number =>
  ones[a[i * 4]! ^ b[j * 4]!]! +
  ones[a[i * 4 + 1]! ^ b[j * 4 + 1]!]! +
  ones[a[i * 4 + 2]! ^ b[j * 4 + 2]!]! +
  ones[a[i * 4 + 3]! ^ b[j * 4 + 3]!]!;

/**
 * The waves of each order over a span, orders x thumbnailSide: the integral of cos(pi k (t - from) / (to - from)) over
 * each pixel, so that spans may end within a pixel; all but order 0 sum to 0 and so ignore brightness.
 */
function basisOf({ from, to }: Span): Float64Array {
  const basis = new Float64Array(orders * thumbnailSide);
  const phase = (pixel: number) => Math.min(1, Math.max(0, (pixel / thumbnailSide - from) / (to - from)));
  for (let k = 0; k < orders; k++) {
    const integral = (t: number) => (k === 0 ? t : Math.sin(Math.PI * k * t) / (Math.PI * k));
    for (let i = 0; i < thumbnailSide; i++) {
      basis[k * thumbnailSide + i] = integral(phase(i + 1)) - integral(phase(i));
    }
  }
  return basis;
}

/** thumbnailSide x orders: row y, order k. */
function transformRows(thumbnail: Uint8Array, basis: Float64Array): Float64Array {
  const rows = new Float64Array(thumbnailSide * orders);
  for (let y = 0; y < thumbnailSide; y++) {
    for (let k = 0; k < orders; k++) {
      let sum = 0;
      for (let x = 0; x < thumbnailSide; x++) sum += thumbnail[y * thumbnailSide + x]! * basis[k * thumbnailSide + x]!;
      rows[y * orders + k] = sum;
    }
  }
  return rows;
}

/** orders x orders: order down, order across; those past the diagonals in use are left alone. */
function transformColumns(rows: Float64Array, basis: Float64Array, coefficients: Float64Array): void {
  for (let down = 0; down < orders; down++) {
    for (let across = 0; across + down < orders; across++) {
      let sum = 0;
      for (let y = 0; y < thumbnailSide; y++) sum += rows[y * orders + across]! * basis[down * thumbnailSide + y]!;
      coefficients[down * orders + across] = sum;
    }
  }
}

function pack(isSet: (bit: number) => boolean): Uint16Array {
  const words = new Uint16Array(hashWords);
  for (let bit = 0; bit < 64; bit++) if (isSet(bit)) words[bit & 3]! |= 1 << (bit >> 2);
  return words;
}
