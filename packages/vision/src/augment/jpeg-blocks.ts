import { borderIndex } from "../image/border.ts";

// ITU-T T.81, tables K.1 and K.2, rows from the top: steps of the 64 cosine coefficients at quality 50
// biome-ignore format: an 8 x 8 table
const baseTables = {
  luminance: [
    16, 11, 10, 16, 24, 40, 51, 61,
    12, 12, 14, 19, 26, 58, 60, 55,
    14, 13, 16, 24, 40, 57, 69, 56,
    14, 17, 22, 29, 51, 87, 80, 62,
    18, 22, 37, 56, 68, 109, 103, 77,
    24, 35, 55, 64, 81, 104, 113, 92,
    49, 64, 78, 87, 103, 121, 120, 101,
    72, 92, 95, 98, 112, 100, 103, 99,
  ],
  chrominance: [
    17, 18, 24, 47, 99, 99, 99, 99,
    18, 21, 26, 66, 99, 99, 99, 99,
    24, 26, 56, 99, 99, 99, 99, 99,
    47, 66, 99, 99, 99, 99, 99, 99,
    99, 99, 99, 99, 99, 99, 99, 99,
    99, 99, 99, 99, 99, 99, 99, 99,
    99, 99, 99, 99, 99, 99, 99, 99,
    99, 99, 99, 99, 99, 99, 99, 99,
  ],
} as const;

/** Quantisation steps, 64 whole numbers of 1 to 255, at quality 1 to 100: libjpeg, jcparam.c, jpeg_quality_scaling. */
export function quantizationTable(kind: keyof typeof baseTables, quality: number): Float32Array {
  const percent = quality < 50 ? Math.floor(5000 / quality) : 200 - 2 * quality;
  return Float32Array.from(baseTables[kind], (step) =>
    Math.min(255, Math.max(1, Math.floor((step * percent + 50) / 100))),
  );
}

// cosines[u * 8 + x] = c(u) / 2 * cos((2 x + 1) u pi / 16), c(0) = sqrt(1 / 2), else 1: T.81, A.3.3
const cosines = Float32Array.from({ length: 64 }, (_, i) => {
  const u = Math.floor(i / 8);
  return (u === 0 ? Math.SQRT1_2 / 2 : 0.5) * Math.cos(((2 * (i % 8) + 1) * u * Math.PI) / 16);
});

/** The same, transposed. */
const transposed = Float32Array.from({ length: 64 }, (_, i) => cosines[(i % 8) * 8 + Math.floor(i / 8)]!);

/**
 * Passes a plane of samples (0 to 255, rows from the top) through the cosine transform of 8 x 8 blocks, quantisation by
 * `table`, and back, in place. Blocks over the edge repeat the edge's samples.
 */
export function degradeBlocks(
  plane: Float32Array,
  { width, height, table }: { width: number; height: number; table: Float32Array },
): void {
  const block = new Float32Array(64);
  const scratch = new Float32Array(64);
  for (let top = 0; top < height; top += 8) {
    for (let left = 0; left < width; left += 8) {
      if (top + 8 <= height && left + 8 <= width) {
        for (let i = 0; i < 64; i++) block[i] = plane[(top + (i >> 3)) * width + left + (i & 7)]! - 128;
      } else {
        for (let i = 0; i < 64; i++) {
          const y = borderIndex(top + (i >> 3), height, "replicate");
          block[i] = plane[y * width + borderIndex(left + (i & 7), width, "replicate")]! - 128;
        }
      }
      // coefficients = C block C^T, two products that each transpose
      multiplyTransposed(cosines, block, scratch);
      multiplyTransposed(cosines, scratch, block);
      for (let i = 0; i < 64; i++) block[i] = Math.round(block[i]! / table[i]!) * table[i]!;
      multiplyTransposed(transposed, block, scratch);
      multiplyTransposed(transposed, scratch, block);
      const bottom = Math.min(8, height - top);
      const right = Math.min(8, width - left);
      for (let y = 0; y < bottom; y++) {
        for (let x = 0; x < right; x++) plane[(top + y) * width + left + x] = block[y * 8 + x]! + 128;
      }
    }
  }
}

/** result = (matrix block)^T, all 8 x 8. A row of the matrix stays in registers while the block passes by. */
function multiplyTransposed(matrix: Float32Array, block: Float32Array, result: Float32Array): void {
  for (let row = 0; row < 8; row++) {
    const m = row * 8;
    const [m0, m1, m2, m3] = [matrix[m]!, matrix[m + 1]!, matrix[m + 2]!, matrix[m + 3]!];
    const [m4, m5, m6, m7] = [matrix[m + 4]!, matrix[m + 5]!, matrix[m + 6]!, matrix[m + 7]!];
    for (let k = 0; k < 8; k++) {
      const upper = m0 * block[k]! + m1 * block[k + 8]! + m2 * block[k + 16]! + m3 * block[k + 24]!;
      // the same order of sums as a loop over the rows, so that every engine and version gives the same bytes
      result[k * 8 + row] =
        upper + m4 * block[k + 32]! + m5 * block[k + 40]! + m6 * block[k + 48]! + m7 * block[k + 56]!;
    }
  }
}
