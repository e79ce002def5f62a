import assert from "node:assert/strict";
import { test } from "node:test";
import { readOnnx, writeOnnx } from "@foveajs/graph";
import { CARD_KEY, type ModelCard, readCard, withCard } from "./card.ts";
import { cardOf, livelyGraph, tinyClassifier, tinyDetector } from "./tiny.test.support.ts";

for (const [kind, model] of Object.entries({ tinyClassifier, tinyDetector })) {
  test(`${kind}: a card comes out of the file as it went in`, async () => {
    const graph = livelyGraph(model);
    const card = await cardOf(graph, model);
    const alignment = { width: 2, above: 0.09, roll: "level" } as const;
    const remote = { url: "http://triton:8000", model: "other" };
    const [source] = card.sources;
    const sources = [
      { ...source!, labels: ["smile"] },
      { ...source!, taught: [{ task: "mood", set: "noise", share: 0.5, at_least: 0.8 }] },
    ];
    for (const told of [card, { ...card, alignment }, { ...card, remote }, { ...card, sources }]) {
      const read = readOnnx(writeOnnx(withCard(graph, told)));
      assert.deepEqual(readCard(read, "tiny"), told);
      assert.deepEqual([...read.initializers.keys()].sort(), [...graph.initializers.keys()].sort());
    }
  });
}

test("metadata of others stays beside the card", async () => {
  const graph = { ...livelyGraph(tinyClassifier), metadata: { author: "me" } };
  const { metadata } = withCard(graph, await cardOf(graph, tinyClassifier));
  assert.deepEqual(Object.keys(metadata).sort(), ["author", CARD_KEY]);
});

test("a file without a card, with one that is no JSON or that lacks or adds a field is refused, and the field named", async () => {
  const graph = livelyGraph(tinyClassifier);
  const card = await cardOf(graph, tinyClassifier);
  assert.throws(() => readCard({ metadata: {} }, "x.onnx"), { code: "vision/card-missing", message: /x\.onnx/ });
  const { licence: _, ...unlicensed } = card;
  for (const { text, detail } of [
    { text: "{", detail: /not JSON/ },
    { text: "[]", detail: /expected object/ },
    { text: JSON.stringify({ ...card, format: 2 }), detail: /format/ },
    { text: JSON.stringify(unlicensed), detail: /licence/ },
    { text: JSON.stringify({ ...card, colour: 1 }), detail: /colour/ },
    { text: JSON.stringify({ ...card, remote: { url: "file:///etc" } }), detail: /remote\.url/ },
    {
      text: JSON.stringify({ ...card, preprocessing: { ...card.preprocessing, mean: [0, 0] } }),
      detail: /preprocessing\.mean/,
    },
    { text: JSON.stringify({ ...card, tasks: [{ kind: "telepathy" }] }), detail: /tasks\[0\]\.kind/ },
  ]) {
    assert.throws(
      () => readCard({ metadata: { [CARD_KEY]: text } }, "x.onnx"),
      (error: Error & { code?: string }) => {
        assert.equal(error.code, "vision/card-invalid");
        assert.match(error.message, detail);
        assert.match(error.message, /x\.onnx/);
        return true;
      },
    );
  }
});

test("a card that could not be read again is not written", async () => {
  const graph = livelyGraph(tinyClassifier);
  const card = await cardOf(graph, tinyClassifier);
  const wrong: ModelCard = { ...card, results: [{ data: "x", metric: "y", value: Number.NaN }] };
  assert.throws(() => withCard(graph, wrong), { code: "vision/card-invalid", message: /results\[0\]\.value/ });
});
