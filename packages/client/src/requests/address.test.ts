import assert from "node:assert/strict";
import { test } from "node:test";
import { addressOf } from "./address.ts";

test("parameters are written so that they stay one part of the path, and undefined ones are left out", () => {
  assert.equal(
    addressOf("/v1/models/{name}/predict", { base: "http://h/prefix/", path: { name: "a/b ?é" } }),
    "http://h/prefix/v1/models/a%2Fb%20%3F%C3%A9/predict",
  );
  const query = { only: "a,b", threshold: 0.5, max_side: undefined };
  assert.equal(addressOf("/v1/analyze", { base: "", query }), "/v1/analyze?only=a%2Cb&threshold=0.5");
});

for (const name of ["", ".", ".."]) {
  test(`"${name}" would lead to another route`, () => {
    assert.throws(() => addressOf("/v1/models/{name}", { base: "", path: { name } }), { code: "client/bad-name" });
  });
}
