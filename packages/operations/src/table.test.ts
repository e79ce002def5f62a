import assert from "node:assert/strict";
import { test } from "node:test";
import { z } from "zod";
import { operations } from "./table.ts";

test("every operation: a unique name of plain words, schemas that become JSON schema, keys of results in snake_case", () => {
  assert.equal(new Set(operations.map(({ name }) => name)).size, operations.length);
  for (const { name, input, output } of operations) {
    assert.match(name, /^[a-z]+( [a-z]+)*$/);
    z.toJSONSchema(input, { io: "input" });
    const text = JSON.stringify(z.toJSONSchema(output));
    for (const [, key] of text.matchAll(/"([A-Za-z_]+)":\{"(?:type|anyOf)"/g)) {
      if (key && !/^(additionalProperties|propertyNames)$/.test(key))
        assert.match(key, /^[a-z0-9_]+$/, `${name}: ${key}`);
    }
  }
});
