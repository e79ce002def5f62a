import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { test } from "node:test";
import { readModelCard } from "@foveajs/vision";
import { cardText } from "./card-words.ts";

const models = new URL("../../../../../models/", import.meta.url);

for (const name of ["expression", "face-detector", "face-reader"]) {
  const file = new URL(`${name}.onnx`, models);
  test(`${name}: what its card says to people is there in Chinese`, {
    skip: !existsSync(file) && "not shipped",
  }, async () => {
    const { summary, limits, licence, sources } = readModelCard(await readFile(file), name);
    for (const text of [summary, limits, licence, ...sources.map((source) => source.licence)]) {
      if (/^[\w.-]+$/.test(text)) continue; // the name of a licence
      assert.equal(cardText(text, "zh").lang, "zh-CN", text);
      assert.deepEqual(cardText(text, "en"), { text, lang: "en" });
    }
  });
}
