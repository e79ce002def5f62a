import assert from "node:assert/strict";
import { test } from "node:test";
import { z } from "zod";
import { documents, fieldRows, typeText } from "./generate-schemas.js";
import { compareDocument } from "./generated-section.js";

test("docs/training.md and docs/models.md list the fields of the schemas", async () => {
  for (const document of documents) {
    const { present, wanted } = await compareDocument(document);
    assert.equal(present, wanted, `${document.file} is out of date: run node scripts/generate-schemas.js`);
  }
});

test("every field is listed once, in variants, lists and records too", () => {
  const variant = z.discriminatedUnion("kind", [
    z.strictObject({ kind: z.literal("a"), size: z.int().min(1).describe("in pixels") }),
    z.strictObject({ kind: z.literal("b") }),
  ]);
  const schema = z.strictObject({
    name: z.string().default("x"),
    one: variant,
    many: z.array(variant),
    byName: z.record(z.string(), z.strictObject({ value: z.number() })).optional(),
  });
  const rows = fieldRows(z.toJSONSchema(schema, { io: "input" }));
  assert.deepEqual(
    rows.map(([field]) => field.replaceAll("`", "")),
    [
      ...["name", "one", "one(a).kind", "one(a).size", "one(b).kind"],
      ...["many", "many[](a).kind", "many[](a).size", "many[](b).kind", "byName", "byName.NAME.value"],
    ],
  );
  assert.deepEqual(rows[0], ["`name`", "text", '`"x"`', ""]);
  assert.deepEqual(rows[3], ["`one(a).size`", "whole number, at least 1", "must be given", "in pixels"]);
});

test("types read as words", () => {
  const text = (schema) => typeText(z.toJSONSchema(schema));
  assert.equal(text(z.number().min(0).max(1)), "number, 0 to 1");
  assert.equal(text(z.number().positive()), "number, above 0");
  assert.equal(text(z.int()), "whole number");
  assert.equal(text(z.enum(["a", "b"])), '`"a"` or `"b"`');
  assert.equal(text(z.tuple([z.number(), z.string()])), "list of 2: number, text");
  assert.equal(text(z.array(z.string()).length(3)), "list of 3: text");
  assert.equal(text(z.record(z.string(), z.number())), "number, by name");
  assert.equal(typeText({ type: ["number", "boolean"] }), "number or boolean");
});
