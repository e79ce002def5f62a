import assert from "node:assert/strict";
import { test } from "node:test";
import { createBuilder, float32 } from "@foveajs/graph";
import { createRandom } from "../augment/random.ts";
import { createScope } from "../layers/scope.ts";
import { classification, classificationSchema, labelOf, probabilitiesOf } from "./classification.ts";
import { lossOf } from "./task.test.support.ts";

const spec = classificationSchema.parse({ kind: "classification", name: "shape", labels: ["bar", "disc", "ring"] });
const size = { width: 8, height: 8 };

test("labels become shares: a class, votes, or nothing with weight 0", () => {
  const encode = (label: Parameters<typeof classification.encode>[0]) =>
    classification.encode(label, spec, size).map((values) => Array.from(values));
  assert.deepEqual(encode({ kind: "class", index: 2 }), [[0, 0, 1], [1]]);
  assert.deepEqual(encode({ kind: "distribution", values: [0.25, 0.75, 0] }), [[0.25, 0.75, 0], [1]]);
  assert.deepEqual(encode(undefined), [[0, 0, 0], [0]]);
  assert.deepEqual(
    classification.targets(spec, size).map(({ shape }) => shape),
    [[3], [1]],
  );
});

// By hand: weights 2 and 1 of losses ln(e + 2) - 1 and ln 3, over their sum.
test("class weights make the loss a weighted mean, and are one for each class", async () => {
  const weighted = classificationSchema.parse({ ...spec, class_weights: [2, 1, 1] });
  assert.deepEqual(
    [...classification.encode({ kind: "distribution", values: [0.5, 0.5, 0] }, weighted, size)[1]!],
    [1.5],
  );
  const outputs = [float32([2, 3], [1, 0, 0, 0, 0, 0])];
  const labels = [
    { kind: "class", index: 0 },
    { kind: "class", index: 1 },
  ] as const;
  const { loss } = await lossOf({ task: classification, spec: weighted, size, outputs, labels });
  assert.ok(Math.abs(loss - (2 * (Math.log(Math.E + 2) - 1) + Math.log(3)) / 3) < 1e-6, `${loss}`);
  assert.equal(classificationSchema.safeParse({ ...spec, class_weights: [1, 2] }).success, false);
});

test("the head pools the coarsest map and names its output after the task", () => {
  const build = createBuilder();
  const scope = createScope(build, createRandom(1));
  const maps = [build.input("fine", ["N", 4, 8, 8]), build.input("coarse", ["N", 6, 4, 4])];
  const [output, ...others] = classification.head(scope, maps, spec);
  assert.deepEqual([output!.name, output!.value.shape, others], ["shape", ["N", 3], []]);
  assert.deepEqual(build.build().initializers.get("shape.weight")!.shape, [3, 6]);
});

// By hand: ln(e^1 + 2) - 1 for the class; ln 3 for even logits whatever the shares; the mean of both.
test("the loss is the mean over labelled samples, and the gradient is (q - p) / count", async () => {
  const outputs = [float32([3, 3], [1, 0, 0, 0, 0, 0, 50, -50, 3])];
  const labels = [{ kind: "class", index: 0 }, { kind: "distribution", values: [0.5, 0.5, 0] }, undefined] as const;
  const { loss, gradients } = await lossOf({ task: classification, spec, size, outputs, labels });
  assert.ok(Math.abs(loss - (Math.log(Math.E + 2) - 1 + Math.log(3)) / 2) < 1e-6, `${loss}`);
  const q = Math.E / (Math.E + 2);
  const expected = [(q - 1) / 2, (1 - q) / 4, (1 - q) / 4, -1 / 12, -1 / 12, 1 / 6];
  for (const [index, value] of expected.entries())
    assert.ok(Math.abs(gradients[0]![index]! - value) < 1e-6, `${gradients[0]}`);
  // exactly: a sample without a label must not be felt
  assert.deepEqual(gradients[0]!.slice(6).map(Math.abs), [0, 0, 0]);
});

test("a batch without any label has loss and gradient of exactly 0", async () => {
  const outputs = [float32([2, 3], [1, 2, 3, -4, 5, 6])];
  const { loss, gradients } = await lossOf({
    task: classification,
    spec,
    size,
    outputs,
    labels: [undefined, undefined],
  });
  assert.equal(Math.abs(loss), 0);
  assert.ok(gradients[0]!.every((value) => value === 0));
});

test("a step down the gradient lowers the loss", async () => {
  const labels = [
    { kind: "class", index: 1 },
    { kind: "class", index: 0 },
  ] as const;
  const logits = [0.3, -0.2, 0.9, 0, 0.5, -1];
  const before = await lossOf({ task: classification, spec, size, outputs: [float32([2, 3], logits)], labels });
  const moved = logits.map((value, index) => value - 0.5 * before.gradients[0]![index]!);
  const after = await lossOf({ task: classification, spec, size, outputs: [float32([2, 3], moved)], labels });
  assert.ok(after.loss < before.loss);
});

// By hand: e^(ln 1), e^(ln 2), e^(ln 5) over 8; at temperature 2 their square roots.
test("probabilities are the softmax of logits over the temperature", () => {
  const logits = [Math.log(1), Math.log(2), Math.log(5)];
  const close = (received: readonly number[], expected: readonly number[]) =>
    received.forEach((value, index) => {
      assert.ok(Math.abs(value - expected[index]!) < 1e-12, `${received}`);
    });
  close(probabilitiesOf(logits, { temperature: 1 }), [1 / 8, 2 / 8, 5 / 8]);
  const roots = [1, Math.SQRT2, Math.sqrt(5)];
  const sum = roots.reduce((a, b) => a + b);
  close(
    probabilitiesOf(logits, { temperature: 2 }),
    roots.map((root) => root / sum),
  );
  // logits too large for e^x alone
  close(probabilitiesOf(Float32Array.of(1e4, 0, -1e4), { temperature: 1 }), [1, 0, 0]);
  close(probabilitiesOf([7], { temperature: 0.01 }), [1]);
});

test("classes that have a side change places in a mirrored picture, votes along with them", () => {
  const pose = classificationSchema.parse({
    kind: "classification",
    name: "pose",
    labels: ["left", "front", "right"],
    mirrored: [["left", "right"]],
  });
  const placed = (label: Parameters<typeof classification.encode>[0] & object, isMirrored: boolean) =>
    classification.place!(label, pose, { toInput: [1, 0, 0, 0, 1, 0], isMirrored });
  assert.deepEqual(placed({ kind: "class", index: 0 }, true), { kind: "class", index: 2 });
  assert.deepEqual(placed({ kind: "class", index: 1 }, true), { kind: "class", index: 1 });
  assert.deepEqual(placed({ kind: "class", index: 0 }, false), { kind: "class", index: 0 });
  assert.deepEqual(placed({ kind: "distribution", values: [0.7, 0.2, 0.1] }, true), {
    kind: "distribution",
    values: [0.1, 0.2, 0.7],
  });
  assert.throws(() => classificationSchema.parse({ ...pose, mirrored: [["left", "up"]] }), /received up/);
});

test("the likeliest class is told; of two the second from the threshold up, which only two may have", () => {
  const labels = ["no", "yes"];
  assert.deepEqual(
    [0.49, 0.5, 0.51].map((yes) => labelOf([1 - yes, yes], { labels, threshold: undefined })),
    ["no", "no", "yes"],
  );
  assert.deepEqual(
    [0.29, 0.3, 0.31].map((yes) => labelOf([1 - yes, yes], { labels, threshold: 0.3 })),
    ["no", "yes", "yes"],
  );
  assert.equal(labelOf([0.2, 0.3, 0.5], { labels: ["a", "b", "c"], threshold: undefined }), "c");
  const task = { kind: "classification", name: "x" };
  assert.equal(classificationSchema.parse({ ...task, labels, threshold: 0.3 }).threshold, 0.3);
  assert.throws(() => classificationSchema.parse({ ...task, labels: ["a", "b", "c"], threshold: 0.3 }), /two classes/);
});
