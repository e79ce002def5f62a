import assert from "node:assert/strict";
import { test } from "node:test";
import type { Texts } from "../language/text.ts";
import { durationParts, percent } from "./duration.ts";
import { errorTexts } from "./error-texts.ts";
import { errorWords, reasonOf } from "./error-words.ts";
import { texts } from "./texts.ts";

test("every text is there in both languages, differs, and names the same values", () => {
  const values = (text: string) => [...text.matchAll(/\{(\w+)\}/g)].map(([, name]) => name).toSorted();
  for (const [key, { en, zh }] of Object.entries<Texts[string]>({ ...texts, ...errorTexts })) {
    assert.ok(en && zh && (en !== zh || /^[{}\w\s/]+$/.test(en)), key);
    assert.deepEqual(values(en), values(zh), key);
    assert.ok(!/[\u4e00-\u9fff]/.test(en), `${key}: Chinese in English`);
  }
});

test("errors of the packages are told in the page's words with their code; others in their own", () => {
  const known = Object.assign(new Error("own words"), { code: "vision/run-missing", help: "--fresh" });
  assert.deepEqual(errorWords(known, "en"), {
    code: "vision/run-missing",
    message: errorTexts["vision/run-missing"].en,
    help: errorTexts["vision/run-missing_help"].en,
  });
  const other = Object.assign(new Error("own words"), { code: "server/busy", help: "wait" });
  assert.deepEqual(errorWords(other, "zh"), { code: "server/busy", message: "own words", help: "wait" });
  assert.equal(errorWords(new TypeError("x is y"), "en").message, "Something failed that should not: x is y");
  assert.equal(reasonOf(Object.assign(new Error("e"), { code: "vision/image-empty", help: "" }), "zh"), "空文件");
});

test("times and shares are short", () => {
  assert.deepEqual(durationParts(41.2), { minutes: 0, seconds: 42 });
  assert.deepEqual(durationParts(61), { minutes: 1, seconds: 5 });
  assert.deepEqual(durationParts(118), { minutes: 2, seconds: 0 });
  assert.deepEqual(durationParts(-1), { minutes: 0, seconds: 0 });
  assert.equal(percent(0.987), "99%");
});
