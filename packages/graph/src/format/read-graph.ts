import type { BinaryReader } from "@bufbuild/protobuf/wire";
import { errors } from "../errors.ts";
import type { Attribute, Graph, Node, Tensor, ValueInfo } from "../ir/types.ts";
import type { ExternalFiles } from "./external-data.ts";
import { graphFields, MAX_GRAPH_DEPTH, nodeFields } from "./fields.ts";
import { type AttributeContext, readAttribute } from "./read-attribute.ts";
import { readTensor } from "./read-tensor.ts";
import { type RawValueInfo, readValueInfo, typedValue } from "./read-types.ts";
import { uniqueNames } from "./unique-names.ts";
import { message, present, readFields, text } from "./wire-reader.ts";

/** What a graph needs to know of the model around it. */
export interface ReadContext {
  readonly opsets: Graph["opsets"];
  readonly external: ExternalFiles;
  /** Graphs around this one: 0 for the model's own. */
  readonly depth: number;
}

/**
 * Reads a GraphProto up to `end`. An input that has an initializer (a must before IR version 4) is a constant and no
 * input here. Types of inner values, documentation and quantization notes are not kept.
 */
export function readGraph(reader: BinaryReader, end: number, context: ReadContext): Graph {
  if (context.depth > MAX_GRAPH_DEPTH) {
    const feature = `more than ${MAX_GRAPH_DEPTH} graphs inside one another`;
    throw errors["onnx-unsupported"]({
      where: "The model",
      feature,
      remedy: "Export the model with flatter control flow.",
    });
  }
  let name = "";
  const nodes: Node[] = [];
  const inputs: RawValueInfo[] = [];
  const outputs: RawValueInfo[] = [];
  const initializers = new Map<string, Tensor>();
  readFields(reader, end, "a graph", {
    [graphFields.node]: message((nodeReader, nodeEnd) => {
      nodes.push(readNode(nodeReader, nodeEnd, nodes.length, context));
    }),
    [graphFields.name]: text((value) => {
      name = value;
    }),
    [graphFields.initializer]: message((tensorReader, tensorEnd) => {
      const owner = `initializer ${initializers.size}`;
      const { name: key, tensor } = readTensor(tensorReader, tensorEnd, { owner, external: context.external });
      if (key === "") throw errors["onnx-malformed"]({ where: owner, problem: "has no name" });
      if (initializers.has(key))
        throw errors["onnx-malformed"]({ where: `initializer "${key}"`, problem: "stands there twice" });
      initializers.set(key, tensor);
    }),
    [graphFields.sparseInitializer]: present(() => {
      const remedy = "Export the weights as dense tensors.";
      throw errors["onnx-unsupported"]({ where: "The graph", feature: "sparse initializers", remedy });
    }),
    [graphFields.input]: message((infoReader, infoEnd) => {
      inputs.push(readValueInfo(infoReader, infoEnd));
    }),
    [graphFields.output]: message((infoReader, infoEnd) => {
      outputs.push(readValueInfo(infoReader, infoEnd));
    }),
  });
  const typed = (infos: readonly RawValueInfo[], role: string): ValueInfo[] =>
    infos.map((info) => typedValue(info, role));
  return {
    name,
    opsets: context.opsets,
    inputs: typed(
      inputs.filter((input) => !initializers.has(input.name)),
      "input",
    ),
    outputs: typed(outputs, "output"),
    nodes: uniqueNames(nodes),
    initializers,
    metadata: {},
  };
}

/** Reads a NodeProto up to `end`. `index` names an unnamed one in errors; for `takeReference` see AttributeContext. */
export function readNode(
  reader: BinaryReader,
  end: number,
  index: number,
  context: ReadContext,
  takeReference?: AttributeContext["takeReference"],
): Node {
  let name = "";
  let op = "";
  let domain = "";
  const inputs: string[] = [];
  const outputs: string[] = [];
  const attributes = new Map<string, Attribute>();
  const readInnerGraph = (graphReader: BinaryReader, graphEnd: number) =>
    readGraph(graphReader, graphEnd, { ...context, depth: context.depth + 1 });
  readFields(reader, end, `node ${index}`, {
    [nodeFields.input]: text((value) => {
      inputs.push(value);
    }),
    [nodeFields.output]: text((value) => {
      outputs.push(value);
    }),
    [nodeFields.name]: text((value) => {
      name = value;
    }),
    [nodeFields.opType]: text((value) => {
      op = value;
    }),
    [nodeFields.attribute]: message((attributeReader, attributeEnd) => {
      const where = `Node "${name || index}"`;
      const read = readAttribute(attributeReader, attributeEnd, {
        node: where,
        external: context.external,
        readInnerGraph,
        takeReference,
      });
      if (read === undefined) return;
      const { name: key, attribute } = read;
      if (attributes.has(key)) throw errors["onnx-malformed"]({ where, problem: `has the attribute ${key} twice` });
      attributes.set(key, attribute);
    }),
    [nodeFields.domain]: text((value) => {
      domain = value;
    }),
  });
  if (op === "") throw errors["onnx-malformed"]({ where: `node "${name || index}"`, problem: "names no operator" });
  return { name, domain: standardDomain(domain), op, inputs, outputs, attributes: Object.fromEntries(attributes) };
}

/** "ai.onnx" is the long name of ONNX's own domain "". */
export const standardDomain = (domain: string): string => (domain === "ai.onnx" ? "" : domain);
