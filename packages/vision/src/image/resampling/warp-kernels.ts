import { halfUnit, weightBits } from "./warp-scalar.ts";
import {
  f64x2,
  i8x16,
  i16x8,
  i32,
  i32x4,
  repeatWhile,
  type Variable,
  type Vector,
  v128,
  wasmFunction,
} from "./wasm-assembler.ts";
import { compileFunctions, type WasmHost, type WasmMemory } from "./wasm-host.ts";

/** The compiled functions; addresses count bytes of `memory`. */
export interface WarpKernels {
  readonly memory: WasmMemory;
  /** Adds bytes at `from` to sums of 16 bits, in steps of 16. */
  readonly addBytes: (from: number, sums: number, sumsEnd: number) => void;
  readonly meansGray: Means;
  readonly meansColor: Means;
  readonly sampleGray: Sample;
  readonly sampleColor: Sample;
}

/** Writes for each block of `sumBytes` bytes of sums their mean over `count`; for color one byte behind the last. */
type Means = (sums: number, sumBytes: number, count: number, to: number, toEnd: number) => void;

/**
 * Writes a row of samples (for color one byte behind the last) of the pixels at `from`, which lie `pitch` apart. `place`: pairs, x
 * and y, of what a column adds, what the row adds, and the offset (f64), then of the first pixel's position (i32).
 */
type Sample = (from: number, pitch: number, to: number, toEnd: number, place: number) => void;

/** Bytes of `place`. */
export const placeBytes = 64;

const addBytes = wasmFunction(["from", "sums", "sumsEnd"], ({ from, sums, sumsEnd }, local) => {
  const bytes = local("v128");
  const step = [
    bytes.set(v128.load(from)),
    v128.store(sums, i16x8.add(v128.load(sums), i16x8.extendLow(bytes))),
    v128.store(sums, i16x8.add(v128.load(sums, 16), i16x8.extendHigh(bytes)), 16),
    from.set(i32.add(from, i32.const(16))),
    sums.set(i32.add(sums, i32.const(32))),
  ];
  return [repeatWhile(step, i32.less(sums, sumsEnd))];
});

/** How pixels of one kind lie in bytes. */
interface Pixels {
  readonly channels: number;
  /** Lanes of two pixels and, from the eighth, of two below them: their bytes by pairs. */
  readonly pairs: readonly number[];
  readonly write: typeof v128.store8Lane;
}

const gray: Pixels = { channels: 1, pairs: [0, 1, 0, 1, 0, 1, 0, 1, 8, 9, 8, 9, 8, 9, 8, 9], write: v128.store8Lane };
const color: Pixels = {
  channels: 3,
  pairs: [0, 3, 1, 4, 2, 5, 0, 3, 8, 11, 9, 12, 10, 13, 8, 11],
  write: v128.store32Lane,
};

const bytesOf = (lanes: Vector): Vector => {
  const narrow = i16x8.narrow(lanes, lanes);
  return i8x16.narrowUnsigned(narrow, narrow);
};
const firstLane = [0, 1, 2, 3, 0, 1, 2, 3, 0, 1, 2, 3, 0, 1, 2, 3];
const secondLane = firstLane.map((byte) => byte + 4);
const upperHalf = [8, 9, 10, 11, 12, 13, 14, 15, 8, 9, 10, 11, 12, 13, 14, 15];
const bothLower = [0, 1, 2, 3, 4, 5, 6, 7, 16, 17, 18, 19, 20, 21, 22, 23];
const advance = (variable: Variable<"i32">, distance: number) => variable.set(i32.add(variable, i32.const(distance)));

const means = ({ channels, write }: Pixels) =>
  wasmFunction(["sums", "sumBytes", "count", "to", "toEnd"], ({ sums, sumBytes, count, to, toEnd }, local) => {
    const [sum, divisor, blockEnd] = [local("v128"), local("v128"), local("i32")];
    // in 64 bits, as JavaScript divides
    const mean = (lanes: Vector) =>
      i32x4.truncate(f64x2.add(f64x2.divide(f64x2.convertLow(lanes), divisor), f64x2.const(0.5)));
    const addPixel = [sum.set(i32x4.add(sum, i32x4.extendLow(v128.load64Zero(sums)))), advance(sums, 2 * channels)];
    const writeMean = [
      blockEnd.set(i32.add(sums, sumBytes)),
      sum.set(i32x4.splat(i32.const(0))),
      repeatWhile(addPixel, i32.less(sums, blockEnd)),
      write(to, bytesOf(i8x16.shuffle(mean(sum), mean(i8x16.shuffle(sum, sum, upperHalf)), bothLower)), 0),
      advance(to, channels),
    ];
    return [divisor.set(f64x2.convertLow(i32x4.splat(count))), repeatWhile(writeMean, i32.less(to, toEnd))];
  });

const sample = ({ channels, pairs, write }: Pixels) =>
  wasmFunction(["from", "pitch", "to", "toEnd", "place"], ({ from, pitch, to, toEnd, place }, local) => {
    const [slope, rowTerm, offset, first] = [local("v128"), local("v128"), local("v128"), local("v128")];
    const [column, position, whole, corner] = [local("v128"), local("v128"), local("v128"), local("v128")];
    const [steps, weights, taps, top] = [local("v128"), local("v128"), local("v128"), local("v128")];
    const at = local("i32");
    const one = 1 << weightBits;
    const u = i8x16.shuffle(steps, steps, firstLane);
    const v = i8x16.shuffle(steps, steps, secondLane);
    // two weights in a lane: one - u below, u above
    const across = i32x4.add(i32x4.subtract(i32x4.shiftLeft(u, i32.const(16)), u), i32x4.splat(i32.const(one)));
    // in the order of sampleScalar, so that it rounds alike
    const moved = f64x2.add(f64x2.add(f64x2.multiply(slope, column), rowTerm), offset);
    const fraction = f64x2.multiply(f64x2.subtract(position, whole), f64x2.const(one));
    const down = i32x4.multiply(i32x4.subtract(i32x4.dot(i16x8.extendHigh(taps), weights), top), v);
    const sum = i32x4.add(
      i32x4.add(i32x4.shiftLeft(top, i32.const(weightBits)), down),
      i32x4.splat(i32.const(halfUnit)),
    );
    const writePixel = [
      position.set(f64x2.subtract(moved, f64x2.const(0.5))),
      whole.set(f64x2.floor(position)),
      steps.set(i32x4.truncate(f64x2.add(fraction, f64x2.const(0.5)))),
      corner.set(i32x4.subtract(i32x4.truncate(whole), first)),
      at.set(
        i32.add(
          i32.add(from, i32.multiply(i32x4.lane(corner, 1), pitch)),
          i32.multiply(i32x4.lane(corner, 0), i32.const(channels)),
        ),
      ),
      taps.set(v128.load64Lane(i32.add(at, pitch), v128.load64Zero(at), 1)),
      taps.set(i8x16.shuffle(taps, taps, pairs)),
      weights.set(across),
      top.set(i32x4.dot(i16x8.extendLow(taps), weights)),
      write(to, bytesOf(i32x4.shiftRight(sum, i32.const(2 * weightBits))), 0),
      advance(to, channels),
      column.set(f64x2.add(column, f64x2.const(1))),
    ];
    return [
      ...[slope, rowTerm, offset, first].map((pair, i) => pair.set(v128.load(place, i * 16))),
      column.set(f64x2.const(0.5)),
      repeatWhile(writePixel, i32.less(to, toEnd)),
    ];
  });

/** Compiles the kernels; undefined where that is not possible. */
export const compileWarpKernels = (host: WasmHost): WarpKernels | undefined =>
  compileFunctions<WarpKernels>(host, {
    addBytes,
    meansGray: means(gray),
    meansColor: means(color),
    sampleGray: sample(gray),
    sampleColor: sample(color),
  });
