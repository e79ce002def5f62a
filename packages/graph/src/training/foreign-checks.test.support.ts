import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { elementsOf, relativeError, runGraph, seededRandom } from "../contract.test.support.ts";
import { readOnnx } from "../format/read-onnx.ts";
import { float32 } from "../ir/tensors.ts";
import type { Tensor } from "../ir/types.ts";
import { freezeShapes } from "../passes/freeze-shapes.ts";
import {
  type ForeignCase,
  fineTune,
  foreignCases,
  madeInputs,
  prepared,
  sharedModel,
  slopes,
} from "./foreign.test.support.ts";

const SEED = 1;

/**
 * Share by which a slope may differ beyond what the differences are worth. Networks with ReLU and max pooling have kinks within the
 * shortest step that single precision allows: the differences are off by up to 4 % there, by 0.1 % elsewhere.
 */
const TOLERANCE = 0.05;

/** Parameters that are looked at alone, spread over the network. */
const ALONE = 8;

/** What every model of another maker must pass: same outputs once prepared, right gradients, a loss that falls. */
export function checkForeign(name: string): void {
  const found = foreignCases[name]!;
  const skip = sharedModel(found.file) === undefined && `no shared model ${found.file}`;
  test(`${name}: prepared, a batch gives what the file gives for each sample`, { skip }, () => checkOutputs(found));
  test(`${name}: gradients agree with differences (seed ${SEED})`, { skip }, () => checkGradients(found));
  test(`${name}: twenty steps lower the loss`, { skip }, async () => {
    const model = prepared(found);
    const losses = await fineTune(model, found, { feeds: madeInputs(model.graph, found, seededRandom(SEED)) });
    const text = losses.map((loss) => loss.toPrecision(3)).join(" ");
    assert.ok(losses.at(-1)! < 0.7 * losses[0]!, text);
    assert.ok(
      losses.slice(1).every((loss, index) => loss < 1.1 * losses[index]!),
      text,
    );
  });
}

async function checkOutputs(found: ForeignCase): Promise<void> {
  const { graph, parameters, cut } = prepared(found);
  assert.deepEqual(cut, []);
  assert.ok(parameters.length > 20);
  const feeds = madeInputs(graph, found, seededRandom(SEED));
  const together = await runGraph(graph, feeds);
  const batch = graph.inputs[0]!.shape![0] as number;
  const single = readOnnx(readFileSync(sharedModel(found.file)!));
  const extents = found.options.extents ? { ...found.options.extents, batch: 1 } : {};
  for (let sample = 0; sample < batch; sample++) {
    const own = Object.fromEntries(Object.entries(feeds).map(([key, tensor]) => [key, part(tensor, sample)]));
    const alone = await runGraph(freezeShapes(single, extents), own);
    for (const output of graph.outputs) {
      const received = elementsOf(part(together[output.name]!, sample));
      // other kernels for another opset and batch: rounding through the layers
      assert.ok(relativeError(received, elementsOf(alone[output.name]!), 1e-2) < 2e-4, output.name);
    }
  }
}

/** One sample of a batch. */
function part(tensor: Tensor, sample: number): Tensor {
  const size = elementsOf(tensor).length / tensor.shape[0]!;
  return float32([1, ...tensor.shape.slice(1)], elementsOf(tensor).subarray(sample * size, (sample + 1) * size));
}

async function checkGradients(found: ForeignCase): Promise<void> {
  const random = seededRandom(SEED);
  const model = prepared(found);
  const { parameters } = model;
  const alone = Array.from({ length: ALONE }, (_, index) => [
    parameters[Math.floor((index * (parameters.length - 1)) / (ALONE - 1))]!,
  ]);
  const groups = [parameters, ...alone];
  const checked = await slopes(model, { feeds: madeInputs(model.graph, found, random), random, groups });
  checked.forEach(({ expected, received, doubt }, index) => {
    const where = groups[index]!.length === 1 ? groups[index]![0] : "all parameters";
    const gap = Math.abs(received - expected);
    assert.ok(
      gap <= TOLERANCE * Math.abs(expected) + 2 * doubt,
      `${where}: the gradient says ${received}, differences ${expected} +- ${doubt}`,
    );
  });
  const sure = checked.filter(({ expected, doubt }) => doubt < 0.02 * Math.abs(expected));
  assert.ok(sure.length >= 7, `differences are worth nothing: ${JSON.stringify(checked)}`);
}
