import assert from "node:assert/strict";
import { test } from "node:test";
import { readOnnx } from "../format/read-onnx.ts";
import { writeOnnx } from "../format/write-onnx.ts";
import { float32, int64 } from "../ir/tensors.ts";
import { createBuilder } from "../ops/build.ts";
import { nodesAlone, refuseKnownFaults } from "./placement.ts";

test("a graph is taken apart into one model for each kind of node, with the types and constants that it reads", () => {
  const build = createBuilder();
  const x = build.input("x", ["N", 2, 3]);
  const axes = build.node("Constant", [], { attributes: { value: { type: "tensor", value: int64([1]) } } });
  const first = build.add(build.relu(x), build.constant(float32([3], [1, 2, 3]), "offset"));
  const again = build.relu(first);
  build.output(build.node("Unsqueeze", [again, axes], { name: "wider" }), "y");
  const alone = nodesAlone(build.build());
  assert.deepEqual(
    alone.map(({ label }) => label.split(" ")[0]),
    ["Constant", "Relu", "Add", "Unsqueeze", "Identity"],
  );
  const [, relu, add] = alone.map(({ model }) => readOnnx(model));
  assert.deepEqual(relu!.inputs, [{ name: "x", dtype: "float32", shape: ["N", 2, 3] }]);
  assert.deepEqual([...add!.initializers.keys()], ["offset"]);
  assert.deepEqual(
    add!.inputs.map(({ shape }) => shape),
    [["N", 2, 3]],
  );
  assert.deepEqual(nodesAlone(writeOnnx(build.build())).length, alone.length);
});

test("a convolution that WebGPU computes wrongly is refused by name, whether its kernels are constants, fed or computed", () => {
  for (const kind of ["constant", "fed", "computed"]) {
    const build = createBuilder();
    const shape = [8, 6, 3, 3];
    const kernels = kind === "constant" ? build.constant(float32(shape)) : build.input("w", shape);
    const used = kind === "computed" ? build.mul(kernels, 2) : kernels;
    build.output(build.node("Conv", [build.input("x", ["N", 6, 5, 5]), used], { name: "odd one" }), "y");
    assert.throws(() => refuseKnownFaults(build.build(), "webgpu"), {
      code: "graph/operator-miscomputed",
      message: /webgpu.*Conv "odd one"/,
    });
    assert.throws(() => refuseKnownFaults(writeOnnx(build.build()), "webgpu"), /odd one/, kind);
  }
});

test("a product over no elements, which ends the process on WebGPU, is refused by name", () => {
  for (const inner of [0, 1]) {
    const build = createBuilder();
    build.output(build.matMul(build.input("a", [2, inner]), build.input("b", [inner, 3])), "y");
    const check = () => refuseKnownFaults(build.build(), "webgpu");
    if (inner === 1) check();
    else assert.throws(check, { code: "graph/operator-miscomputed", message: /MatMul/ });
  }
});

test("other convolutions, and bytes that are no model, are left to the runtime", () => {
  const build = createBuilder();
  build.output(build.conv(build.input("x", [1, 3, 5, 5]), build.constant(float32([8, 3, 3, 3]))), "y");
  refuseKnownFaults(build.build(), "webgpu");
  refuseKnownFaults(Uint8Array.of(1, 2, 3), "webgpu");
});
