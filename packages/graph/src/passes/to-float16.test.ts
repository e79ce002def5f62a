import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { elementsOf, relativeError, runGraph, seededRandom } from "../contract.test.support.ts";
import { readOnnx } from "../format/read-onnx.ts";
import { writeOnnx } from "../format/write-onnx.ts";
import { attribute } from "../ir/attributes.ts";
import { float32, int64 } from "../ir/tensors.ts";
import { createBuilder } from "../ops/build.ts";
import { foldConstants } from "./fold-constants.ts";
import { foldNormalization } from "./fold-normalization.ts";
import { fromHalf, toHalf } from "./half-precision.ts";
import { toFloat16 } from "./to-float16.ts";

test("halves are rounded as onnxruntime's Cast rounds them, ties, subnormal and infinite ones too", async () => {
  const random = seededRandom(11);
  const values = [
    0,
    -0,
    1,
    65504,
    65519,
    65520,
    1e9,
    2 ** -24,
    2 ** -25,
    1.5 * 2 ** -24,
    2 ** -14,
    Infinity,
    -Infinity,
  ];
  // ties between neighbours, and numbers of all sizes
  for (let bits = 0x3c00; bits < 0x3c10; bits++) values.push((fromHalf(bits) + fromHalf(bits + 1)) / 2);
  for (let i = 0; i < 2000; i++) values.push(random.uniform(-1, 1) * 2 ** random.uniform(-27, 17));
  const build = createBuilder();
  const x = build.input("x", [values.length]);
  build.output(
    build.node("Cast", [build.node("Cast", [x], { attributes: { to: attribute.int(10) } })], {
      attributes: { to: attribute.int(1) },
    }),
    "y",
  );
  const tensor = float32([values.length], values);
  const { y } = await runGraph(build.build(), { x: tensor });
  const ours = Float32Array.from(elementsOf(tensor), (value) => fromHalf(toHalf(value)));
  assert.deepEqual(ours, elementsOf(y!));
  assert.ok(Number.isNaN(fromHalf(toHalf(Number.NaN))));
});

test("inputs and outputs stay float32, weights are halves, an epsilon does not vanish, a large weight stays finite", async () => {
  const build = createBuilder();
  const x = build.input("x", [1, 3]);
  const large = build.mul(x, build.constant(float32([3], [1e-12, 1e6, 0.1]), "factors"));
  build.output(large, "y");
  const graph = toFloat16(foldConstants(build.build()));
  assert.deepEqual([graph.inputs[0]!.dtype, graph.outputs[0]!.dtype], ["float32", "float32"]);
  const factors = graph.initializers.get("factors")!;
  assert.equal(factors.dtype, "float16");
  // 0.1 in binary16, by numpy.float16(0.1)
  assert.deepEqual(Array.from(factors.data as Uint16Array, fromHalf), [2 ** -24, 65504, 0.0999755859375]);
  const { y } = await runGraph(graph, { x: float32([1, 3], [1, 1, 1]) });
  assert.equal(y!.dtype, "float32");
  assert.deepEqual([...elementsOf(y!)], [2 ** -24, 65504, 0.0999755859375]);
});

test("scales of Resize stay float32, casts to float32 become casts to halves, integers stay", async () => {
  const build = createBuilder();
  const x = build.input("x", [1, 1, 2, 2]);
  const scales = build.constant(float32([4], [1, 1, 2, 2]), "scales");
  const enlarged = build.node("Resize", [x, undefined, scales], {
    attributes: {
      mode: attribute.string("nearest"),
      nearest_mode: attribute.string("floor"),
      coordinate_transformation_mode: attribute.string("asymmetric"),
    },
  });
  const count = build.node("Cast", [build.constant(int64([3]))], { attributes: { to: attribute.int(1) } });
  build.output(build.mul(enlarged, count), "y");
  build.output(x, "same");
  const graph = toFloat16(build.build());
  const feeds = { x: float32([1, 1, 2, 2], [1, 2, 3, 4]) };
  const { y, same } = await runGraph(graph, feeds);
  assert.deepEqual(
    [...elementsOf(y!)],
    [1, 1, 2, 2, 1, 1, 2, 2, 3, 3, 4, 4, 3, 3, 4, 4].map((value) => 3 * value),
  );
  assert.deepEqual([...elementsOf(same!)], [1, 2, 3, 4]);
});

test("inner graphs are refused by name", () => {
  const body = createBuilder({ name: "body" }).build();
  const build = createBuilder();
  build.output(build.relu(build.input("x", [1])), "y");
  const graph = build.build();
  const node = { ...graph.nodes[0]!, name: "choice", op: "If", attributes: { then_branch: attribute.graph(body) } };
  assert.throws(() => toFloat16({ ...graph, nodes: [node] }), {
    code: "graph/conversion-unsupported",
    message: /choice/,
  });
});

const models = fileURLToPath(new URL("../../../../models", import.meta.url));

for (const [name, shape] of [
  ["expression", [2, 1, 44, 44]],
  ["face-detector", [1, 3, 64, 96]],
] as const) {
  const file = `${models}/${name}.onnx`;
  test(`${name}: half the size, within 1 % on noise`, { skip: !existsSync(file) && file }, async () => {
    const graph = foldNormalization(foldConstants({ ...readOnnx(readFileSync(file)), metadata: {} }));
    const half = toFloat16(graph);
    assert.ok(writeOnnx(half).length < 0.52 * writeOnnx(graph).length);
    const feeds = { image: seededRandom(2).tensor(shape, 0, 1) };
    const [before, after] = [await runGraph(graph, feeds), await runGraph(half, feeds)];
    for (const { name: output } of graph.outputs) {
      // 2^-11 a rounding, of weights and between layers, through up to 40 of them
      assert.ok(relativeError(elementsOf(after[output]!), elementsOf(before[output]!)) < 1e-2, output);
    }
  });
}
