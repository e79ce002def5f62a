import assert from "node:assert/strict";
import { test } from "node:test";
import { chooseLanguage, fill } from "./text.ts";

test("the language is the one chosen before, else the first wanted one that there is, else English", () => {
  assert.equal(chooseLanguage("zh", ["en-GB"]), "zh");
  assert.equal(chooseLanguage(undefined, ["de-DE", "zh-Hans-CN", "en"]), "zh");
  assert.equal(chooseLanguage(undefined, ["ZH"]), "zh");
  assert.equal(chooseLanguage("fr", ["en-US", "zh"]), "en");
  assert.equal(chooseLanguage(undefined, ["de", "zha"]), "en"); // zha is Zhuang
  assert.equal(chooseLanguage(undefined, []), "en");
});

test("values are put where their names stand; one that is missing is seen", () => {
  assert.equal(fill("{count} of {total}: {count}", { count: 0, total: "3" }), "0 of 3: 0");
  assert.equal(fill("{name} is here"), "{name} is here");
  assert.equal(fill("100% {x}", { x: "$&" }), "100% $&");
});
