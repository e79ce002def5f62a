/** A filter's half width in source pixels at scale 1, and its weight at distance x from the centre. */
interface Filter {
  readonly support: number;
  readonly weight: (x: number) => number;
}

const sinc = (x: number) => (x === 0 ? 1 : Math.sin(Math.PI * x) / (Math.PI * x));
const cubic = -0.5; // R. Keys (1981); Pillow uses it too, OpenCV and torch -0.75

// Pillow 9.4, src/libImaging/Resample.c
const filters = {
  box: { support: 0.5, weight: (x) => (x > -0.5 && x <= 0.5 ? 1 : 0) },
  bilinear: { support: 1, weight: (x) => Math.max(0, 1 - Math.abs(x)) },
  bicubic: {
    support: 2,
    weight: (x) => {
      const d = Math.abs(x);
      if (d < 1) return ((cubic + 2) * d - (cubic + 3)) * d * d + 1;
      return d < 2 ? (((d - 5) * d + 8) * d - 4) * cubic : 0;
    },
  },
  lanczos3: { support: 3, weight: (x) => (x >= -3 && x < 3 ? sinc(x) * sinc(x / 3) : 0) },
} satisfies Record<string, Filter>;

/** A filter that averages, as Pillow's of the same name does. */
export type AveragingFilter = keyof typeof filters;

/** Weights of one axis: output i is the sum over k < counts[i] of weights[i * stride + k] * source[starts[i] + k]. */
export interface Taps {
  /** Never falling, as are starts[i] + counts[i]. */
  readonly starts: Int32Array;
  readonly counts: Int32Array;
  /** In fixed point, `precisionBits` behind the point. */
  readonly weights: Int32Array;
  readonly stride: number;
}

/** 8 bits of value and 2 of headroom in a 32-bit sum, as in Pillow, whose bytes this gives exactly. */
export const precisionBits = 22;
/** Added to a sum so that dropping the bits behind the point rounds it. */
export const half = 1 << (precisionBits - 1);

/** The weights that take an axis of `from` pixels to one of `to`. */
export function tapsOf(from: number, to: number, filter: AveragingFilter): Taps {
  const { support, weight } = filters[filter];
  const scale = from / to;
  const stretch = Math.max(scale, 1);
  const reach = support * stretch;
  const stride = Math.ceil(reach) * 2 + 1;
  const starts = new Int32Array(to);
  const counts = new Int32Array(to);
  const weights = new Int32Array(to * stride);
  const row = new Float64Array(stride);
  for (let i = 0; i < to; i++) {
    const centre = (i + 0.5) * scale;
    const start = Math.max(0, Math.trunc(centre - reach + 0.5));
    const count = Math.min(from, Math.trunc(centre + reach + 0.5)) - start;
    let sum = 0;
    for (let k = 0; k < count; k++) {
      row[k] = weight((k + start - centre + 0.5) * (1 / stretch));
      sum += row[k]!;
    }
    for (let k = 0; k < count; k++) {
      const exact = (sum === 0 ? row[k]! : row[k]! / sum) * (1 << precisionBits);
      weights[i * stride + k] = Math.trunc(exact < 0 ? exact - 0.5 : exact + 0.5);
    }
    starts[i] = start;
    counts[i] = count;
  }
  return { starts, counts, weights, stride };
}
