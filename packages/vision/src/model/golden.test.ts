import assert from "node:assert/strict";
import { test } from "node:test";
import { createSession, type Graph, numbersOf, type Session } from "@foveajs/graph";
import type { ModelCard } from "./card.ts";
import { checkGolden, goldenInput } from "./golden.ts";
import { cardOf, livelyGraph, tinyClassifier, tinyDetector } from "./tiny.test.support.ts";

async function check(graph: Graph, card: ModelCard) {
  const session = await createSession(graph, { threads: 1 });
  try {
    return await checkGolden(session, card);
  } finally {
    await session.dispose();
  }
}

test("the golden input is bytes through scale, mean and std, channel by channel, the same every time", () => {
  const { preprocessing } = tinyDetector;
  const values = numbersOf(
    goldenInput([2, 3, 4, 5], { ...preprocessing, scale: 1, mean: [0, 1000, 2000], std: [1, 10, 100] }),
  );
  values.forEach((value, index) => {
    const channel = Math.floor(index / 20) % 3;
    const byte = value * [1, 10, 100][channel]! + 1000 * channel;
    // float32 of up to 20 is known to 2e-6, times 100
    assert.ok(Math.abs(byte - Math.round(byte)) < 2e-3 && byte > -0.5 && byte < 255.5, `${index}: ${byte}`);
  });
  assert.ok(new Set(values).size > 60);
  assert.deepEqual(goldenInput([1, 3, 8, 8], preprocessing), goldenInput([1, 3, 8, 8], preprocessing));
});

for (const [kind, model] of Object.entries({ tinyClassifier, tinyDetector })) {
  test(`${kind}: the golden output comes again, and not once a weight is another`, async () => {
    const graph = livelyGraph(model);
    const card = await cardOf(graph, model);
    const right = await check(graph, card);
    assert.equal(right.matches, true);
    assert.ok(right.largestDifference <= right.tolerance && right.tolerance === 1e-3);
    for (const name of [...graph.initializers.keys()]
      .filter((key) => /conv\.weight$|heads|bias$/.test(key))
      .slice(0, 3)) {
      const tensor = graph.initializers.get(name)!;
      const data = (tensor.data as Float32Array).map((value) => value + 0.5);
      const changed = { ...graph, initializers: new Map(graph.initializers).set(name, { ...tensor, data }) };
      const wrong = await check(changed, card);
      assert.equal(wrong.matches, false, name);
      assert.ok(wrong.largestDifference > wrong.tolerance, name);
    }
  });
}

test("what is absent, of another shape, cut short or no number does not match", async () => {
  const graph = livelyGraph(tinyClassifier);
  const card = await cardOf(graph, tinyClassifier);
  const { shape, values } = card.golden.outputs.expression!;
  const outputs = (other: ModelCard["golden"]["outputs"]) => ({ ...card, golden: { ...card.golden, outputs: other } });
  for (const wrong of [
    outputs({ other: { shape, values } }),
    outputs({ expression: { shape: [3, 1], values } }),
    outputs({ expression: { shape, values: Buffer.from(values, "base64").subarray(0, 4).toString("base64") } }),
  ]) {
    const { matches, largestDifference } = await check(graph, wrong);
    assert.deepEqual([matches, largestDifference], [false, Number.POSITIVE_INFINITY]);
  }
  const expected = new Float32Array(Uint8Array.from(Buffer.from(values, "base64")).buffer);
  for (const index of [0, 1, 2]) {
    // whichever of the numbers it is, also where the ones after it are right
    const data = expected.with(index, Number.NaN);
    const session = { run: async () => ({ expression: { dtype: "float32", shape, data } }) } as unknown as Session;
    assert.equal((await checkGolden(session, card)).matches, false, `number ${index}`);
  }
});
