import assert from "node:assert/strict";
import { test } from "node:test";
import { planSnippets } from "./plan.ts";
import { calls, type SnippetOptions, shapeToSend, snippetLanguages, snippetOf } from "./snippets.ts";

const options: SnippetOptions = {
  base: "http://127.0.0.1:8700",
  file: "examples/astronaut.jpg",
  predictor: "face-detector",
  tensor: { name: "expression", input: "image", shape: [-1, 1, 44, 44] },
};
const all = (given: SnippetOptions): string[] =>
  snippetLanguages.flatMap((language) => calls.map((call) => snippetOf(language, call, given)));

test("each snippet names the server; a key stands in it where one was given, and the variable where one is needed", () => {
  for (const text of all(options)) {
    assert.match(text, /http:\/\/127\.0\.0\.1:8700/);
    assert.doesNotMatch(text, /Bearer|key/i);
  }
  for (const text of all({ ...options, key: { value: "fovea_abc" } })) assert.match(text, /fovea_abc/);
  for (const text of all({ ...options, key: "variable" })) assert.match(text, /FOVEA_KEY/);
});

test("open extents are small, the first is one sample", () => {
  assert.deepEqual(shapeToSend([-1, 3, -1, -1]), [1, 3, 64, 64]);
  assert.deepEqual(shapeToSend([2, 8]), [2, 8]);
});

const base = "http://127.0.0.1:1";

/** A server that answers these paths. */
const answering =
  (answers: Readonly<Record<string, unknown>>): typeof fetch =>
  async (address) => {
    const answer = answers[new URL(String(address)).pathname.slice(1)];
    return answer === undefined ? Response.json({ code: "x/y", detail: "no" }, { status: 404 }) : Response.json(answer);
  };

const model = (name: string, tasks: readonly string[]) => ({ name, tasks, results: [] });

test("models are named that the server has and may tell", async () => {
  const withheld = { names: ["expression"], code: "", help: "" };
  const example = { url: "", file: "examples/astronaut.jpg" };
  const input = { name: "picture", shape: [-1, 3, 8, 8] };
  const fetch = answering({
    "v1/models": {
      models: [{ name: "broken", error: {} }, model("expression", ["expression"]), model("cups", ["class"])],
    },
    "v2/models/expression": { name: "expression", inputs: [{ name: "image", shape: [-1, 1, 44, 44] }] },
    "v2/models/cups": { name: "cups", inputs: [input] },
  });
  const plan = (given: Parameters<typeof planSnippets>[0]) => planSnippets(given, { base, fetch, key: undefined });
  assert.deepEqual(await plan({ withheld: null, example }), {
    file: "examples/astronaut.jpg",
    predictor: "expression",
    tensor: { name: "expression", input: "image", shape: [-1, 1, 44, 44] },
  });
  assert.deepEqual(await plan({ withheld, example: null }), {
    file: "photo.jpg",
    predictor: "cups",
    tensor: { name: "cups", input: "picture", shape: [-1, 3, 8, 8] },
  });
});

test("where the server cannot be asked, the shipped models are named", async () => {
  const plan = await planSnippets({ withheld: null, example: null }, { base, fetch: answering({}), key: undefined });
  assert.deepEqual(
    [plan.predictor, plan.tensor],
    ["face-detector", { name: "expression", input: "image", shape: [-1, 1, 44, 44] }],
  );
});
