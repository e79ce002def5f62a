import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { test } from "node:test";
import { openApiText } from "./openapi-text.ts";
import { routes } from "./table.ts";

test("docs/openapi.json is what the routes say; write it with node packages/server/dist/write-docs.js", async () => {
  assert.equal(await readFile(new URL("../../../../docs/openapi.json", import.meta.url), "utf8"), openApiText());
});

test("every route says what it does and answers, and no two have one name", () => {
  const document = JSON.parse(openApiText()) as {
    paths: Record<string, Record<string, { operationId: string; summary: string }>>;
  };
  const operations = Object.values(document.paths).flatMap((methods) => Object.values(methods));
  assert.equal(operations.length, routes.length);
  assert.equal(new Set(operations.map(({ operationId }) => operationId)).size, operations.length);
  for (const { summary, operationId } of operations) assert.match(summary, /^[A-Z].*\.$/, operationId);
});

test("what only the command line reads is not in it", () => {
  assert.doesNotMatch(openApiText(), /x-cli|9007199254740991/);
});
