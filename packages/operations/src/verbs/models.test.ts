import assert from "node:assert/strict";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { runOperation } from "../operation.ts";
import { fakeContext } from "./fake-context.test.support.ts";
import { showModel } from "./models.ts";

const models = fileURLToPath(new URL("../../../../models", import.meta.url));

async function show(name: string, context = fakeContext()) {
  for await (const result of runOperation(showModel, { name, models }, context)) return showModel.output.parse(result);
  throw new Error("nothing was shown");
}

// Expected texts are those of the cards of the models that are shipped.
test("a card's labels are shown by task, and of labels that nobody measured what they were worked out from", async () => {
  const reader = await show("face-reader");
  assert.deepEqual(reader.labels.smile, ["no", "yes"]);
  assert.deepEqual(Object.keys(reader.derived!), ["affect"]);
  assert.match(reader.derived!.affect!, /votes on displayed expressions/);
  assert.ok(!("derived" in (await show("face-detector"))));
  await assert.rejects(show("none"), { code: "operations/missing-model" });
});

test("of each data set the tasks that it has labels for are shown, of a teacher what it labelled; an older card tells neither", async () => {
  const { parts } = fakeContext();
  const taught = [{ task: "smile", set: "fer2013", at_least: 0.8 }];
  const sources = [
    { name: "mtfl", licence: "research", source: "Zhang", labels: ["landmarks", "smile"] },
    { name: "first", licence: "own", source: "here", taught },
  ];
  const readCard = async (path: string) => ({ ...(await parts.readCard(path)), sources });
  const shown = await show("face-reader", fakeContext({ parts: { readCard } }));
  assert.deepEqual(shown.sources, [
    { name: "mtfl", licence: "research", labels: ["landmarks", "smile"] },
    { name: "first", licence: "own", taught },
  ]);
  assert.ok((await show("expression")).sources.every((source) => !("labels" in source || "taught" in source)));
});
