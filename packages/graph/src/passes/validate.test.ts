import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { FoveaError } from "@foveajs/errors";
import { readOnnx } from "../format/read-onnx.ts";
import { attribute } from "../ir/attributes.ts";
import { float32 } from "../ir/tensors.ts";
import type { Graph, Node } from "../ir/types.ts";
import { validate } from "./validate.ts";

const node = (name: string, inputs: string[], outputs: string[], fields: Partial<Node> = {}): Node => ({
  name,
  domain: "",
  op: "Op",
  inputs,
  outputs,
  attributes: {},
  ...fields,
});

const graph = (fields: Partial<Graph> = {}): Graph => ({
  name: "main",
  opsets: { "": 17 },
  inputs: [{ name: "x", dtype: "float32", shape: [2] }],
  outputs: [{ name: "y", dtype: "float32", shape: [2] }],
  nodes: [node("a", ["x", "w", ""], ["t", ""]), node("b", ["t"], ["y"])],
  initializers: new Map([["w", float32([2])]]),
  metadata: {},
  ...fields,
});

const inner = (name: string, nodes: Node[], fields: Partial<Graph> = {}) =>
  graph({
    name,
    inputs: [],
    outputs: nodes.flatMap(({ outputs }) =>
      outputs.map((output) => ({ name: output, dtype: "float32", shape: [] }) as const),
    ),
    nodes,
    initializers: new Map(),
    opsets: {},
    ...fields,
  });

const branching = (thenBranch: Graph, elseBranch: Graph) =>
  graph({
    nodes: [
      node("a", ["x"], ["y"], {
        op: "If",
        attributes: { then_branch: attribute.graph(thenBranch), else_branch: attribute.graph(elseBranch) },
      }),
    ],
  });

test("sound graphs pass: omitted inputs and outputs, outer values in inner graphs, equal names in two branches", () => {
  validate(graph());
  validate(graph({ outputs: [{ name: "x", dtype: "float32", shape: [2] }], nodes: [] }));
  validate(branching(inner("then", [node("n", ["x", "w"], ["z"])]), inner("else", [node("n", ["x"], ["z"])])));
});

const faults: readonly { what: string; graph: Graph; code: string; words: readonly string[] }[] = [
  {
    what: "reads before it is made",
    graph: graph({ nodes: [node("b", ["t"], ["y"]), node("a", ["x"], ["t"])] }),
    code: "value-made-later",
    words: ['"b"', '"t"', '"a"'],
  },
  {
    what: "reads its own output",
    graph: graph({ nodes: [node("a", ["y"], ["y"])] }),
    code: "value-made-later",
    words: ['"a"', '"y"'],
  },
  {
    what: "reads what nothing makes",
    graph: graph({ nodes: [node("a", ["x", "missing"], ["y"])] }),
    code: "unknown-value",
    words: ['"a"', '"missing"'],
  },
  {
    what: "two nodes make one value",
    graph: graph({ nodes: [node("a", ["x"], ["y"]), node("b", ["x"], ["y"])] }),
    code: "value-made-twice",
    words: ['"a"', '"b"', '"y"'],
  },
  {
    what: "a node makes an input",
    graph: graph({ nodes: [node("a", ["w"], ["x"])] }),
    code: "value-made-twice",
    words: ['"a"', '"x"', "input"],
  },
  {
    what: "an initializer is an input",
    graph: graph({ initializers: new Map([["x", float32([2])]]) }),
    code: "value-made-twice",
    words: ['"x"', "initializer"],
  },
  {
    what: "two nodes with one name",
    graph: graph({ nodes: [node("a", ["x"], ["t"], { op: "Relu" }), node("a", ["t"], ["y"])] }),
    code: "node-name-taken",
    words: ['"a"', "Relu", "Op"],
  },
  {
    what: "a node without a name",
    graph: graph({ nodes: [node("", ["x"], ["y"], { op: "Relu" })] }),
    code: "value-unnamed",
    words: ["Relu", '"y"'],
  },
  {
    what: "an input without a name",
    graph: graph({ inputs: [{ name: "", dtype: "float32", shape: [] }] }),
    code: "value-unnamed",
    words: ["input", '"main"'],
  },
  { what: "an output that nothing makes", graph: graph({ nodes: [] }), code: "output-missing", words: ['"y"'] },
  {
    what: "an output listed twice",
    graph: graph({ outputs: [...graph().outputs, ...graph().outputs] }),
    code: "output-named-twice",
    words: ['"y"'],
  },
  {
    what: "a domain without a version",
    graph: graph({ nodes: [node("a", ["x"], ["y"], { domain: "com.microsoft" })] }),
    code: "opset-missing",
    words: ['"a"', "com.microsoft", '"" 17'],
  },
  {
    what: "a domain named like a method of objects",
    graph: graph({ nodes: [node("a", ["x"], ["y"], { domain: "toString" })] }),
    code: "opset-missing",
    words: ["toString"],
  },
  {
    what: "too few elements",
    graph: graph({ initializers: new Map([["w", { dtype: "float32", shape: [3], data: new Float32Array(2) }]]) }),
    code: "tensor-size",
    words: ['"w"', "3", "2"],
  },
  {
    what: "another array type",
    graph: graph({ initializers: new Map([["w", { dtype: "float32", shape: [2], data: new Float64Array(2) }]]) }),
    code: "tensor-size",
    words: ["Float32Array", "Float64Array"],
  },
  {
    what: "a negative extent",
    graph: graph({ initializers: new Map([["w", { dtype: "float32", shape: [-1, -2], data: new Float32Array(2) }]]) }),
    code: "tensor-size",
    words: ["[-1, -2]"],
  },
  {
    what: "a tensor attribute of the wrong size",
    graph: graph({
      nodes: [
        node("a", ["x"], ["y"], {
          attributes: { value: attribute.tensor({ dtype: "int8", shape: [2], data: new Int8Array(1) }) },
        }),
      ],
    }),
    code: "tensor-size",
    words: ['"a"', "value"],
  },
  {
    what: "an inner graph makes an outer value",
    graph: branching(inner("then", [node("n", ["x"], ["w"])]), inner("else", [])),
    code: "value-made-twice",
    words: ['"n"', '"w"'],
  },
  {
    what: "an inner graph reads a value of the other branch",
    graph: branching(inner("then", [node("n", ["x"], ["z"])]), inner("else", [node("m", ["z"], ["v"])])),
    code: "unknown-value",
    words: ['"m"', '"z"'],
  },
  {
    what: "the outer graph reads an inner value",
    graph: graph({
      nodes: [...branching(inner("then", [node("n", ["x"], ["z"])]), inner("else", [])).nodes, node("c", ["z"], ["v"])],
    }),
    code: "unknown-value",
    words: ['"c"', '"z"'],
  },
];

for (const fault of faults) {
  test(`a fault is found: ${fault.what}`, () => {
    assert.throws(
      () => validate(fault.graph),
      (error) => {
        assert.ok(error instanceof FoveaError, String(error));
        assert.equal(error.code, `graph/${fault.code}`);
        for (const word of fault.words) assert.ok(error.message.includes(word), `${error.message} names ${word}`);
        return true;
      },
    );
  });
}

const shared = process.env.FOVEA_SHARED ?? fileURLToPath(new URL("../../../../../shared", import.meta.url));
const folder = join(shared, "models");

test("models of other makers pass", { skip: !existsSync(folder) && `no models in ${folder}` }, () => {
  const files = readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((file) => file.endsWith(".onnx"));
  for (const file of files) validate(readOnnx(readFileSync(join(folder, file))));
});
