import type { BinaryReader } from "@bufbuild/protobuf/wire";
import { errors } from "../errors.ts";
import type { Dimension, Shape, ValueInfo } from "../ir/types.ts";
import { dimensionFields, shapeFields, tensorTypeFields, typeFields, valueInfoFields } from "./fields.ts";
import { elementType } from "./read-tensor.ts";
import { integer, message, present, readFields, text } from "./wire-reader.ts";

/** An input or output as the file has it: `elementType` is 0 where no type is given. */
export interface RawValueInfo {
  readonly name: string;
  readonly elementType: number;
  readonly shape: readonly (Dimension | undefined)[] | undefined;
  readonly otherType: string | undefined;
}

const otherTypes = ["sequence", "map", "opaque", "sparseTensor", "optional"] as const;

/** Reads a ValueInfoProto up to `end`. */
export function readValueInfo(reader: BinaryReader, end: number): RawValueInfo {
  let name = "";
  let elementType = 0;
  let shape: RawValueInfo["shape"];
  let otherType: string | undefined;
  const tensorType = message((tensorReader, tensorEnd) =>
    readFields(tensorReader, tensorEnd, "a tensor type", {
      [tensorTypeFields.elementType]: integer((value) => {
        elementType = value;
      }),
      [tensorTypeFields.shape]: message((shapeReader, shapeEnd) => {
        shape = readShape(shapeReader, shapeEnd);
      }),
    }),
  );
  const others = otherTypes.map(
    (kind) =>
      [
        typeFields[kind],
        present(() => {
          otherType = kind;
        }),
      ] as const,
  );
  readFields(reader, end, "an input or output", {
    [valueInfoFields.name]: text((value) => {
      name = value;
    }),
    [valueInfoFields.type]: message((typeReader, typeEnd) =>
      readFields(typeReader, typeEnd, "a type", { ...Object.fromEntries(others), [typeFields.tensor]: tensorType }),
    ),
  });
  return { name, elementType, shape, otherType };
}

function readShape(reader: BinaryReader, end: number): (Dimension | undefined)[] {
  const shape: (Dimension | undefined)[] = [];
  readFields(reader, end, "a shape", {
    [shapeFields.dimension]: message((dimensionReader, dimensionEnd) => {
      let extent: Dimension | undefined;
      readFields(dimensionReader, dimensionEnd, "a dimension", {
        [dimensionFields.value]: integer((value) => {
          extent = value >= 0 ? value : undefined;
        }), // some exporters write -1
        [dimensionFields.parameter]: text((value) => {
          extent = value === "" ? undefined : value;
        }),
      });
      shape.push(extent);
    }),
  });
  return shape;
}

/**
 * An input or output with its type. A dimension without a name is called VALUE_AXIS, for example input_0, because names
 * are what tells two unknown extents apart.
 */
export function typedValue({ name, elementType: number, shape, otherType }: RawValueInfo, role: string): ValueInfo {
  const where = `The ${role} "${name}"`;
  if (name === "") throw errors["onnx-malformed"]({ where: `An ${role}`, problem: "has no name" });
  if (otherType !== undefined || number === 0) {
    throw errors["onnx-unsupported"]({
      where,
      feature: otherType === undefined ? "no stated type" : `the type ${otherType}`,
      remedy: "Only tensors of a stated element type pass a graph's edge: export the model so, or cut this value off.",
    });
  }
  const named: Shape | undefined = shape?.map((extent, axis) => extent ?? `${name}_${axis}`);
  return { name, dtype: elementType(number, where), shape: named };
}
