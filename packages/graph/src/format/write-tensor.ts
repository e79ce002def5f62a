import type { BinaryWriter } from "@bufbuild/protobuf/wire";
import { errors } from "../errors.ts";
import { dataTypeNumbers } from "../ir/data-types.ts";
import type { Tensor } from "../ir/types.ts";
import { tensorFields } from "./fields.ts";
import { tensorFault } from "./tensor-fault.ts";
import { writeBytes, writeInteger, writeText, writeTextIfAny } from "./wire-writer.ts";

/** Writes the fields of a TensorProto: numbers as raw little-endian bytes, strings one by one. */
export function writeTensor(
  writer: BinaryWriter,
  tensor: Tensor,
  { name, where }: { name: string; where: string },
): void {
  const { dtype, shape, data } = tensor;
  const fault = tensorFault(tensor);
  if (fault !== undefined) throw errors["onnx-unwritable"]({ where, ...fault });
  for (const extent of shape) writeInteger(writer, tensorFields.dims, extent);
  writeInteger(writer, tensorFields.dataType, dataTypeNumbers[dtype]);
  if (!ArrayBuffer.isView(data)) for (const value of data) writeText(writer, tensorFields.stringData, value);
  writeTextIfAny(writer, tensorFields.name, name);
  if (ArrayBuffer.isView(data)) {
    writeBytes(writer, tensorFields.rawData, new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
  }
}
