import type { BinaryReader } from "@bufbuild/protobuf/wire";
import { errors } from "../errors.ts";
import type { Attribute, Graph, Tensor } from "../ir/types.ts";
import type { ExternalFiles } from "./external-data.ts";
import { attributeFields, attributeTypeNames, attributeTypes } from "./fields.ts";
import { readTensor } from "./read-tensor.ts";
import { floats, int64s, integer, message, readFields, text } from "./wire-reader.ts";

type AttributeKind = Attribute["type"];

const kindOf = new Map(
  Object.entries(attributeTypes).map(([kind, number]) => [number as number, kind as AttributeKind]),
);

/** What an attribute needs to know of its surroundings; `node` names its node in errors. */
export interface AttributeContext {
  readonly node: string;
  readonly external: ExternalFiles;
  readonly readInnerGraph: (reader: BinaryReader, end: number) => Graph;
  /** Takes an attribute of a function's node that stands for one of the call; without it such an attribute is an error. */
  readonly takeReference?: ((attribute: string, parameter: string) => void) | undefined;
}

/** Reads an AttributeProto up to `end`; undefined for a reference that `takeReference` has taken. */
export function readAttribute(
  reader: BinaryReader,
  end: number,
  { node, external, readInnerGraph, takeReference }: AttributeContext,
): { name: string; attribute: Attribute } | undefined {
  let name = "";
  let typeNumber = 0;
  let reference: string | undefined;
  let found: AttributeKind | undefined; // the last field that was present: files before IR version 2 state no type
  const single: { float: number; int: number; string: string; tensor?: Tensor; graph?: Graph } = {
    float: 0,
    int: 0,
    string: "",
  };
  const lists: { floats: number[]; ints: number[]; strings: string[] } = { floats: [], ints: [], strings: [] };
  const where = () => `${node}, attribute ${name || "without a name"}`;
  const saw = (kind: AttributeKind) => {
    found = kind;
  };
  readFields(reader, end, node, {
    [attributeFields.name]: text((value) => {
      name = value;
    }),
    [attributeFields.f]: floats((value) => {
      saw("float");
      single.float = value;
    }),
    [attributeFields.i]: int64s((value) => {
      saw("int");
      single.int = exactInteger(value, where());
    }),
    [attributeFields.s]: text((value) => {
      saw("string");
      single.string = value;
    }),
    [attributeFields.t]: message((tensorReader, tensorEnd) => {
      saw("tensor");
      single.tensor = readTensor(tensorReader, tensorEnd, { owner: where(), external }).tensor;
    }),
    [attributeFields.g]: message((graphReader, graphEnd) => {
      saw("graph");
      single.graph = readInnerGraph(graphReader, graphEnd);
    }),
    [attributeFields.floats]: floats((value) => {
      saw("floats");
      lists.floats.push(value);
    }),
    [attributeFields.ints]: int64s((value) => {
      saw("ints");
      lists.ints.push(exactInteger(value, where()));
    }),
    [attributeFields.strings]: text((value) => {
      saw("strings");
      lists.strings.push(value);
    }),
    [attributeFields.type]: integer((value) => {
      typeNumber = value;
    }),
    [attributeFields.refAttrName]: text((value) => {
      reference = value;
    }),
  });
  if (name === "") throw errors["onnx-malformed"]({ where: node, problem: "has an attribute without a name" });
  if (reference !== undefined && takeReference !== undefined) {
    takeReference(name, reference);
    return undefined;
  }
  const type = typeNumber === 0 ? found : kindOf.get(typeNumber);
  if (type === undefined || reference !== undefined) {
    const kind = reference === undefined ? (attributeTypeNames[typeNumber] ?? typeNumber) : "reference";
    const remedy = "Export the model with dense tensors, and without references in the inner graphs of functions.";
    throw errors["onnx-unsupported"]({ where: where(), feature: `the attribute type ${kind}`, remedy });
  }
  const value = { ...single, ...lists }[type];
  if (value === undefined)
    throw errors["onnx-malformed"]({ where: where(), problem: `should hold a ${type} and is empty` });
  return { name, attribute: { type, value } as Attribute };
}

const INT64_MAX = 2n ** 63n - 1n;

/**
 * An int64 as a number. The largest int64, which stands for "to the end" in Slice, becomes 2^63 and is written back as
 * it was; another one that a number cannot hold is an error, never rounded.
 */
function exactInteger(value: bigint, where: string): number {
  const number = Number(value);
  if (value === INT64_MAX || BigInt(number) === value) return number;
  const remedy = "Numbers are exact up to 2^53: pass larger ones as an int64 tensor.";
  throw errors["onnx-unsupported"]({ where, feature: `the integer ${value}`, remedy });
}
