import assert from "node:assert/strict";
import { test } from "node:test";
import { transform } from "esbuild";
import { scriptFor } from "./script.ts";

test("the script is TypeScript whose types can be stripped, whatever the classes are called", async () => {
  const labels = ['say "hi"', "a\\b", "two\nlines", "五", "`$x`", "\u2028"];
  const { code } = await transform(scriptFor({ name: "signs", labels }), { loader: "ts", format: "esm" });
  const [, list] = /const labels = (\[[\s\S]*?\]);/.exec(code)!;
  assert.deepEqual(Function(`return ${list}`)(), labels);
});
