import assert from "node:assert/strict";
import { test } from "node:test";
import { classOfKey, momentOf } from "./capture.ts";
import { pathOf, scaleOf, ticksTo } from "./chart.ts";
import { modelName } from "./model-name.ts";

test("ticks are round and reach the largest value", () => {
  assert.deepEqual(ticksTo(1), [0, 0.5, 1]);
  assert.deepEqual(ticksTo(1.1), [0, 0.5, 1, 1.5]);
  assert.deepEqual(ticksTo(800), [0, 200, 400, 600, 800]);
  assert.deepEqual(ticksTo(0.3, 3), [0, 0.1, 0.2, 0.3]);
  for (const odd of [0, Number.NaN, Number.POSITIVE_INFINITY]) assert.deepEqual(ticksTo(odd), [0, 1]);
});

test("a path goes through the points, y upwards", () => {
  const scale = scaleOf({ left: 10, top: 0, right: 110, bottom: 50 }, { x: 4, y: 2 });
  assert.equal(
    pathOf(
      [
        [0, 0],
        [2, 1],
        [4, 2],
      ],
      scale,
    ),
    "M10 50L60 25L110 0",
  );
  assert.equal(pathOf([], scale), "");
});

test("frames of a second are one moment, presses are not", () => {
  assert.equal(momentOf("a", 0), momentOf("a", 7));
  assert.notEqual(momentOf("a", 7), momentOf("a", 8));
  assert.notEqual(momentOf("a", 0), momentOf("b", 0));
});

test("digits choose classes that are there, shortcuts of the browser do not", () => {
  const key = { ctrlKey: false, metaKey: false, altKey: false };
  assert.equal(classOfKey({ ...key, key: "2" }, 3), 1);
  for (const other of [
    { ...key, key: "4" },
    { ...key, key: "0" },
    { ...key, key: "a" },
    { ...key, key: "1", ctrlKey: true },
  ])
    assert.equal(classOfKey(other, 3), undefined);
});

test("names of files keep what they can of a person's words", () => {
  for (const [text, name] of [
    ["Signs, left hand", "signs-left-hand"],
    ["Äpfel & Birnen", "apfel-birnen"],
    ["3 things", "things"],
    ["手势", "my-model"],
    ["", "my-model"],
    ["--", "my-model"],
  ] as const)
    assert.equal(modelName(text), name);
  assert.ok(modelName("x".repeat(99)).length <= 40);
});
