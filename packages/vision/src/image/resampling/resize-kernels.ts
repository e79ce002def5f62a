import { half, precisionBits } from "./resize-taps.ts";
import {
  type Address,
  i8x16,
  i16x8,
  i32,
  i32x4,
  repeatWhile,
  type Statement,
  type Variable,
  type Vector,
  v128,
  wasmFunction,
} from "./wasm-assembler.ts";
import { compileFunctions, type WasmHost, type WasmMemory } from "./wasm-host.ts";

// A weight of 24 bits fits no lane of 16, but two halves do: weight = high * 2^15 + low, with 0 <= low < 2^15. Sums of
// both are taken apart and joined at the end, modulo 2^32, so they are exact. Taps go by pairs, as dot products do: a
// pair is two i16 of high, then two of low.

/** Bits of a weight's lower half. */
export const lowBits = 15;
/** Bytes of a pair of weights. */
export const pairBytes = 8;
/** Taps along a row are read four at a time. */
export const tapsAtOnce = 4;
/** Rows that a call of a kernel along rows resizes. */
export const rowsAtOnce = 4;
type Along = (
  from: number,
  fromPitch: number,
  to: number,
  toPitch: number,
  /** i32 each: bytes from the row's begin to the first tap. */
  starts: number,
  startsEnd: number,
  weights: number,
  /** Bytes of weights of one pixel: some times two pairs. */
  weightBytes: number,
) => void;

/** The compiled functions; addresses count bytes of `memory`. */
export interface ResizeKernels {
  readonly memory: WasmMemory;
  /** Resize four rows of one byte a pixel, and of three; the latter writes a fourth behind each, so pitches leave room. */
  readonly alongGray: Along;
  readonly alongColor: Along;
  /** Weighs rows that follow one another at `from` into one at `to`, in steps of 16 bytes. */
  readonly over: (from: number, pitch: number, to: number, toEnd: number, weights: number, weightsEnd: number) => void;
}

/** A sum of products in the making. */
interface Sum {
  readonly clear: readonly Statement[];
  readonly add: (pixels: Vector, high: Vector, low: Vector) => readonly Statement[];
  readonly rounded: Vector;
}

function sumIn(high: Variable<"v128">, low: Variable<"v128">): Sum {
  const whole = i32x4.add(i32x4.shiftLeft(high, i32.const(lowBits)), low);
  return {
    clear: [high.set(i32x4.splat(i32.const(0))), low.set(i32x4.splat(i32.const(half)))],
    add: (pixels, highWeights, lowWeights) => [
      high.set(i32x4.add(high, i32x4.dot(pixels, highWeights))),
      low.set(i32x4.add(low, i32x4.dot(pixels, lowWeights))),
    ],
    rounded: i32x4.shiftRight(whole, i32.const(precisionBits)),
  };
}

const sumsIn = (local: (kind: "v128") => Variable<"v128">, count: number): readonly Sum[] =>
  Array.from({ length: count }, () => sumIn(local("v128"), local("v128")));

/** The bytes of four vectors of sums, or of one four times; what negative lobes of a filter push over the ends is clamped. */
function bytesOf(sums: readonly Sum[]): Vector {
  const [a, b, c, d] = [0, 1, 2, 3].map((i) => sums[i % sums.length]!.rounded);
  return i8x16.narrowUnsigned(i16x8.narrow(a!, b!), i16x8.narrow(c!, d!));
}

/** How four rows of pixels lie in vectors. */
interface Layout {
  readonly channels: number;
  readonly sums: number;
  /** Bytes of four taps, of the four rows or of one of them. */
  readonly read: (rows: readonly Address[]) => readonly Vector[];
  /** Lanes of those: bytes of the first two taps by pairs, then of the others. */
  readonly pairs: readonly number[];
  readonly write: (rows: readonly Address[], bytes: Vector) => readonly Statement[];
}

/** A lane a row. */
const gray: Layout = {
  channels: 1,
  sums: 1,
  read: ([first, ...others]) => [
    others.reduce((bytes, row, i) => v128.load32Lane(row, bytes, i + 1), v128.load32Zero(first!)),
  ],
  pairs: [0, 1, 4, 5, 8, 9, 12, 13, 2, 3, 6, 7, 10, 11, 14, 15],
  write: (rows, bytes) => rows.map((row, i) => v128.store8Lane(row, bytes, i)),
};

/** A vector a row, a lane a channel; the fourth lane is of no use. */
const color: Layout = {
  channels: 3,
  sums: rowsAtOnce,
  read: (rows) => rows.map((row) => v128.load(row)),
  pairs: [0, 3, 1, 4, 2, 5, 0, 3, 6, 9, 7, 10, 8, 11, 6, 9],
  write: (rows, bytes) => rows.map((row, i) => v128.store32Lane(row, bytes, i)),
};

const along = ({ channels, sums: sumCount, read, pairs, write }: Layout) =>
  wasmFunction(
    ["from", "fromPitch", "to", "toPitch", "starts", "startsEnd", "weights", "weightBytes"],
    ({ from, fromPitch, to, toPitch, starts, startsEnd, weights, weightBytes }, local) => {
      const weightsEnd = local("i32");
      const fromRows = Array.from({ length: rowsAtOnce }, () => local("i32"));
      const toRows = [to, ...Array.from({ length: rowsAtOnce - 1 }, () => local("i32"))];
      const bytes = local("v128");
      const factors = Array.from({ length: 4 }, () => local("v128"));
      const sums = sumsIn(local, sumCount);
      const advance = (variable: Variable<"i32">, distance: number) =>
        variable.set(i32.add(variable, i32.const(distance)));
      const addTaps = [
        ...factors.map((factor, i) => factor.set(v128.load32Splat(weights, i * 4))),
        ...read(fromRows).flatMap((taps, i) => [
          bytes.set(taps),
          bytes.set(i8x16.shuffle(bytes, bytes, pairs)),
          ...sums[i]!.add(i16x8.extendLow(bytes), factors[0]!, factors[1]!),
          ...sums[i]!.add(i16x8.extendHigh(bytes), factors[2]!, factors[3]!),
        ]),
        ...fromRows.map((row) => advance(row, tapsAtOnce * channels)),
        advance(weights, 2 * pairBytes),
      ];
      const writePixel = [
        weightsEnd.set(i32.add(weights, weightBytes)),
        fromRows[0]!.set(i32.add(from, i32.load(starts))),
        ...fromRows.slice(1).map((row, i) => row.set(i32.add(fromRows[i]!, fromPitch))),
        ...sums.flatMap(({ clear }) => clear),
        repeatWhile(addTaps, i32.less(weights, weightsEnd)),
        ...write(toRows, bytesOf(sums)),
        ...toRows.map((row) => advance(row, channels)),
        advance(starts, 4),
      ];
      return [
        ...toRows.slice(1).map((row, i) => row.set(i32.add(toRows[i]!, toPitch))),
        repeatWhile(writePixel, i32.less(starts, startsEnd)),
      ];
    },
  );

// bytes of two rows by pairs: of their first eight columns, and of the others
const firstPairs = [0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23];
const otherPairs = firstPairs.map((lane) => lane + 8);

const over = wasmFunction(
  ["from", "pitch", "to", "toEnd", "weights", "weightsEnd"],
  ({ from, pitch, to, toEnd, weights, weightsEnd }, local) => {
    const [row, pair] = [local("i32"), local("i32")];
    const [upper, lower, mixed] = [local("v128"), local("v128"), local("v128")];
    const [highWeights, lowWeights] = [local("v128"), local("v128")];
    const sums = sumsIn(local, 4);
    const [a, b, c, d] = sums;
    const addRows = [
      upper.set(v128.load(row)),
      row.set(i32.add(row, pitch)),
      lower.set(v128.load(row)),
      row.set(i32.add(row, pitch)),
      highWeights.set(v128.load32Splat(pair)),
      lowWeights.set(v128.load32Splat(pair, 4)),
      mixed.set(i8x16.shuffle(upper, lower, firstPairs)),
      ...a!.add(i16x8.extendLow(mixed), highWeights, lowWeights),
      ...b!.add(i16x8.extendHigh(mixed), highWeights, lowWeights),
      mixed.set(i8x16.shuffle(upper, lower, otherPairs)),
      ...c!.add(i16x8.extendLow(mixed), highWeights, lowWeights),
      ...d!.add(i16x8.extendHigh(mixed), highWeights, lowWeights),
      pair.set(i32.add(pair, i32.const(pairBytes))),
    ];
    const writeBytes = [
      row.set(from),
      pair.set(weights),
      ...sums.flatMap(({ clear }) => clear),
      repeatWhile(addRows, i32.less(pair, weightsEnd)),
      v128.store(to, bytesOf(sums)),
      from.set(i32.add(from, i32.const(16))),
      to.set(i32.add(to, i32.const(16))),
    ];
    return [repeatWhile(writeBytes, i32.less(to, toEnd))];
  },
);

/** Compiles the kernels; undefined where that is not possible. */
export const compileResizeKernels = (host: WasmHost): ResizeKernels | undefined =>
  compileFunctions<ResizeKernels>(host, { alongGray: along(gray), alongColor: along(color), over });
