import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { test } from "node:test";
import { cliDocument } from "./docs.ts";
import { verbs } from "./verbs.ts";

test("docs/cli.md is what the schemas say; write it with node packages/cli/dist/write-docs.js", async () => {
  const written = await readFile(new URL("../../../docs/cli.md", import.meta.url), "utf8");
  assert.equal(written, cliDocument(verbs));
});

test("a type that may be null is said in words", () => {
  const document = cliDocument(verbs);
  assert.match(document, / {2}commit: string or null {2}\/\//);
  assert.doesNotMatch(document, /[a-z],null/);
});

test("every input and every verb is described", () => {
  for (const { name, summary, input } of verbs) {
    assert.match(summary, /^[A-Z].*\.$/, name);
    for (const [key, schema] of Object.entries(input.shape)) {
      assert.ok(schema.description, `${name}: ${key} has no description`);
    }
  }
});
