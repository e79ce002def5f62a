import assert from "node:assert/strict";
import { test } from "node:test";
import { FoveaError } from "@foveajs/errors";
import type { Attribute, Graph, Tensor } from "../ir/types.ts";
import { readOnnx } from "./read-onnx.ts";
import { writeOnnx } from "./write-onnx.ts";

// Messages are put together by hand from the protobuf encoding: a tag is the varint of (field << 3 | wire type), wire
// type 0 is a varint, 2 a length and bytes. Nothing of the reader or the writer under test takes part.
const ascii = (text: string): number[] => Array.from(text, (character) => character.charCodeAt(0));
const varint = (value: number): number[] => (value < 0x80 ? [value] : [(value & 0x7f) | 0x80, ...varint(value >> 7)]);
const part = (field: number, content: readonly number[] | string): number[] => {
  const bytes = typeof content === "string" ? ascii(content) : content;
  return [...varint((field << 3) | 2), ...varint(bytes.length), ...bytes];
};
const number = (field: number, ...bytes: number[]): number[] => [...varint(field << 3), ...bytes];

const opset = part(8, number(2, 17));
const model = (graph: readonly number[], ...rest: number[][]): Uint8Array =>
  Uint8Array.from([...number(1, 8), ...part(7, graph), ...opset, ...rest.flat()]);
const initializer = (...fields: number[][]): Uint8Array => model(part(5, [...fields.flat(), ...part(8, "w")]));
const attribute = (...fields: number[][]): Uint8Array =>
  model(part(1, [...part(4, "Op"), ...part(5, [...part(1, "a"), ...fields.flat()])]));

const readInitializer = (...fields: number[][]): Tensor => readOnnx(initializer(...fields)).initializers.get("w")!;
const readAttribute = (...fields: number[][]): Attribute => readOnnx(attribute(...fields)).nodes[0]!.attributes.a!;

const minusOne = [0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01];
const smallest = [0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x01];
const largest = [0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f];

test("varints: several bytes, negative numbers, both ends of int64", () => {
  assert.deepEqual(readAttribute(number(3, 0xac, 0x02), number(20, 2)), {
    type: "int",
    value: 300,
  });
  assert.deepEqual(readAttribute(number(3, ...minusOne), number(20, 2)), { type: "int", value: -1 });
  assert.deepEqual(
    readInitializer(number(1, 3), number(2, 7), part(7, [...minusOne, ...smallest, ...largest])).data,
    BigInt64Array.of(-1n, -(2n ** 63n), 2n ** 63n - 1n),
  );
  assert.deepEqual(readInitializer(number(1, 1), number(2, 6), part(5, minusOne)).data, Int32Array.of(-1));
});

test("floats: 1.5 is 00 00 c0 3f, -0 is 00 00 00 80", () => {
  assert.deepEqual(readAttribute([0x15, 0, 0, 0xc0, 0x3f], number(20, 1)), { type: "float", value: 1.5 });
  assert.deepStrictEqual(
    readInitializer(number(1, 2), number(2, 1), part(4, [0, 0, 0xc0, 0x3f, 0, 0, 0, 0x80])).data,
    Float32Array.of(1.5, -0),
  );
});

test("lists are read packed, one by one, and mixed", () => {
  const ints = { type: "ints", value: [1, 300, -1] };
  assert.deepEqual(readAttribute(part(8, [1, 0xac, 0x02, ...minusOne]), number(20, 7)), ints);
  assert.deepEqual(readAttribute(number(8, 1), number(8, 0xac, 0x02), number(8, ...minusOne), number(20, 7)), ints);
  assert.deepEqual(readAttribute(number(8, 1), part(8, [0xac, 0x02, ...minusOne]), number(20, 7)), ints);
});

test("an attribute of a file before IR version 2 states no type: its field tells", () => {
  assert.deepEqual(readAttribute(number(8, 1), number(8, 2)), { type: "ints", value: [1, 2] });
  assert.deepEqual(readAttribute(part(4, "SAME")), { type: "string", value: "SAME" });
});

test("an attribute that states its type and is left empty has the default of protobuf", () => {
  assert.deepEqual(readAttribute(number(20, 7)), { type: "ints", value: [] });
  assert.deepEqual(readAttribute(number(20, 2)), { type: "int", value: 0 });
});

test("unknown fields are skipped, whatever their wire type", () => {
  const unknown = [
    0xe0, 0x3f, 0x96, 0x01, 0xe5, 0x3f, 1, 2, 3, 4, 0xe1, 0x3f, 1, 2, 3, 4, 5, 6, 7, 8, 0xe2, 0x3f, 1, 9, 0xe3, 0x3f,
    0x08, 1, 0xe4, 0x3f,
  ];
  assert.deepEqual(
    readInitializer(unknown, number(1, 1), number(2, 1), part(9, [0, 0, 0xc0, 0x3f])).data,
    Float32Array.of(1.5),
  );
});

test("negative and absent extents of an input are open dimensions with names of their own", () => {
  const shape = part(2, [
    ...part(1, number(1, ...minusOne)),
    ...part(1, []),
    ...part(1, part(2, "N")),
    ...part(1, number(1, 0)),
  ]);
  const input = part(11, [...part(1, "x"), ...part(2, part(1, [...number(1, 1), ...shape]))]);
  assert.deepEqual(readOnnx(model(input)).inputs, [{ name: "x", dtype: "float32", shape: ["x_0", "x_1", "N", 0] }]);
});

const external = (...entries: [string, string][]): Uint8Array =>
  initializer(
    number(1, 2),
    number(2, 3),
    number(14, 1),
    ...entries.map(([key, value]) => part(13, [...part(1, key), ...part(2, value)])),
  );
const file = Uint8Array.of(1, 2, 3, 4);

test("external data: location, offset and length; each file is loaded once", () => {
  const asked: string[] = [];
  const loadExternal = (location: string) => {
    asked.push(location);
    return file;
  };
  const read = (...entries: [string, string][]) =>
    readOnnx(external(...entries), { loadExternal }).initializers.get("w")!.data;
  assert.deepEqual(read(["location", "a/b.bin"]), Int8Array.of(1, 2));
  assert.deepEqual(read(["location", "b"], ["offset", "2"], ["length", "2"]), Int8Array.of(3, 4));
  assert.deepEqual(asked, ["a/b.bin", "b"]);
});

const failing = (
  code: string,
  bytes: Uint8Array,
  words: readonly string[],
  loadExternal?: (location: string) => Uint8Array,
): void => {
  assert.throws(
    () => readOnnx(bytes, { loadExternal }),
    (error) => {
      assert.ok(error instanceof FoveaError, String(error));
      assert.equal(error.code, `graph/${code}`);
      for (const word of words)
        assert.ok(`${error.message} ${error.help}`.includes(word), `${error.message} ${error.help} says ${word}`);
      return true;
    },
  );
};

test("external data that cannot be had, or would leave the model's folder", () => {
  failing("onnx-external-data", external(["location", "b"]), ['"w"', '"b"', "loadExternal"]);
  failing("onnx-external-data", external(["location", "b"], ["offset", "3"]), ["from byte 3", "4 bytes"], () => file);
  failing("onnx-external-data", external(["location", "b"], ["offset", "-1"]), ["-1"], () => file);
  failing("onnx-external-data", external(), ["does not name"], () => file);
  failing("onnx-malformed", external(["location", "b"], ["length", "1"]), ['"w"', "1 elements"], () => file);
  for (const location of ["../b", "a/../../b", "/b", "C:\\b", "\\b", "a\\..\\..\\b"]) {
    failing("onnx-external-data", external(["location", location]), ["folder"], () =>
      assert.fail("must not be loaded"),
    );
  }
  const missing = () => {
    throw new Error("no such file");
  };
  failing("onnx-external-data", external(["location", "b"]), ["no such file"], missing);
});

test("what is no model is refused by its looks", () => {
  failing("onnx-empty", new Uint8Array(), ["0 bytes"]);
  failing("onnx-not-onnx", Uint8Array.from(ascii("version https://git-lfs.github.com/spec/v1\n")), ["git lfs pull"]);
  failing("onnx-not-onnx", Uint8Array.from(ascii("<!DOCTYPE html>")), ["web page"]);
  failing("onnx-not-onnx", Uint8Array.from(ascii("PK\x03\x04....")), ["PyTorch"]);
  failing("onnx-not-onnx", Uint8Array.from([0x1c, 0, 0, 0, ...ascii("TFL3")]), ["TensorFlow Lite"]);
  failing("onnx-not-onnx", Uint8Array.from([0x89, 0x50, 0x4e, 0x47]), ["PNG"]);
  failing("onnx-not-onnx", Uint8Array.of(0xff, 0xfe), ["ff fe"]);
});

test("a file that is cut short is told from one that is damaged", () => {
  const whole = model(part(5, [...number(1, 1), ...number(2, 3), ...part(8, "w"), ...part(9, [7])]));
  failing("onnx-truncated", whole.subarray(0, 10), [`${whole.length - opset.length} bytes`, "10"]);
  failing("onnx-truncated", whole.subarray(0, whole.length - opset.length), ["opset"]);
  failing("onnx-truncated", whole.subarray(0, 2), ["graph"]);
  failing("onnx-malformed", model([0x2a, 0x20, 1]), ["a graph"]);
  failing("onnx-malformed", model(number(5, 1)), ["wire type 0", "field 5"]);
  failing("onnx-malformed", model(part(2, [0xc3])), ["decoded"]);
});

test("tensors that do not hold what they say", () => {
  failing("onnx-malformed", initializer(number(1, 3), number(2, 1), part(9, [0, 0, 0, 0])), ['"w"', "1 elements", "3"]);
  failing("onnx-malformed", initializer(number(1, 1), number(2, 1), part(9, [0, 0, 0])), ['"w"', "3 bytes"]);
  failing("onnx-malformed", initializer(number(1, ...largest), number(2, 1)), ["9223372036854776000"]);
  failing("onnx-malformed", initializer(number(1, 0x80, 0x80, 0x80, 0x80, 0x10), number(2, 3)), ["4294967296"]);
  failing("onnx-malformed", initializer(number(1, ...minusOne), number(2, 1)), ["[-1]"]);
  failing("onnx-malformed", initializer(number(1, 1), number(2, 8)), ["0 elements"]);
  failing("onnx-malformed", model(part(5, [...number(1, 0), ...number(2, 1)])), ["initializer 0", "no name"]);
});

test("what is beyond these graphs is refused by name", () => {
  failing("onnx-unsupported", model([], part(25, [...part(1, "Gelu"), ...part(10, "local"), ...part(13, "half")])), [
    "Gelu",
    "half",
    "Inline",
  ]);
  failing("onnx-unsupported", model(part(15, [])), ["sparse"]);
  failing("onnx-unsupported", initializer(number(1, 1), number(2, 14)), ['"w"', "complex64"]);
  failing("onnx-unsupported", initializer(part(3, [])), ["segments"]);
  failing("onnx-unsupported", attribute(number(20, 11)), ['Node "0"', "sparse tensor"]);
  failing("onnx-unsupported", attribute(number(20, 1), [0xaa, 0x01, 1, 0x61]), ["reference"]);
  failing("onnx-unsupported", attribute(number(3, 0x81, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x10), number(20, 2)), [
    "9007199254740993",
  ]);
  failing("onnx-unsupported", model(part(11, [...part(1, "x"), ...part(2, part(4, []))])), ['"x"', "sequence"]);
  failing("onnx-unsupported", model(part(12, part(1, "y"))), ['output "y"', "no stated type"]);
});

const graph = (fields: Partial<Graph>): Graph => ({
  name: "g",
  opsets: { "": 17 },
  inputs: [],
  outputs: [],
  nodes: [],
  initializers: new Map(),
  metadata: {},
  ...fields,
});
const withAttribute = (value: Attribute): Graph =>
  graph({ nodes: [{ name: "n", domain: "", op: "Op", inputs: [], outputs: [], attributes: { value } }] });

test("graphs inside one another are read and written to a fixed depth", () => {
  const nested = (depth: number): Graph =>
    depth === 0 ? graph({}) : withAttribute({ type: "graph", value: nested(depth - 1) });
  assert.deepStrictEqual(readOnnx(writeOnnx(nested(32))), nested(32));
  assert.throws(() => writeOnnx(nested(33)), { code: "graph/onnx-unwritable", message: /32/ });
  assert.throws(() => writeOnnx(nested(5000)), { code: "graph/onnx-unwritable" });
  let deep: number[] = [];
  for (let depth = 0; depth < 500; depth++)
    deep = part(1, [...part(4, "If"), ...part(5, [...part(1, "g"), ...part(6, deep)])]);
  failing("onnx-unsupported", model(deep), ["32 graphs"]);
});

test("what the format cannot hold is not written", () => {
  const unwritable = (faulty: Graph, message: RegExp) =>
    assert.throws(() => writeOnnx(faulty), { code: "graph/onnx-unwritable", message });
  unwritable(withAttribute({ type: "int", value: 1.5 }), /"n", attribute value.*1.5/);
  unwritable(withAttribute({ type: "ints", value: [1, 2 ** 64] }), /18446744073709552000/);
  unwritable(withAttribute({ type: "float", value: 1e39 }), /float32.*1e\+39/);
  unwritable(
    graph({ initializers: new Map([["w", { dtype: "float32", shape: [2], data: new Float32Array(3) }]]) }),
    /"w".*2 elements.*3/,
  );
  unwritable(
    graph({ initializers: new Map([["w", { dtype: "float32", shape: [2], data: new Float64Array(2) }]]) }),
    /Float32Array.*Float64Array/,
  );
  unwritable(graph({ inputs: [{ name: "x", dtype: "float32", shape: [0.5] }] }), /"x".*0.5/);
});
