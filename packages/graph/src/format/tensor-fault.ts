import { sizeOf } from "../ir/shapes.ts";
import { arrayTypeOf } from "../ir/tensors.ts";
import type { Tensor } from "../ir/types.ts";

/** What contradicts itself in a tensor: its extents, the class of its array, or the number of its elements. */
export function tensorFault({ dtype, shape, data }: Tensor): { expected: string; received: string } | undefined {
  if (!shape.every((extent) => Number.isSafeInteger(extent) && extent >= 0)) {
    return { expected: "whole extents of 0 or more", received: `the shape [${shape.join(", ")}]` };
  }
  const holder = dtype === "string" ? "Array" : arrayTypeOf(dtype).name;
  if (data.constructor.name !== holder) {
    return { expected: `the elements of a ${dtype} tensor in a ${holder}`, received: `a ${data.constructor.name}` };
  }
  if (data.length !== sizeOf(shape)) {
    return { expected: `${sizeOf(shape)} elements for the shape [${shape.join(", ")}]`, received: `${data.length}` };
  }
  return undefined;
}
