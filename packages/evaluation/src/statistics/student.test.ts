import assert from "node:assert/strict";
import { test } from "node:test";
import { meanInterval, studentQuantile } from "./student.ts";

test("quantiles of Student's t are those of scipy.stats.t.ppf (1.10.1, right to nine digits)", () => {
  for (const [probability, freedom, expected] of [
    [0.975, 1, Math.tan(0.475 * Math.PI)], // Cauchy: closed form
    [0.975, 2, 4.302652729911],
    [0.975, 4, 2.776445105198],
    [0.975, 30, 2.042272456301],
    [0.995, 3, 5.840909299756],
    [0.9, 2.5, 1.730250928807],
    [0.025, 7, -2.36462425101],
    [0.975, 1000, 1.962339080826],
    [0.5, 3, 0],
  ] as const) {
    const received = studentQuantile(probability, freedom);
    assert.ok(Math.abs(received - expected) < 2e-8, `${probability}, ${freedom}: ${received}`);
  }
});

test("mean and interval of three values are those of numpy and scipy.stats.t.interval", () => {
  const { count, mean, deviation, interval } = meanInterval([0.861, 0.858, 0.866]);
  assert.equal(count, 3);
  assert.ok(Math.abs(mean - 0.8616666666666667) < 1e-14);
  assert.ok(Math.abs(deviation! - 0.004041451884327384) < 1e-14);
  assert.ok(Math.abs(interval![0] - 0.8516271436302071) < 1e-11);
  assert.ok(Math.abs(interval![1] - 0.8717061897031263) < 1e-11);
});

test("one value has no interval, equal ones an empty one, none no mean", () => {
  assert.deepEqual(meanInterval([0.5]), { count: 1, mean: 0.5, deviation: null, interval: null });
  assert.deepEqual(meanInterval([0.5, 0.5]).interval, [0.5, 0.5]);
  assert.ok(Number.isNaN(meanInterval([]).mean));
});
