import type { Tensor } from "@foveajs/operations";
import { errors } from "../errors.ts";
import { type Datatype, datatypes } from "./datatypes.ts";

/** A tensor from JSON: its elements in one list, or nested as its shape is. */
export function tensorOfJson(
  data: unknown,
  { name, datatype, shape }: { name: string; datatype: string; shape: readonly number[] },
): Tensor {
  const type = typeOf(datatype, name);
  const refuse = (expected: string, received: string) =>
    errors["bad-tensor"]({ where: `tensor "${name}"`, expected, received });
  if (type.json === undefined) throw refuse(`binary data, since JSON has no ${datatype}`, "a list");
  if (!Array.isArray(data)) throw refuse(`a list of ${datatype}`, "something else");
  const size = sizeOf(shape);
  const elements = flatten(data, size);
  if (elements.length !== size) {
    throw refuse(`${size} elements for the shape [${shape}]`, elements.length > size ? `more` : `${elements.length}`);
  }
  const wrong = elements.findIndex((element) => !fits(element, type));
  if (wrong >= 0) {
    const range = type.range ? ` from ${type.range[0]} to ${type.range[1]}` : "";
    throw refuse(`${type.json}s${range}`, `${JSON.stringify(elements[wrong])?.slice(0, 40)} at ${wrong}`);
  }
  if (type.create === undefined) return { dtype: type.dtype, shape, data: elements as string[] };
  const array = type.create(new ArrayBuffer(size * type.bytes!));
  const isBig = array instanceof BigInt64Array || array instanceof BigUint64Array;
  elements.forEach((element, index) => {
    array[index] = isBig ? BigInt(element as number) : Number(element);
  });
  return { dtype: type.dtype, shape, data: array };
}

/** The elements of a tensor as JSON text, each exactly. */
export function jsonOfTensor(name: string, { dtype, data }: Tensor): string {
  const refuse = (received: string) =>
    errors["bad-tensor"]({
      where: `output "${name}"`,
      expected: "numbers that JSON has",
      received: `${received}: ask for it in binary`,
    });
  if (dtype === "string") return JSON.stringify(data);
  if (dtype === "float16" || dtype === "bfloat16") throw refuse(dtype);
  if (dtype === "bool") return `[${Array.from(data as Uint8Array, (byte) => byte !== 0).join(",")}]`;
  if (dtype === "float32" || dtype === "float64") {
    const values = data as Float32Array;
    for (let index = 0; index < values.length; index++) {
      if (!Number.isFinite(values[index]!)) throw refuse(`${values[index]} at ${index}`);
    }
    return JSON.stringify(Array.from(values));
  }
  return `[${Array.from(data as ArrayLike<number>).join(",")}]`;
}

/** Number of elements of a shape. */
export const sizeOf = (shape: readonly number[]): number => shape.reduce((size, extent) => size * extent, 1);

export function typeOf(datatype: string, name: string): Datatype {
  const type = Object.hasOwn(datatypes, datatype) ? datatypes[datatype] : undefined;
  if (type) return type;
  const expected = `one of ${Object.keys(datatypes).join(", ")}`;
  throw errors["bad-tensor"]({ where: `datatype of "${name}"`, expected, received: datatype.slice(0, 40) });
}

/** Elements in order; stops once there are more than `most`. Deep nesting costs no stack. */
function flatten(data: readonly unknown[], most: number): unknown[] {
  const flat: unknown[] = [];
  const open: { list: readonly unknown[]; next: number }[] = [{ list: data, next: 0 }];
  while (open.length > 0 && flat.length <= most) {
    const level = open.at(-1)!;
    if (level.next >= level.list.length) {
      open.pop();
      continue;
    }
    const element = level.list[level.next++];
    if (Array.isArray(element)) open.push({ list: element, next: 0 });
    else flat.push(element);
  }
  return flat;
}

function fits(element: unknown, { json, range }: Datatype): boolean {
  if (json === "integer")
    return Number.isInteger(element) && (element as number) >= range![0] && (element as number) <= range![1];
  return typeof element === json;
}
