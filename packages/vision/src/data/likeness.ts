import type { Span } from "./frequency-hash.ts";
import { thumbnailSide } from "./thumbnail.ts";

/** The part of a thumbnail that another picture shows. */
export interface Part {
  readonly across: Span;
  readonly down: Span;
}

/** Pixels across and down the grids that are compared; half the thumbnail, so that single pixels and their noise do not count. */
const side = 24;
const area = side * side;
/** Neighbours on each side whose mean is taken off: what is left are edges, which only the same picture has in the same place. */
const reach = 3;
/** Edges of the part are moved by these shares of the whole, large moves first. */
const moves = [0.02, 0.01, 0.005];
/** Grey levels of contrast below which a picture is flat: its noise would decide. */
const leastContrast = 2;

/** Edges on the grid, ready to be compared: mean 0, length 1; undefined where the picture is flat. */
type Edges = Float32Array | undefined;

/** A whole picture that others are compared with. */
export interface Subject {
  readonly grid: Float32Array;
  readonly edges: Edges;
}

export function subjectOf(thumbnail: Uint8Array): Subject {
  const grid = sampleRows(sampleColumns(thumbnail, whole, false), whole);
  return { grid, edges: normalised(grid) };
}

const whole: Span = { from: 0, to: 1 };

/** How alike a picture and a part of another are, and which part that is. */
export interface Likeness {
  /** Correlation of the edges, -1 to 1. */
  readonly similarity: number;
  /** Correlation of the grey tones in the worst quarter of nine blocks, -1 to 1: low where only an outline is the same. */
  readonly weakest: number;
  readonly part: Part;
}

export interface CompareOptions {
  /** Where to begin; moved to where the two are most alike. */
  readonly part: Part;
  /** Whether the thumbnail's mirror image is meant. */
  readonly mirrored: boolean;
  /** Whether to go on from a place with this likeness: `step` moves of all were tried so far, from 0 on. */
  readonly isWorthwhile: (similarity: number, step: number) => boolean;
}

/**
 * Compares a picture with a part of a thumbnail: the normalised cross-correlation of both on a grid of
 * 24x24 after the local mean is taken off (7x7 cells), at the best place near the given part. Its edges are moved one at a
 * time, or both of a side together, as long as that helps. Source: Lewis, Fast Normalized Cross-Correlation (1995); the local
 * mean as in contrast normalisation (Jarrett et al., ICCV 2009).
 */
export function compare(
  { edges, grid }: Subject,
  thumbnail: Uint8Array,
  { part, mirrored, isWorthwhile }: CompareOptions,
): Likeness {
  let { across, down } = part;
  let columns = sampleColumns(thumbnail, across, mirrored);
  let similarity = correlation(edges, normalised(sampleRows(columns, down)));
  for (const [step, move] of moves.entries()) {
    if (!isWorthwhile(similarity, step)) break;
    for (let isBetter = true; isBetter; ) {
      isBetter = false;
      for (const next of neighbours(across, move)) {
        const moved = sampleColumns(thumbnail, next, mirrored);
        const better = correlation(edges, normalised(sampleRows(moved, down)));
        if (!(better > similarity + leastGain)) continue; // nor where either is flat
        [similarity, across, columns, isBetter] = [better, next, moved, true];
      }
      for (const next of neighbours(down, move)) {
        const better = correlation(edges, normalised(sampleRows(columns, next)));
        if (!(better > similarity + leastGain)) continue; // nor where either is flat
        [similarity, down, isBetter] = [better, next, true];
      }
    }
  }
  return { similarity, weakest: weakestBlocks(grid, sampleRows(columns, down)), part: { across, down } };
}

/** A smaller gain is not worth another round. */
const leastGain = 1e-4;
/** The least of a side that a copy shows: the smallest of the spans that are looked up, and some play. */
const leastSpan = 0.85;

/** The span with one end moved in or out, or all of it to one side; never over the edge of the picture. */
const neighbours = ({ from, to }: Span, move: number): Span[] =>
  [
    { from: from - move, to },
    { from: from + move, to },
    { from, to: to - move },
    { from, to: to + move },
    { from: from - move, to: to - move },
    { from: from + move, to: to + move },
  ].filter((span) => span.from > -1e-9 && span.to < 1 + 1e-9 && span.to - span.from > leastSpan);

/** The thumbnail with the columns of the span resampled to those of the grid: thumbnailSide rows of `side` cells. */
function sampleColumns(thumbnail: Uint8Array, across: Span, mirrored: boolean): Float32Array {
  const { starts, weights } = taps(across);
  const columns = new Float32Array(thumbnailSide * side);
  for (let x = 0; x < side; x++) {
    const [w0, w1, w2, w3] = [weights[4 * x]!, weights[4 * x + 1]!, weights[4 * x + 2]!, weights[4 * x + 3]!];
    let at = starts[x]!;
    let to = mirrored ? side - 1 - x : x;
    for (let y = 0; y < thumbnailSide; y++, at += thumbnailSide, to += side) {
      columns[to] = thumbnail[at]! * w0 + thumbnail[at + 1]! * w1 + thumbnail[at + 2]! * w2 + thumbnail[at + 3]! * w3;
    }
  }
  return columns;
}

/** The rows of the span resampled to those of the grid. */
function sampleRows(columns: Float32Array, down: Span): Float32Array {
  const { starts, weights } = taps(down);
  const grid = new Float32Array(area);
  for (let y = 0; y < side; y++) {
    const [w0, w1, w2, w3] = [weights[4 * y]!, weights[4 * y + 1]!, weights[4 * y + 2]!, weights[4 * y + 3]!];
    const first = starts[y]! * side;
    for (let x = 0; x < side; x++) {
      const at = first + x;
      grid[y * side + x] =
        columns[at]! * w0 + columns[at + side]! * w1 + columns[at + 2 * side]! * w2 + columns[at + 3 * side]! * w3;
    }
  }
  return grid;
}

/** Pixels of the thumbnail that each cell of the grid is the mean of; the loops above are written out for 4. */
const tapCount = 4;

/** Triangle weights of the pixels around each cell of the grid, two pixels wide each way. */
function taps({ from, to }: Span): { starts: Int32Array; weights: Float32Array } {
  const starts = new Int32Array(side);
  const weights = new Float32Array(side * tapCount);
  for (let i = 0; i < side; i++) {
    const centre = (from + ((i + 0.5) / side) * (to - from)) * thumbnailSide - 0.5;
    const start = Math.min(thumbnailSide - tapCount, Math.max(0, Math.floor(centre) - 1));
    let sum = 0;
    for (let k = 0; k < tapCount; k++) {
      const weight = Math.max(0, 2 - Math.abs(start + k - centre));
      weights[i * tapCount + k] = weight;
      sum += weight;
    }
    for (let k = 0; k < tapCount; k++) weights[i * tapCount + k]! /= sum;
    starts[i] = start;
  }
  return { starts, weights };
}

/** The grid less its local means, mean 0 and length 1. */
function normalised(grid: Float32Array): Edges {
  const edges = lessLocalMeans(grid);
  let total = 0;
  let squares = 0;
  for (let i = 0; i < area; i++) {
    total += edges[i]!;
    squares += edges[i]! * edges[i]!;
  }
  const mean = total / area;
  const variation = squares - total * mean;
  if (!(variation >= area * leastContrast ** 2)) return undefined;
  const scale = 1 / Math.sqrt(variation);
  for (let i = 0; i < area; i++) edges[i] = (edges[i]! - mean) * scale;
  return edges;
}

const stride = side + 1;
/** Sums of all cells above and to the left, with a row and a column of zeros before; filled anew each time. */
const sums = new Float64Array(stride * stride);

/** Each cell less the mean of the cells within `reach` of it, as far as there are any; by a summed-area table (Crow 1984). */
function lessLocalMeans(grid: Float32Array): Float32Array {
  for (let y = 0; y < side; y++) {
    let row = 0;
    for (let x = 0; x < side; x++) {
      row += grid[y * side + x]!;
      sums[(y + 1) * stride + x + 1] = sums[y * stride + x + 1]! + row;
    }
  }
  const edges = new Float32Array(area);
  for (let y = 0; y < side; y++) {
    const { low: top, high: bottom } = near[y]!;
    for (let x = 0; x < side; x++) {
      const { low: left, high: right } = near[x]!;
      const sum =
        sums[bottom * stride + right]! -
        sums[bottom * stride + left]! -
        sums[top * stride + right]! +
        sums[top * stride + left]!;
      edges[y * side + x] = grid[y * side + x]! - sum / ((bottom - top) * (right - left));
    }
  }
  return edges;
}

/** The cells within `reach` of each on a line: from `low` to before `high`. */
const near = Array.from({ length: side }, (_, i) => ({
  low: Math.max(0, i - reach),
  high: Math.min(side, i + reach + 1),
}));

function correlation(a: Edges, b: Edges): number {
  if (a === undefined || b === undefined) return Number.NaN;
  let sum = 0;
  for (let i = 0; i < area; i++) sum += a[i]! * b[i]!;
  return sum;
}

const block = 8;
/** Grey levels of contrast below which a block is flat in both pictures and says nothing. */
const leastBlockContrast = 4;

/** Mean correlation of the worst quarter of the blocks that are not flat; 1 where all are. */
function weakestBlocks(a: Float32Array, b: Float32Array): number {
  const correlations: number[] = [];
  for (let top = 0; top < side; top += block) {
    for (let left = 0; left < side; left += block) {
      const found = blockCorrelation(a, b, top * side + left);
      if (found !== undefined) correlations.push(found);
    }
  }
  if (correlations.length === 0) return 1;
  const worst = correlations.sort((one, other) => one - other).slice(0, Math.ceil(correlations.length / 4));
  return worst.reduce((sum, value) => sum + value, 0) / worst.length;
}

function blockCorrelation(a: Float32Array, b: Float32Array, from: number): number | undefined {
  let [sumA, sumB, squaresA, squaresB, products] = [0, 0, 0, 0, 0];
  for (let row = from; row < from + block * side; row += side) {
    for (let i = row; i < row + block; i++) {
      sumA += a[i]!;
      sumB += b[i]!;
      squaresA += a[i]! * a[i]!;
      squaresB += b[i]! * b[i]!;
      products += a[i]! * b[i]!;
    }
  }
  const cells = block * block;
  const varianceA = squaresA / cells - (sumA / cells) ** 2;
  const varianceB = squaresB / cells - (sumB / cells) ** 2;
  if (Math.max(varianceA, varianceB) < leastBlockContrast ** 2) return undefined;
  // what is flat in one of them only must not count as alike by its noise
  const floor = leastBlockContrast ** 2 / 4;
  const covariance = products / cells - (sumA * sumB) / cells ** 2;
  return covariance / Math.sqrt(Math.max(varianceA, floor) * Math.max(varianceB, floor));
}
