import { BinaryWriter } from "@bufbuild/protobuf/wire";
import { errors } from "../errors.ts";
import { dataTypeNumbers } from "../ir/data-types.ts";
import type { Attribute, Graph, Node, Tensor, ValueInfo } from "../ir/types.ts";
import {
  attributeFields,
  attributeTypes,
  dimensionFields,
  entryFields,
  graphFields,
  irVersionOf,
  MAX_GRAPH_DEPTH,
  modelFields,
  nodeFields,
  opsetFields,
  shapeFields,
  tensorTypeFields,
  typeFields,
  valueInfoFields,
} from "./fields.ts";
import { writeFloat, writeInteger, writeMessage, writeText, writeTextIfAny } from "./wire-writer.ts";
import { writeTensor } from "./write-tensor.ts";

/**
 * Writes a graph as an ONNX model (protobuf ModelProto) of IR version 8, or the later one that its opset asks for.
 * The same graph gives the same bytes. Fields stand in the order of their numbers, as Google's own writers put them.
 */
export function writeOnnx(graph: Graph): Uint8Array {
  assertFits(graph);
  assertDepth(graph, 0);
  const writer = new BinaryWriter();
  writeInteger(writer, modelFields.irVersion, irVersionOf(graph.opsets[""] ?? 0));
  writeText(writer, modelFields.producerName, "fovea");
  writeMessage(writer, modelFields.graph, () => writeGraph(writer, graph));
  for (const [domain, version] of Object.entries(graph.opsets)) {
    writeMessage(writer, modelFields.opsetImport, () => {
      writeText(writer, opsetFields.domain, domain);
      writeInteger(writer, opsetFields.version, exactInt64(version, `The opset of the domain "${domain}"`));
    });
  }
  for (const [key, value] of Object.entries(graph.metadata)) {
    writeMessage(writer, modelFields.metadataProps, () => {
      writeText(writer, entryFields.key, key);
      writeText(writer, entryFields.value, value);
    });
  }
  return writer.finish();
}

function writeGraph(writer: BinaryWriter, graph: Graph): void {
  for (const node of graph.nodes) writeMessage(writer, graphFields.node, () => writeNode(writer, node));
  writeTextIfAny(writer, graphFields.name, graph.name);
  for (const [name, tensor] of graph.initializers) {
    writeMessage(writer, graphFields.initializer, () =>
      writeTensor(writer, tensor, { name, where: `Initializer "${name}"` }),
    );
  }
  for (const input of graph.inputs) writeMessage(writer, graphFields.input, () => writeValueInfo(writer, input));
  for (const output of graph.outputs) writeMessage(writer, graphFields.output, () => writeValueInfo(writer, output));
}

function writeNode(writer: BinaryWriter, { name, domain, op, inputs, outputs, attributes }: Node): void {
  for (const input of inputs) writeText(writer, nodeFields.input, input);
  for (const output of outputs) writeText(writer, nodeFields.output, output);
  writeTextIfAny(writer, nodeFields.name, name);
  writeText(writer, nodeFields.opType, op);
  for (const [key, attribute] of Object.entries(attributes)) {
    const where = `Node "${name}", attribute ${key}`;
    writeMessage(writer, nodeFields.attribute, () => {
      writeText(writer, attributeFields.name, key);
      writeAttributeValue(writer, attribute, where);
      writeInteger(writer, attributeFields.type, attributeTypes[attribute.type]);
    });
  }
  writeTextIfAny(writer, nodeFields.domain, domain);
}

function writeAttributeValue(writer: BinaryWriter, attribute: Attribute, where: string): void {
  switch (attribute.type) {
    case "float":
      writeFloat(writer, attributeFields.f, exactFloat(attribute.value, where));
      break;
    case "int":
      writeInteger(writer, attributeFields.i, exactInt64(attribute.value, where));
      break;
    case "string":
      writeText(writer, attributeFields.s, attribute.value);
      break;
    case "tensor":
      writeMessage(writer, attributeFields.t, () => writeTensor(writer, attribute.value, { name: "", where }));
      break;
    case "graph":
      writeMessage(writer, attributeFields.g, () => writeGraph(writer, attribute.value));
      break;
    case "floats":
      for (const value of attribute.value) writeFloat(writer, attributeFields.floats, exactFloat(value, where));
      break;
    case "ints":
      for (const value of attribute.value) writeInteger(writer, attributeFields.ints, exactInt64(value, where));
      break;
    case "strings":
      for (const value of attribute.value) writeText(writer, attributeFields.strings, value);
      break;
  }
}

function writeValueInfo(writer: BinaryWriter, { name, dtype, shape }: ValueInfo): void {
  writeText(writer, valueInfoFields.name, name);
  writeMessage(writer, valueInfoFields.type, () =>
    writeMessage(writer, typeFields.tensor, () => {
      writeInteger(writer, tensorTypeFields.elementType, dataTypeNumbers[dtype]);
      if (shape === undefined) return;
      writeMessage(writer, tensorTypeFields.shape, () => {
        for (const extent of shape) {
          writeMessage(writer, shapeFields.dimension, () => {
            if (typeof extent === "string") writeText(writer, dimensionFields.parameter, extent);
            else writeInteger(writer, dimensionFields.value, wholeExtent(extent, name));
          });
        }
      });
    }),
  );
}

/** An int64 for a whole number; 2^63 stands for the largest int64 ("to the end"), which a number cannot hold. */
function exactInt64(value: number, where: string): bigint {
  if (value === 2 ** 63) return 2n ** 63n - 1n;
  if (Number.isInteger(value) && Math.abs(value) <= 2 ** 63) return BigInt(value);
  throw errors["onnx-unwritable"]({ where, expected: "an integer of 64 bits", received: String(value) });
}

function wholeExtent(extent: number, value: string): number {
  if (Number.isSafeInteger(extent) && extent >= 0) return extent;
  const expected = "whole extents of 0 or more, or names";
  throw errors["onnx-unwritable"]({ where: `The shape of "${value}"`, expected, received: String(extent) });
}

function exactFloat(value: number, where: string): number {
  if (!Number.isFinite(value) || Number.isFinite(Math.fround(value))) return value;
  throw errors["onnx-unwritable"]({ where, expected: "a number in the range of float32", received: String(value) });
}

/** A protobuf message may hold 2 GiB; the weights alone decide. */
const MAX_BYTES = 2 ** 31 - 1;

function assertFits(graph: Graph): void {
  const bytesOf = ({ data }: Tensor): number => ("byteLength" in data ? data.byteLength : 0);
  const total = [...graph.initializers.values()].reduce((sum, tensor) => sum + bytesOf(tensor), 0);
  if (total <= MAX_BYTES) return;
  const expected = `at most ${MAX_BYTES} bytes of weights`;
  throw errors["onnx-unwritable"]({ where: `The graph "${graph.name}"`, expected, received: `${total} bytes` });
}

function assertDepth(graph: Graph, depth: number): void {
  if (depth > MAX_GRAPH_DEPTH) {
    const expected = `at most ${MAX_GRAPH_DEPTH} graphs inside one another`;
    throw errors["onnx-unwritable"]({ where: `The graph "${graph.name}"`, expected, received: "more" });
  }
  for (const { attributes } of graph.nodes) {
    for (const attribute of Object.values(attributes)) {
      if (attribute.type === "graph") assertDepth(attribute.value, depth + 1);
    }
  }
}
