import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { readModelCard } from "@foveajs/vision";
import { readingText, readingTexts } from "./reading-texts.ts";

const model = new URL("../../../../../models/face-reader.onnx", import.meta.url);

test("all that the shipped reader tells has its words in both languages", () => {
  const { tasks } = readModelCard(readFileSync(model), "face-reader");
  const readings = tasks.filter((task) => task.kind === "classification");
  const names = readings.flatMap(({ name, region, labels }) => [...(region === "eye" ? [] : [name]), ...labels]);
  // expression and the values have headings of their own
  for (const name of names.filter((one) => one !== "expression")) assert.ok(name in readingTexts, name);
  for (const [name, { zh }] of Object.entries(readingTexts)) assert.match(zh, /\p{Script=Han}/u, name);
});

test("what a reader of one's own tells is said as it stands", () => {
  assert.equal(readingText("hair_color", "zh"), "hair color");
  assert.equal(readingText("left_profile", "en"), "far to the left");
});
