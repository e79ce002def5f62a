import assert from "node:assert/strict";
import { test } from "node:test";
import { interleave, jsonLine, measureHere, median, summarize, tableText } from "./harness.js";

test("median of odd, even, unsorted and no values", () => {
  assert.equal(median([3, 1, 2]), 2);
  assert.equal(median([10, 2, 4, 100]), 7);
  assert.ok(Number.isNaN(median([])));
});

test("contestants take turns, in an order that rotates, after a warm-up that is not counted", async () => {
  const calls = [];
  const contestant = (name) => ({
    name,
    measure: async (repeats) => {
      calls.push(`${name}${repeats}`);
      return { wallMs: 1, cpuMs: 1 };
    },
  });
  const times = await interleave([contestant("a"), contestant("b")], { warmup: 5, rounds: 3, repeats: 2 });
  assert.deepEqual(calls, ["a5", "b5", "a2", "b2", "b2", "a2", "a2", "b2"]);
  assert.deepEqual([times.a.length, times.b.length], [3, 3]);
});

test("the ratio is taken within a round, so a slow moment for all changes nothing", () => {
  const times = {
    ours: [10, 100, 10].map((wallMs) => ({ wallMs, cpuMs: wallMs })),
    other: [20, 200, 15].map((wallMs) => ({ wallMs, cpuMs: 2 * wallMs })),
  };
  const [ours, other] = summarize(times, "ours");
  assert.deepEqual(ours, { name: "ours", wallMs: 10, cpuMs: 10, speedup: 1, cpuSpeedup: 1 });
  assert.deepEqual(other, { name: "other", wallMs: 20, cpuMs: 40, speedup: 2, cpuSpeedup: 4 });
});

test("milliseconds are per repeat", async () => {
  const { wallMs } = await measureHere(() => new Promise((resolve) => setTimeout(resolve, 20)))(3);
  assert.ok(wallMs > 15 && wallMs < 200, `received ${wallMs}`);
});

test("a table aligns its columns and shows what is missing", () => {
  const text = tableText(
    [{ a: "x", b: 1.234 }, { a: "long", b: Number.NaN }, { a: "y" }],
    [
      ["a", "name"],
      ["b", "value"],
    ],
  );
  assert.equal(text, "name  value\nx      1.23\nlong      -\ny         -");
});

test("a contestant's own limits go before the others', and it sits out the rounds beyond its own", async () => {
  const calls = [];
  const contestant = (name, limits) => ({
    name,
    limits,
    measure: async (repeats) => {
      calls.push(`${name}${repeats}`);
      return { wallMs: 1, cpuMs: 1 };
    },
  });
  const contestants = [contestant("a"), contestant("slow", { warmup: 0, rounds: 1, repeats: 1 })];
  const times = await interleave(contestants, { warmup: 5, rounds: 2, repeats: 3 });
  assert.deepEqual(calls, ["a5", "a3", "slow1", "a3"]);
  assert.deepEqual([times.a.length, times.slow.length], [2, 1]);
});

test("a line of JSON has six digits, and nothing where nothing could be measured", () => {
  assert.equal(
    jsonLine({ a: 1234.5678, b: Number.NaN, c: { d: 1e-7 / 3 }, e: "x" }),
    '{"a":1234.57,"c":{"d":3.33333e-8},"e":"x"}',
  );
});
