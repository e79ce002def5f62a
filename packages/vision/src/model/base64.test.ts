import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { fromBase64, toBase64 } from "./base64.ts";

test("base64 is that of Node's Buffer, both ways, whatever stands between the characters", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 20_000 }), (bytes) => {
      const text = Buffer.from(bytes).toString("base64");
      assert.equal(toBase64(bytes), text);
      assert.deepEqual(fromBase64(text), Uint8Array.from(bytes));
    }),
    { numRuns: 50 },
  );
  for (const text of ["QUJD\nREVG", "QUI", "QUI=", "QUJDR", "", "!!!!"])
    assert.deepEqual([...fromBase64(text)], [...Buffer.from(text, "base64")], JSON.stringify(text));
});
