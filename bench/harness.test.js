import assert from "node:assert/strict";
import { test } from "node:test";
import { interleave, measureHere, median, summarize, tableText } from "./harness.js";
import { createTorch, findTorchPython } from "./torch.js";
import { workA } from "./work-a.js";

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

const python = findTorchPython();
test("PyTorch's side is the network of Work A", {
  skip: python === undefined && "no Python with PyTorch",
}, async () => {
  const torch = await createTorch({ python, work: workA, batch: 4, threads: 1, layout: "channels_last" });
  try {
    // 9*1*32 + 2*32 (stem) + stages of 3x3, 1x1 and batch-norm weights + 256*10 + 10, added by hand
    const block = (inputs, outputs) => 9 * inputs * outputs + 9 * outputs * outputs + 4 * outputs;
    const stage = (inputs, outputs) =>
      block(inputs, outputs) + inputs * outputs + 2 * outputs + block(outputs, outputs);
    const stages = 2 * block(32, 32) + stage(32, 64) + stage(64, 128) + stage(128, 256);
    assert.equal(torch.parameters, 9 * 32 + 64 + stages + 2570);
    const { wallMs, cpuMs } = await torch.measure(1);
    assert.ok(wallMs > 0 && cpuMs > 0);
    const first = torch.lastLoss();
    assert.ok(first > 1 && first < 5, `the first loss is near ln 10, received ${first}`);
    await torch.measure(5);
    assert.ok(torch.lastLoss() < first, "the loss falls on a batch seen again");
    assert.ok((await torch.peakMegabytes()) > 20);
  } finally {
    torch.dispose();
  }
});
