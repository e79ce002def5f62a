// Every table of texts, of all pages.
import assert from "node:assert/strict";
import { existsSync, readdirSync } from "node:fs";
import { test } from "node:test";
import type { Texts } from "./text.ts";

const logic = new URL("../", import.meta.url);
const files = readdirSync(logic)
  .map((folder) => new URL(`${folder}/texts.js`, logic))
  .filter((file) => existsSync(file));

/** What is the same in Chinese: names, formats, codes. */
const isName = (text: string): boolean => !/[a-z]{2}/.test(text.replace(/\{\w+\}|curl|TypeScript|Python|Fovea/g, ""));
const placesOf = (text: string): readonly string[] => (text.match(/\{\w+\}/g) ?? []).toSorted();

test("there is a table for the shell", () => assert.ok(files.length > 0));

for (const file of files) {
  test(`texts of ${file.href.slice(logic.href.length)} are there in both languages, with the same places for values`, async () => {
    const { texts } = (await import(file.href)) as { texts: Texts };
    for (const [key, { en, zh }] of Object.entries(texts)) {
      assert.ok(en.trim() !== "" && zh.trim() !== "", `${key} is empty`);
      assert.ok(en !== zh || isName(en), `${key} is not translated: ${zh}`);
      assert.deepEqual(placesOf(zh), placesOf(en), key);
      assert.doesNotMatch(en, /!|\p{Script=Han}/u, key);
      assert.doesNotMatch(zh, /[!！]/, key);
    }
  });
}
