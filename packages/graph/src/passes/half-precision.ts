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
