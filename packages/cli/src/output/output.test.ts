import assert from "node:assert/strict";
import { test } from "node:test";
import { nearest } from "../flags/nearest.ts";
import { createProgressLine, progressText } from "./progress.ts";
import { createStyle, isColored } from "./style.ts";
import { bar, bytes, counted, duration, formatTable, printable } from "./table.ts";

test("bars by eighths, never out of range", () => {
  assert.deepEqual([bar(0, 4), bar(1, 4), bar(0.5, 4), bar(0.28125, 4)], ["    ", "████", "██  ", "█▏  "]);
  assert.deepEqual([bar(-1, 2), bar(7, 2)], ["  ", "██"]);
});

test("words for counts, sizes and times", () => {
  assert.deepEqual(
    [counted(0, "face"), counted(1, "face"), counted(12345, "face")],
    ["no faces", "1 face", "12,345 faces"],
  );
  assert.deepEqual([bytes(999), bytes(1500), bytes(2_340_000)], ["999 B", "2 kB", "2.3 MB"]);
  const times = [41.2, 2400, 59_960, 200_000, 7_500_000].map(duration);
  assert.deepEqual(times, ["41 ms", "2.4 s", "1 min 0 s", "3 min 20 s", "2 h 5 min"]);
});

test("columns stand under one another, styled or not, and lines have no trailing spaces", () => {
  const { red } = createStyle({ isColored: true });
  const rows = [
    ["a", red("1"), "x"],
    ["long", "22", ""],
  ];
  assert.equal(formatTable(rows, { right: [1] }), `a      ${red("1")}  x\nlong  22\n`);
  assert.equal(formatTable([]), "");
});

test("a file name cannot move the cursor", () => assert.equal(printable("a\u001b[2Jb\nc"), "a?[2Jb?c"));

test("colour: FORCE_COLOR before NO_COLOR before the terminal", () => {
  assert.equal(isColored(true, {}), true);
  assert.equal(isColored(false, {}), false);
  assert.equal(isColored(true, { NO_COLOR: "1" }), false);
  assert.equal(isColored(true, { NO_COLOR: "" }), true, "no-color.org: an empty value does not count");
  assert.equal(isColored(false, { FORCE_COLOR: "1", NO_COLOR: "1" }), true);
  assert.equal(isColored(true, { FORCE_COLOR: "0" }), false);
  assert.equal(isColored(true, { TERM: "dumb" }), false);
});

test("progress: time left by the pace, or by the operation's word", () => {
  const text = progressText({ done: 25, total: 100, unit: "images", note: "a.jpg" }, 5000);
  assert.equal(text, "█████                25/100 images  15.0 s left  a.jpg");
  assert.match(progressText({ done: 1, total: 2, unit: "steps", secondsLeft: 90 }, 0), /1 min 30 s left/);
  assert.equal(progressText({ done: 0, unit: "images" }, 10), "0 images");
});

test("the progress line is drawn ten times a second at most, cut to the terminal, and taken away", () => {
  let time = 0;
  const written: string[] = [];
  const line = createProgressLine({ write: (text) => written.push(text), columns: () => 30, now: () => time });
  for (time = 1; time <= 250; time++) line.update({ done: time, total: 1000, unit: "images", note: "x".repeat(99) });
  assert.equal(written.length, 3);
  assert.ok(written.every((text) => text.replace("\r\u001b[2K", "").length <= 29));
  line.clear();
  line.clear();
  assert.equal(written.length, 4);
  assert.equal(written[3], "\r\u001b[2K");
});

test("the nearest word: by edits, swaps count one, strangers none", () => {
  assert.equal(nearest("--treshold", ["--threads", "--threshold"]), "--threshold");
  assert.equal(nearest("dcotor", ["doctor", "models"]), "doctor");
  assert.equal(nearest("serve", ["doctor", "models"]), undefined);
});
