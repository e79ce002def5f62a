import type { BinaryReader } from "@bufbuild/protobuf/wire";
import { errors } from "../errors.ts";
import type { Attribute, Graph, Node } from "../ir/types.ts";
import type { ExternalFiles } from "./external-data.ts";
import { functionFields } from "./fields.ts";
import { readAttribute } from "./read-attribute.ts";
import { type ReadContext, readGraph, readNode, standardDomain } from "./read-graph.ts";
import { readOpset } from "./read-opset.ts";
import { message, readFields, text } from "./wire-reader.ts";

/** A node of a function, with the attributes that take their value from the call: attribute name to parameter name. */
export interface FunctionNode {
  readonly node: Node;
  readonly references: Readonly<Record<string, string>>;
}

/** A function that a model brings along (FunctionProto): an operator written in other operators. */
export interface LocalFunction {
  readonly domain: string;
  readonly name: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  /** Values of parameters that a call leaves out. */
  readonly defaults: Readonly<Record<string, Attribute>>;
  readonly opsets: Graph["opsets"];
  readonly nodes: readonly FunctionNode[];
}

/** Reads a FunctionProto up to `end`. */
export function readFunction(reader: BinaryReader, end: number, external: ExternalFiles): LocalFunction {
  let name = "";
  let domain = "";
  const inputs: string[] = [];
  const outputs: string[] = [];
  const opsets: Record<string, number> = {};
  const defaults = new Map<string, Attribute>();
  const nodeRanges: { start: number; end: number }[] = [];
  const readInnerGraph = (graphReader: BinaryReader, graphEnd: number) =>
    readGraph(graphReader, graphEnd, { opsets, external, depth: 1 });
  readFields(reader, end, "a function", {
    [functionFields.name]: text((value) => {
      name = value;
    }),
    [functionFields.domain]: text((value) => {
      domain = standardDomain(value);
    }),
    [functionFields.input]: text((value) => {
      inputs.push(value);
    }),
    [functionFields.output]: text((value) => {
      outputs.push(value);
    }),
    [functionFields.opsetImport]: message((_, opsetEnd) => {
      const opset = readOpset(reader, opsetEnd);
      opsets[opset.domain] = opset.version;
    }),
    [functionFields.attributeProto]: message((_, attributeEnd) => {
      const read = readAttribute(reader, attributeEnd, { node: "A function", external, readInnerGraph });
      if (read) defaults.set(read.name, read.attribute);
    }),
    [functionFields.overload]: text((overload) => {
      if (overload === "") return;
      const remedy = "Inline the model's functions in the tool that made it.";
      throw errors["onnx-unsupported"]({ where: `Function "${name}"`, feature: `the overload "${overload}"`, remedy });
    }),
    // Nodes are left for later: their inner graphs share the opsets, which stand behind them.
    [functionFields.node]: message((_, nodeEnd) => {
      nodeRanges.push({ start: reader.pos, end: nodeEnd });
      reader.pos = nodeEnd;
    }),
  });
  if (name === "") throw errors["onnx-malformed"]({ where: "a function", problem: "has no name" });
  const context: ReadContext = { opsets, external, depth: 0 };
  const nodes = nodeRanges.map((range, index): FunctionNode => {
    reader.pos = range.start;
    const references = new Map<string, string>();
    const node = readNode(reader, range.end, index, context, (attribute, parameter) =>
      references.set(attribute, parameter),
    );
    return { node, references: Object.fromEntries(references) };
  });
  return { domain, name, inputs, outputs, defaults: Object.fromEntries(defaults), opsets, nodes };
}
