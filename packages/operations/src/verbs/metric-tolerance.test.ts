// Expected reaches by Python: p = (v n + 2) / (n + 4), 2 sqrt(p (1 - p) / (n + 4)); counts 2 sqrt(v n + 1) / n; 0.05 v.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { boundsOf, samplesOf } from "./metric-tolerance.ts";

const recipes = fileURLToPath(new URL("../../../../recipes", import.meta.url));
const recordedOf = async (name: string) =>
  JSON.parse(await readFile(join(recipes, name, "metrics.json"), "utf8")) as Record<string, number>;

const landmarkData = "mtfl valid (839), landmarks68 valid (121)";

for (const { metric, value, data, reach, basis } of [
  {
    metric: "expression/accuracy",
    value: 0.8519617540389054,
    data: "fer2013 valid (3033)",
    reach: 0.0129052,
    basis: "two standard errors of a share, 3033 samples",
  },
  { metric: "mask/accuracy", value: 1, data: "face_mask valid (186)", reach: 0.0148079, basis: /186/ },
  {
    metric: "smile/calibrated_ece",
    value: 0.016017230724248276,
    data: "mtfl valid (839)",
    reach: 0.0344418,
    basis: /839/,
  },
  { metric: "landmarks/nme", value: 0.04573653063870917, data: landmarkData, reach: 0.0022868, basis: "5 % of itself" },
  {
    metric: "landmarks/failure_rate_10",
    value: 0.008264462809917356,
    data: landmarkData,
    reach: 0.0273783,
    basis: /121/,
  },
  { metric: "affect/ccc_valence", value: 0.8971479354374688, data: "x (3033)", reach: 0.0448574, basis: /5 %/ },
  { metric: "expression/macro_f1", value: 0.6703642533691031, data: "x (3033)", reach: 0.0335182, basis: /5 %/ },
  { metric: "eye/nll", value: 6.983871220148e-5, data: "x (174)", reach: 0.005, basis: "0.005 either way" },
  { metric: "expression/nll", value: 0.38208449764463026, data: "x (3033)", reach: 0.0191042, basis: /5 %/ },
  { metric: "faces/ap", value: 0.9553205353331086, data: "face_scenes valid (332)", reach: 0.0238022, basis: /332/ },
  {
    metric: "faces/false_per_image",
    value: 0.0391566265060241,
    data: "face_scenes valid (332)",
    reach: 0.0225401,
    basis: "two standard errors of a count, 332 samples",
  },
] as const) {
  test(`${metric} of ${value} may differ by ${reach}`, () => {
    const bounds = boundsOf(metric, { value }, samplesOf(data));
    assert.ok(Math.abs(bounds.high - value - reach) < 1e-6, `${bounds.high - value}`);
    assert.ok(Math.abs(value - bounds.low - reach) < 1e-6, `${value - bounds.low}`);
    assert.match(bounds.basis, typeof basis === "string" ? new RegExp(`^${basis}$`) : basis);
  });
}

test("an interval of the card goes before, and without a number of samples a share may differ by 5 % of itself", () => {
  const { low, high, basis } = boundsOf(
    "expression/accuracy",
    { value: 0.85, interval: [0.84, 0.87] },
    { total: 9, smallest: 9 },
  );
  assert.deepEqual([low, high], [0.84, 0.87]);
  assert.match(basis, /card/);
  assert.ok(Math.abs(boundsOf("expression/accuracy", { value: 0.8 }, undefined).high - 0.84) < 1e-9);
  assert.deepEqual(samplesOf(landmarkData), { total: 960, smallest: 121 });
  assert.equal(samplesOf("noise"), undefined);
});

test("every metric that is recorded beside a shipped recipe has room on both sides", async () => {
  for (const recipe of ["expression", "face-detector", "face-reader"]) {
    for (const [name, value] of Object.entries(await recordedOf(recipe))) {
      const { low, high } = boundsOf(name, { value }, samplesOf("x (200)"));
      assert.ok(low < value && value < high && high - low < 0.25, `${recipe} ${name}`);
    }
  }
});
