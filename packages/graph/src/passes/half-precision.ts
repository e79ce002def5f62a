import type { Tensor } from "../ir/types.ts";

/** Elements of a floating tensor in single precision; undefined for a tensor of another type. */
export function decodeFloats({ dtype, data }: Tensor): Float32Array | undefined {
  if (dtype === "float32") return (data as Float32Array).slice();
  if (dtype === "float64") return Float32Array.from(data as Float64Array);
  if (dtype === "float16") return Float32Array.from(data as Uint16Array, fromHalf);
  // the upper half of a float32 (TensorProto.DataType.BFLOAT16)
  if (dtype === "bfloat16") return new Float32Array(Uint32Array.from(data as Uint16Array, (bits) => bits << 16).buffer);
  return undefined;
}

/** IEEE 754 binary16: a sign, 5 bits of exponent (bias 15), 10 of fraction. */
export function fromHalf(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >>> 10) & 0x1f;
  const fraction = bits & 0x3ff;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  if (exponent === 0x1f) return fraction === 0 ? sign * Number.POSITIVE_INFINITY : Number.NaN;
  return sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}

const single = new Float32Array(1);
const singleBits = new Uint32Array(single.buffer);

/** The nearest IEEE 754 binary16 of a number, ties to even, as raw bits; beyond 65504 it is infinite. */
export function toHalf(value: number): number {
  single[0] = value;
  const bits = singleBits[0]!;
  const sign = (bits >>> 16) & 0x8000;
  const magnitude = bits & 0x7fffffff;
  if (magnitude > 0x7f800000) return sign | 0x7e00; // not a number
  if (magnitude >= 0x477ff000) return sign | 0x7c00; // from 65520 on the nearest is infinity
  // below 2^-14 the halves lie 2^-24 apart
  if (magnitude < 0x38800000) return sign | roundHalfToEven(Math.abs(single[0]!) * 2 ** 24);
  const half = (magnitude - 0x38000000) >>> 13; // the bias of the exponent goes from 127 to 15
  const rest = magnitude & 0x1fff;
  return sign | (half + (rest > 0x1000 || (rest === 0x1000 && half % 2 === 1) ? 1 : 0));
}

/** The nearest whole number, the even one of two: how ONNX rounds in casts and in QuantizeLinear. */
export function roundHalfToEven(value: number): number {
  const below = Math.floor(value);
  const rest = value - below;
  if (rest === 0.5) return below % 2 === 0 ? below : below + 1;
  return rest < 0.5 ? below : below + 1;
}
