import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { linkTo, pages, routeOf } from "./routes.ts";

test("fragments lead to pages; what is unknown leads to the first", () => {
  assert.deepEqual(routeOf("#/models/expression"), { page: "models", detail: "expression" });
  assert.deepEqual(routeOf("#/train"), { page: "train", detail: undefined });
  assert.deepEqual(routeOf("#/train/"), { page: "train", detail: undefined });
  for (const fragment of ["", "#", "#/", "#/nowhere", "#/constructor"])
    assert.deepEqual(routeOf(fragment), { page: "analyze", detail: undefined }, fragment);
  assert.deepEqual(routeOf("#/models/%"), { page: "models", detail: "%" }, "no percent code");
});

test("a link leads to where it says, whatever the name of the model", () => {
  fc.assert(
    fc.property(fc.constantFrom(...pages), fc.string({ unit: "grapheme", minLength: 1 }), (page, detail) => {
      assert.deepEqual(routeOf(linkTo(page, detail)), { page, detail });
    }),
  );
});
