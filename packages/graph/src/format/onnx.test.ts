import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { FoveaError } from "@foveajs/errors";
import fc from "fast-check";
import { dataTypeNumbers } from "../ir/data-types.ts";
import { arrayTypeOf } from "../ir/tensors.ts";
import type { Attribute, DataType, Graph, Node, Tensor, ValueInfo } from "../ir/types.ts";
import { irVersionOf } from "./fields.ts";
import { readOnnx } from "./read-onnx.ts";
import { writeOnnx } from "./write-onnx.ts";

const record = <Fields>(fields: { [Key in keyof Fields]: fc.Arbitrary<Fields[Key]> }) =>
  fc.record<Fields, keyof Fields>(fields, { noNullPrototype: true });
const name = fc.string({ unit: "grapheme", minLength: 1, maxLength: 8 });
const dtype = fc.constantFrom(...(Object.keys(dataTypeNumbers) as DataType[]));
const integer = fc.oneof(fc.maxSafeInteger(), fc.constantFrom(2 ** 63, -(2 ** 63), 2 ** 60, -1, 0));
const float = fc.float();

/** Random bits in every element, so that NaN, denormals and the largest integers come up. */
const tensor: fc.Arbitrary<Tensor> = fc
  .tuple(dtype, fc.array(fc.nat(3), { maxLength: 3 }))
  .chain(([type, shape]): fc.Arbitrary<Tensor> => {
    const count = shape.reduce((a, b) => a * b, 1);
    if (type === "string")
      return fc
        .array(fc.string({ unit: "grapheme" }), { minLength: count, maxLength: count })
        .map((data) => ({ dtype: type, shape, data }));
    const bytes = count * arrayTypeOf(type).BYTES_PER_ELEMENT;
    return fc
      .uint8Array({ minLength: bytes, maxLength: bytes })
      .map((raw) => ({ dtype: type, shape, data: new (arrayTypeOf(type))(raw.slice().buffer) }));
  });

const valueInfo = (prefix: string): fc.Arbitrary<ValueInfo> =>
  record({
    name: name.map((text) => prefix + text),
    dtype,
    shape: fc.option(fc.array(fc.oneof(fc.nat(), name), { maxLength: 4 }), { nil: undefined }),
  });

const opsets = fc.dictionary(
  fc.constantFrom("", "com.microsoft", "fovea", "made.up"),
  fc.integer({ min: 1, max: 25 }),
  { minKeys: 1, noNullPrototype: true },
);

const graphOf = (depth: number, versions: Graph["opsets"]): fc.Arbitrary<Graph> => {
  const plain: fc.Arbitrary<Attribute>[] = [
    integer.map((value): Attribute => ({ type: "int", value })),
    float.map((value): Attribute => ({ type: "float", value })),
    fc.string({ unit: "grapheme" }).map((value): Attribute => ({ type: "string", value })),
    fc.array(integer, { maxLength: 4 }).map((value): Attribute => ({ type: "ints", value })),
    fc.array(float, { maxLength: 4 }).map((value): Attribute => ({ type: "floats", value })),
    fc.array(fc.string({ unit: "grapheme" }), { maxLength: 3 }).map((value): Attribute => ({ type: "strings", value })),
    tensor.map((value): Attribute => ({ type: "tensor", value })),
  ];
  const inner =
    depth === 0
      ? []
      : [
          graphOf(depth - 1, versions).map(
            (value): Attribute => ({ type: "graph", value: { ...value, metadata: {} } }),
          ),
        ];
  const node: fc.Arbitrary<Node> = record({
    name,
    domain: fc.constantFrom("", "com.microsoft", "fovea"),
    op: name,
    inputs: fc.array(fc.string({ maxLength: 3 }), { maxLength: 3 }),
    outputs: fc.array(fc.string({ maxLength: 3 }), { maxLength: 2 }),
    attributes: fc.dictionary(name, fc.oneof(...plain, ...inner), { maxKeys: 3, noNullPrototype: true }),
  });
  return record({
    name: fc.string({ unit: "grapheme" }),
    opsets: fc.constant(versions),
    inputs: fc.array(valueInfo("in_"), { maxLength: 3 }),
    outputs: fc.array(valueInfo("out_"), { maxLength: 3 }),
    nodes: fc.uniqueArray(node, { maxLength: 4, selector: (made) => made.name }),
    initializers: fc
      .uniqueArray(
        fc.tuple(
          name.map((text) => `w_${text}`),
          tensor,
        ),
        { maxLength: 3, selector: ([key]) => key },
      )
      .map((entries) => new Map(entries)),
    metadata: fc.dictionary(fc.string(), fc.string({ unit: "grapheme" }), { maxKeys: 2, noNullPrototype: true }),
  });
};

test("what is written is read back the same, bit for bit, and written the same again", () => {
  fc.assert(
    fc.property(
      opsets.chain((versions) => graphOf(2, versions)),
      (graph) => {
        const bytes = writeOnnx(graph);
        const back = readOnnx(bytes);
        assert.deepStrictEqual(back, graph);
        assert.deepStrictEqual(writeOnnx(back), bytes);
      },
    ),
    { numRuns: 300 },
  );
});

test("a view into a larger buffer at an odd offset is read alike, and nothing of it is kept", () => {
  const bytes = golden("typed");
  const larger = new Uint8Array(bytes.length + 3);
  larger.set(bytes, 3);
  const graph = readOnnx(larger.subarray(3));
  larger.fill(0);
  assert.deepStrictEqual(graph, readOnnx(bytes));
});

test("the IR version is 8, or what the opset asks for", () => {
  // From the table of docs/Versioning.md of the ONNX project.
  assert.deepEqual([7, 17, 18, 19, 20, 21, 22, 23, 24, 25].map(irVersionOf), [8, 8, 8, 9, 9, 10, 10, 11, 12, 13]);
});

function golden(key: "written" | "typed"): Uint8Array {
  const file = new URL("../../src/format/fixtures/golden.json", import.meta.url);
  return Buffer.from((JSON.parse(readFileSync(file, "utf8")) as Record<string, string>)[key]!, "base64");
}

/** Anything but a FoveaError is a defect; what is read without an error must be writable. */
function survives(bytes: Uint8Array): void {
  let graph: Graph;
  try {
    graph = readOnnx(bytes);
  } catch (error) {
    assert.ok(error instanceof FoveaError, String(error));
    assert.match(error.code, /^graph\/onnx-/);
    assert.ok(error.message.length > 0 && error.help.length > 0);
    return;
  }
  writeOnnx(graph);
}

for (const key of ["written", "typed"] as const) {
  const whole = golden(key);

  test(`cut at every byte, the model "${key}" is an error of its own or a smaller model`, () => {
    for (let length = 0; length < whole.length; length++) survives(whole.subarray(0, length));
  });

  test(`with any one bit flipped, the model "${key}" never breaks the reader`, () => {
    for (let bit = 0; bit < whole.length * 8; bit++) {
      const damaged = Uint8Array.from(whole);
      damaged[bit >> 3]! ^= 1 << (bit & 7);
      survives(damaged);
    }
  });

  test(`with several bytes replaced and the end cut, the model "${key}" never breaks the reader`, () => {
    const edit = fc.tuple(fc.nat(whole.length - 1), fc.oneof(fc.nat(255), fc.constantFrom(0, 0x7f, 0x80, 0xff)));
    const edits = fc.tuple(
      fc.array(edit, { minLength: 1, maxLength: 6 }),
      fc.oneof(fc.constant(whole.length), fc.nat(whole.length)),
    );
    fc.assert(
      fc.property(edits, ([changes, length]) => {
        const damaged = Uint8Array.from(whole);
        for (const [at, byte] of changes) damaged[at] = byte;
        survives(damaged.subarray(0, length));
      }),
      { numRuns: 5000 },
    );
  });
}

test("random bytes never break the reader", () => {
  fc.assert(fc.property(fc.uint8Array({ maxLength: 200 }), survives), { numRuns: 3000 });
});

test("a large model cut at random places is an error that says so", () => {
  const data = Float32Array.from({ length: 50_000 }, (_, index) => index);
  const initializers = new Map([["w", { dtype: "float32", shape: [50_000], data } as const]]);
  const bytes = writeOnnx({
    name: "g",
    opsets: { "": 17 },
    inputs: [],
    outputs: [],
    nodes: [],
    initializers,
    metadata: {},
  });
  fc.assert(
    fc.property(fc.integer({ min: 10, max: data.byteLength }), (length) => {
      assert.throws(() => readOnnx(bytes.subarray(0, length)), { code: "graph/onnx-truncated" });
    }),
    { numRuns: 100 },
  );
});
