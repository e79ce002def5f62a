import assert from "node:assert/strict";
import { test } from "node:test";
import { BinaryWriter } from "@bufbuild/protobuf/wire";
import { FoveaError } from "@foveajs/errors";
import { InferenceSession, Tensor } from "onnxruntime-node";
import { attributeFields, functionFields, modelFields, nodeFields, opsetFields } from "../format/fields.ts";
import { readOnnx } from "../format/read-onnx.ts";
import { writeInteger, writeMessage, writeText } from "../format/wire-writer.ts";
import { writeOnnx } from "../format/write-onnx.ts";
import { attribute } from "../ir/attributes.ts";
import type { Attribute, Attributes, Graph, Node } from "../ir/types.ts";
import { createBuilder } from "../ops/build.ts";
import { validate } from "./validate.ts";

// The reference is onnxruntime, which inlines functions by itself: the file with functions and the graph that was read from it
// must give the same numbers.

/** A node of a function; `references` are attributes that take their value from the call. */
interface Inner {
  readonly op: string;
  readonly domain?: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly floats?: Readonly<Record<string, number>>;
  readonly references?: Readonly<Record<string, string>>;
}

interface Written {
  readonly name: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly nodes: readonly Inner[];
  readonly parameters?: readonly string[];
  readonly defaults?: Readonly<Record<string, number>>;
  readonly opset?: number;
}

function writeFloatAttribute(writer: BinaryWriter, field: number, name: string, value: number): void {
  writeMessage(writer, field, () => {
    writeText(writer, attributeFields.name, name);
    writer.tag(attributeFields.f, 5).float(value);
    writeInteger(writer, attributeFields.type, 1);
  });
}

function functionBytes({
  name,
  inputs,
  outputs,
  nodes,
  parameters = [],
  defaults = {},
  opset = 17,
}: Written): Uint8Array {
  const writer = new BinaryWriter();
  writeMessage(writer, modelFields.functions, () => {
    writeText(writer, functionFields.name, name);
    writeText(writer, functionFields.domain, "local");
    for (const input of inputs) writeText(writer, functionFields.input, input);
    for (const output of outputs) writeText(writer, functionFields.output, output);
    for (const parameter of parameters) writeText(writer, functionFields.attribute, parameter);
    for (const [key, value] of Object.entries(defaults))
      writeFloatAttribute(writer, functionFields.attributeProto, key, value);
    for (const node of nodes) {
      writeMessage(writer, functionFields.node, () => {
        for (const input of node.inputs) writeText(writer, nodeFields.input, input);
        for (const output of node.outputs) writeText(writer, nodeFields.output, output);
        writeText(writer, nodeFields.opType, node.op);
        if (node.domain) writeText(writer, nodeFields.domain, node.domain);
        for (const [key, value] of Object.entries(node.floats ?? {}))
          writeFloatAttribute(writer, nodeFields.attribute, key, value);
        for (const [key, parameter] of Object.entries(node.references ?? {})) {
          writeMessage(writer, nodeFields.attribute, () => {
            writeText(writer, attributeFields.name, key);
            writeInteger(writer, attributeFields.type, 1);
            writeText(writer, attributeFields.refAttrName, parameter);
          });
        }
      });
    }
    for (const [domain, version] of [
      ["", opset],
      ["local", 1],
    ] as const) {
      writeMessage(writer, functionFields.opsetImport, () => {
        if (domain !== "") writeText(writer, opsetFields.domain, domain);
        writeInteger(writer, opsetFields.version, version);
      });
    }
  });
  return writer.finish();
}

/** Fields of a message may stand anywhere: functions go behind the rest. */
const fileOf = (graph: Graph, functions: readonly Written[]): Uint8Array =>
  Uint8Array.from([writeOnnx(graph), ...functions.map(functionBytes)].flatMap((bytes) => [...bytes]));

const call = (name: string, op: string, inputs: string[], outputs: string[], attributes: Attributes = {}): Node => ({
  name,
  domain: "local",
  op,
  inputs,
  outputs,
  attributes,
});

const graphOf = (nodes: readonly Node[], outputs: readonly string[]): Graph => ({
  name: "main",
  opsets: { "": 17, local: 1 },
  inputs: [{ name: "x", dtype: "float32", shape: [4] }],
  outputs: outputs.map((name) => ({ name, dtype: "float32" as const, shape: [4] })),
  nodes,
  initializers: new Map(),
  metadata: {},
});

const leaky: Written = {
  name: "Leaky",
  inputs: ["x"],
  outputs: ["y"],
  parameters: ["slope"],
  nodes: [
    { op: "Neg", inputs: ["x"], outputs: ["t"] },
    { op: "LeakyRelu", inputs: ["t"], outputs: ["y"], references: { alpha: "slope" } },
  ],
};

const twice: Written = {
  name: "Twice",
  inputs: ["a", "b"],
  outputs: ["sum", "same"],
  defaults: { gain: 0.25 },
  nodes: [
    { op: "Leaky", domain: "local", inputs: ["a"], outputs: ["t"], references: { slope: "gain" } },
    { op: "Leaky", domain: "local", inputs: ["t"], outputs: ["u"], floats: { slope: 0.5 } },
    { op: "Add", inputs: ["u", "b"], outputs: ["sum"] },
    { op: "Identity", inputs: ["a"], outputs: ["same"] },
  ],
};

async function run(bytes: Uint8Array): Promise<Record<string, number[]>> {
  const session = await InferenceSession.create(bytes, { logSeverityLevel: 3 });
  const results = await session.run({ x: new Tensor("float32", Float32Array.of(-2, -0.5, 1, 3), [4]) });
  await session.release();
  return Object.fromEntries(Object.entries(results).map(([name, { data }]) => [name, [...(data as Float32Array)]]));
}

test("functions are inlined: nested calls, attributes of the call, defaults", async () => {
  const nodes = [
    call("first", "Twice", ["x", "x"], ["p", "q"]),
    call("second", "Twice", ["p", "q"], ["r", "unused"], { gain: attribute.float(0.125) }),
    call("third", "Leaky", ["r"], ["s"], { slope: attribute.float(0.75) }),
  ];
  const bytes = fileOf(graphOf(nodes, ["p", "r", "s"]), [twice, leaky]);
  const graph = readOnnx(bytes);
  validate(graph);
  assert.ok(graph.nodes.every(({ domain }) => domain === ""));
  assert.deepEqual(
    graph.nodes
      .filter(({ op }) => op === "LeakyRelu")
      .map(({ attributes }) => (attributes.alpha as { value: number }).value),
    [0.25, 0.5, 0.125, 0.5, 0.75],
  );
  assert.deepEqual(await run(writeOnnx(graph)), await run(bytes));
});

test("a value of the model that is called as one inside of a function would be stays apart", async () => {
  const nodes = [
    { ...call("c", "Relu", ["x"], ["c/t"]), domain: "" },
    call("c", "Leaky", ["x"], ["y"], { slope: attribute.float(0.5) }),
    { ...call("sum", "Add", ["c/t", "y"], ["z"]), domain: "" },
  ];
  const bytes = fileOf(
    graphOf(
      nodes.map((node, index) => ({ ...node, name: index === 0 ? "r" : node.name })),
      ["z"],
    ),
    [leaky],
  );
  const graph = readOnnx(bytes);
  validate(graph);
  assert.deepEqual(await run(writeOnnx(graph)), await run(bytes));
});

test("an output that is an input of the function is a copy; a call inside of an inner graph is inlined too", async () => {
  const pass: Written = { name: "Pass", inputs: ["a"], outputs: ["a"], nodes: [] };
  const branch = (op: string): Attribute =>
    attribute.graph({
      ...graphOf([call("inner", op, ["x"], [`${op}_y`])], [`${op}_y`]),
      inputs: [],
    });
  const build = createBuilder();
  const flag = build.constant({ dtype: "bool", shape: [], data: Uint8Array.of(1) }, "flag");
  const choose: Node = {
    ...call("choose", "If", [flag.name], ["y"], { then_branch: branch("Pass"), else_branch: branch("Leaky") }),
    domain: "",
  };
  const graph = readOnnx(
    fileOf({ ...graphOf([choose], ["y"]), initializers: build.build().initializers }, [pass, leaky]),
  );
  validate(graph);
  assert.deepEqual((await run(writeOnnx(graph))).y, [-2, -0.5, 1, 3]);
});

const failing = (functions: readonly Written[], nodes: readonly Node[], words: RegExp): void => {
  assert.throws(
    () => readOnnx(fileOf(graphOf(nodes, ["y"]), functions)),
    (error) => error instanceof FoveaError && /^graph\/onnx-/.test(error.code) && words.test(error.message),
  );
};

test("functions that call themselves, grow without bound, stand twice or are of another version are refused", () => {
  const y = [call("c", "F0", ["x"], ["y"])];
  const simple = (name: string, inner: string): Written => ({
    name,
    inputs: ["x"],
    outputs: ["y"],
    nodes: [
      { op: inner, domain: "local", inputs: ["x"], outputs: ["t"] },
      { op: inner, domain: "local", inputs: ["t"], outputs: ["y"] },
    ],
  });
  failing([simple("F0", "F1"), simple("F1", "F0")], y, /calls itself/);
  const doubling = Array.from({ length: 40 }, (_, level) => simple(`F${level}`, `F${level + 1}`));
  const last: Written = {
    name: "F40",
    inputs: ["x"],
    outputs: ["y"],
    nodes: [{ op: "Neg", inputs: ["x"], outputs: ["y"] }],
  };
  failing([...doubling, last], y, /grow to more than/);
  failing(
    [
      { ...last, name: "F0" },
      { ...last, name: "F0" },
    ],
    y,
    /twice/,
  );
  failing([{ ...last, name: "F0", opset: 13 }], y, /version 13/);
  failing([{ ...last, name: "F0" }], [call("c", "F0", ["x", "x"], ["y"])], /2 inputs/);
});
