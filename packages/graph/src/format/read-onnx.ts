import { BinaryReader } from "@bufbuild/protobuf/wire";
import { FoveaError } from "@foveajs/errors";
import { errors } from "../errors.ts";
import type { Graph } from "../ir/types.ts";
import type { LoadExternal } from "./external-data.ts";
import { modelFields } from "./fields.ts";
import { inlineFunctions } from "./inline-functions.ts";
import { readFunction } from "./read-function.ts";
import { readGraph } from "./read-graph.ts";
import { readOpset } from "./read-opset.ts";
import { readEntry } from "./read-tensor.ts";
import { assertLooksLikeOnnx } from "./recognize.ts";
import { message, readFields } from "./wire-reader.ts";

/** What reading may need besides the bytes. */
export interface ReadOnnxOptions {
  /** Gives the bytes of a data file beside the model; needed only for models that keep weights outside. */
  readonly loadExternal?: LoadExternal | undefined;
}

/**
 * Reads an ONNX model (protobuf ModelProto) of any IR and opset version. Tensors are copied: the bytes may be reused.
 * Every node gets a unique name; local functions are inlined; sparse tensors and
 * inputs or outputs that are no tensors are errors.
 */
export function readOnnx(bytes: Uint8Array, { loadExternal }: ReadOnnxOptions = {}): Graph {
  assertLooksLikeOnnx(bytes);
  const reader = new BinaryReader(bytes);
  try {
    return readModel(reader, loadExternal);
  } catch (cause) {
    if (cause instanceof FoveaError) throw cause;
    const problem = `could not be decoded (${cause instanceof Error ? cause.message : String(cause)})`;
    if (reader.pos > reader.len) {
      throw errors["onnx-truncated"]({ expected: `${reader.pos} bytes or more`, received: `${reader.len}` }, { cause });
    }
    throw errors["onnx-malformed"]({ where: `what stands before byte ${reader.pos}`, problem }, { cause });
  }
}

function readModel(reader: BinaryReader, loadExternal: LoadExternal | undefined): Graph {
  let graphRange: { start: number; end: number } | undefined;
  const opsets: Record<string, number> = {};
  const metadata = new Map<string, string>();
  const functionRanges: { start: number; end: number }[] = [];
  readFields(reader, reader.len, "the model", {
    // The graph is left for later: its inner graphs share the opsets, which stand behind it.
    [modelFields.graph]: message((_, end) => {
      graphRange = { start: reader.pos, end };
      reader.pos = end;
    }),
    [modelFields.opsetImport]: message((_, end) => {
      const { domain, version } = readOpset(reader, end);
      opsets[domain] = version;
    }),
    [modelFields.metadataProps]: message((_, end) => {
      const { key, value } = readEntry(reader, end);
      metadata.set(key, value);
    }),
    [modelFields.functions]: message((_, end) => {
      functionRanges.push({ start: reader.pos, end });
      reader.pos = end;
    }),
  });
  if (graphRange === undefined)
    throw errors["onnx-truncated"]({ expected: "a graph", received: `${reader.len} bytes without one` });
  if (Object.keys(opsets).length === 0) {
    throw errors["onnx-truncated"]({
      expected: "opset versions behind the graph",
      received: `${reader.len} bytes without them`,
    });
  }
  reader.pos = graphRange.start;
  const external = { load: loadExternal, loaded: new Map<string, Uint8Array>() };
  const graph = readGraph(reader, graphRange.end, { opsets, external, depth: 0 });
  const functions = functionRanges.map(({ start, end }) => {
    reader.pos = start;
    return readFunction(reader, end, external);
  });
  return { ...inlineFunctions(graph, functions), metadata: Object.fromEntries(metadata) };
}
