import assert from "node:assert/strict";
import { test } from "node:test";
import { protocols } from "@foveajs/evaluation";
import { documents, protocolsText } from "./generate-protocols.js";
import { compareDocument } from "./generated-section.js";

test("docs/protocols.md is what the table of protocols says", async () => {
  const { present, wanted } = await compareDocument(documents[0]);
  assert.equal(present, wanted, "docs/protocols.md is out of date: run node scripts/generate-protocols.js");
});

test("each protocol has a page with its rules and marks word for word, and no published score without a source", () => {
  const text = protocolsText();
  for (const { id, rules, published, data } of Object.values(protocols)) {
    const start = text.indexOf(`## ${id}\n`);
    assert.ok(start >= 0, id);
    const next = text.indexOf("\n## ", start + 1);
    const page = text.slice(start, next < 0 ? undefined : next);
    for (const rule of [...rules, data.where, data.licence, data.source])
      assert.ok(page.includes(rule), `${id}: ${rule}`);
    for (const { source } of published) assert.ok(source !== "" && page.includes(source), id);
  }
});
