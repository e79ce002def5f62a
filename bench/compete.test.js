import assert from "node:assert/strict";
import { test } from "node:test";
import { readCounts, readNames } from "./cli.js";
import { asComputed, largestDifference } from "./engines/agreement.js";
import { compete } from "./engines/compete.js";
import { startEngine } from "./engines/start.js";
import { findTorchPython } from "./torch.js";
import { works } from "./works.js";

/** Engines that take `milliseconds` a sample and lose `loss` first; what was started and disposed, in order. */
function arena(settings) {
  const log = [];
  const start = async (name, { batch }) => {
    const { milliseconds, loss, fails } = settings[name];
    if (fails === "start") throw new Error("nothing to start\n    at a.js:1");
    log.push(`start ${name} ${batch}`);
    return {
      name,
      batch,
      version: "1",
      async measure(count) {
        if (fails === "step") throw new Error("no gradient");
        log.push(`${name} ${count}`);
        return { wallMs: milliseconds * batch, cpuMs: 2 * milliseconds * batch };
      },
      firstLoss: () => loss,
      lastLoss: () => loss,
      peakMegabytes: async () => 10,
      dispose: () => log.push(`end ${name}`),
    };
  };
  return { start, log };
}

const options = { work: works.A, batch: 8, rounds: 2, steps: 3, warmup: 1 };

test("speeds are by sample, ratios fovea's over the others', and what fails says why", async () => {
  const { start, log } = arena({
    fovea: { milliseconds: 2, loss: 2 },
    quick: { milliseconds: 1, loss: 2.0001 },
    slow: { milliseconds: 50, loss: 3 },
    unable: { fails: "step" },
    absent: { fails: "start" },
  });
  const table = {
    ...{ fovea: {}, quick: {}, unable: {}, absent: {} },
    slow: { slow: { batch: 2, rounds: 1, once: true } },
    left: { cannot: () => "not for this work" },
  };
  const names = ["fovea", "quick", "slow", "unable", "absent", "left"];
  const { rows, ratios, ratios_of_cpu_time } = await compete({ ...options, names, start, table });
  assert.deepEqual(ratios, { quick: 0.5, slow: 25 });
  assert.deepEqual(ratios_of_cpu_time, { quick: 0.5, slow: 25 });
  const [fovea, quick, slow, ...unable] = rows;
  assert.deepEqual([fovea.images_per_second, fovea.milliseconds, fovea.peak_memory_mb], [500, 16, 10]);
  assert.ok(Math.abs(fovea.gflops - (6 * 78.025216e6) / 2e6) < 1e-9);
  assert.deepEqual([quick.same_first_loss, quick.rounds, quick.first_step], [true, 2, undefined]);
  assert.deepEqual([slow.same_first_loss, slow.rounds, slow.first_step, slow.batch], [false, 1, true, 2]);
  assert.deepEqual(unable, [
    { engine: "unable", cannot: "no gradient" },
    { engine: "absent", cannot: "nothing to start" },
    { engine: "left", cannot: "not for this work" },
  ]);
  assert.equal(log.filter((line) => line === "slow 1").length, 1, "a slow engine makes one step alone");
  assert.ok(log.includes("start fovea 2"), "its first loss is compared with ours at its own batch");
  const starts = log.filter((line) => line.startsWith("start")).length;
  assert.equal(log.filter((line) => line.startsWith("end")).length, starts, "all processes end");
});

test("without fovea there are no ratios", async () => {
  const { start } = arena({ fovea: { milliseconds: 1, loss: 1 }, other: { milliseconds: 1, loss: 1 } });
  const { ratios } = await compete({ ...options, names: ["other"], start, table: { other: {} } });
  assert.equal(ratios, undefined);
});

test("flags: whole numbers, and names of a table", () => {
  assert.deepEqual(readCounts({ a: "3", b: undefined, c: "0" }, ["a", "b", "c"], { c: 0 }), {
    a: 3,
    b: undefined,
    c: 0,
  });
  for (const text of ["0", "1.5", "-2", "x", ""]) assert.throws(() => readCounts({ a: text }, ["a"]), /--a: expected/);
  assert.deepEqual(readNames("work", "B,A", works), ["B", "A"]);
  assert.deepEqual(readNames("work", undefined, works), ["A", "B", "vit"]);
  assert.throws(() => readNames("work", "A,toString", works), /expected of A, B, vit, received toString/);
});

test("variances lose the correction of running ones, n / (n - 1)", () => {
  const state = new Map(
    works.A.network.layers.flatMap(({ layer, statistics }) =>
      layer === "batchNormalization" ? [[`statistic/${statistics}.variance`, Float32Array.of(12)]] : [],
    ),
  );
  const corrected = asComputed(works.A, state, 2);
  assert.equal(corrected.get("statistic/stage3.1.b.variance")[0], Math.fround((12 * 17) / 18)); // 2 samples of 3x3
  assert.ok(Math.abs(largestDifference([1, -4.5], [1, -4]) - 0.125) < 1e-12);
});

const python = findTorchPython();
for (const work of Object.values(works))
  test(`PyTorch trains work ${work.name} as Fovea does`, {
    skip: python === undefined && "no Python with PyTorch",
  }, async () => {
    const losses = {};
    for (const name of ["fovea", "pytorch"]) {
      const engine = await startEngine(name, { work, batch: 2, threads: 1, python });
      try {
        const { wallMs, cpuMs } = await engine.measure(2);
        assert.ok(wallMs > 0 && cpuMs > 0);
        losses[name] = [engine.firstLoss(), engine.lastLoss()];
        assert.ok((await engine.peakMegabytes()) > 20);
      } finally {
        engine.dispose();
      }
    }
    const [ours, theirs] = [losses.fovea, losses.pytorch];
    const difference = (step) => Math.abs(ours[step] / theirs[step] - 1);
    assert.ok(difference(0) < 1e-4, `first losses ${ours[0]}, ${theirs[0]}`);
    // the second shows the optimizer; batch norm over two samples amplifies rounding
    assert.ok(difference(1) < 2e-2, `second losses ${ours[1]}, ${theirs[1]}`);
    assert.ok(ours[1] < ours[0] * 0.9, `the loss falls, received ${ours}`);
  });
