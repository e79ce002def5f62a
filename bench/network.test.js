import assert from "node:assert/strict";
import { test } from "node:test";
import { describeNetwork, drawBatch, initialWeights, multiplyAddsOf } from "./network.js";
import { works } from "./works.js";

const sizeOf = (shape) => shape.reduce((product, extent) => product * extent, 1);
const weightsOf = ({ network }) => network.parameters.reduce((sum, { shape }) => sum + sizeOf(shape), 0);

test("the works have the weights of their papers, added by hand", () => {
  // 9*1*32 + 2*32 (stem) + stages of 3x3, 1x1 and batch-norm weights + 256*10 + 10
  const block = (inputs, outputs) => 9 * inputs * outputs + 9 * outputs * outputs + 4 * outputs;
  const stage = (inputs, outputs) => block(inputs, outputs) + inputs * outputs + 2 * outputs + block(outputs, outputs);
  const stages = 2 * block(32, 32) + stage(32, 64) + stage(64, 128) + stage(128, 256);
  assert.equal(weightsOf(works.A), 9 * 32 + 64 + stages + 2570);
  // torchvision's mobilenet_v2 has 3,504,872 weights, of which its head of 1,000 classes 1,281,000
  assert.equal(weightsOf(works.B), 3_504_872 - 1_281_000 + 1280 * 10 + 10);
  // a block of width D: 12 D^2 in matrices, 9 D in biases, 4 D in two normalisations; D = 192, 64 patches of 8*8*3
  const [width, patches, pixels] = [192, 64, 192];
  const vit = pixels * width + width + patches * width + 6 * (12 * width ** 2 + 13 * width) + 2 * width + 1930;
  assert.equal(weightsOf(works.vit), vit);
});

test("multiply-adds are those of convolutions, linear layers and attention", () => {
  const net = describeNetwork({ channels: 2, size: 6 }, (net) => {
    const map = net.convolution(net.image, "a", { filters: 4, kernel: 3, stride: 2, groups: 2 });
    assert.deepEqual(net.shapeOf(map), [4, 3, 3]);
    net.linear(net.mean(net.relu(net.batchNormalization(map, "a"))), "b", { features: 5 });
  });
  assert.equal(multiplyAddsOf(net), 4 * 9 * (1 * 9) + 4 * 5); // 9 pixels of 4 filters over 1 channel of 3x3
  // Work A by hand: 78 million a sample
  const stages = [32, 64, 128, 256].map((width, stage) => {
    const [inputs, pixels] = [stage === 0 ? 32 : width / 2, (24 / 2 ** stage) ** 2];
    const shortcut = stage === 0 ? 0 : inputs * width;
    return pixels * (9 * inputs * width + 3 * 9 * width * width + shortcut);
  });
  assert.equal(multiplyAddsOf(works.A.network), 24 * 24 * 9 * 32 + stages.reduce((a, b) => a + b) + 2560);
  // D = 192, T = 64 tokens: 12 T D^2 in products, 2 T^2 D in attention
  const vit = 64 * 192 * 192 + 6 * (12 * 64 * 192 ** 2 + 2 * 64 ** 2 * 192) + 1920;
  assert.equal(multiplyAddsOf(works.vit.network), vit);
});

test("weights and batches are the same each time, and a small batch begins a large one", () => {
  const [first, second] = [initialWeights(works.A.network), initialWeights(works.A.network)];
  assert.deepEqual(first.get("stage1.0.skip.weight"), second.get("stage1.0.skip.weight"));
  const kernel = first.get("stage3.1.b.weight");
  const deviation = Math.sqrt(kernel.reduce((sum, value) => sum + value * value, 0) / kernel.length);
  assert.ok(Math.abs(deviation / Math.sqrt(2 / (256 * 9)) - 1) < 0.01, `received a deviation of ${deviation}`);
  const [small, large] = [drawBatch(works.A, 2), drawBatch(works.A, 5)];
  assert.deepEqual(large.images.slice(0, small.images.length), small.images);
  assert.deepEqual([...large.labels], [0, 7, 4, 1, 8]);
});
