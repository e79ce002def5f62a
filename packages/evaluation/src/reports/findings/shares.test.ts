// Wilson's interval of 8 of 10 by scipy (binomtest(8, 10).proportion_ci(method="wilson")): 0.4901625, 0.9433178.
import assert from "node:assert/strict";
import { test } from "node:test";
import { measuredShare } from "./shares.ts";
import { attributeSections } from "./subgroups.ts";

const options = { seed: 1, resamples: 200 };
const judged = (hits: number, count: number, unitOf = (i: number) => `${i}`) =>
  Array.from({ length: count }, (_, i) => ({ unit: unitOf(i), isHit: i < hits }));

test("independent samples have Wilson's interval", () => {
  const { value, interval } = measuredShare(judged(8, 10), options);
  assert.equal(value, 0.8);
  assert.ok(Math.abs(interval[0] - 0.4901625) < 1e-6 && Math.abs(interval[1] - 0.9433178) < 1e-6, `${interval}`);
});

test("samples of common units are drawn together: two units, one right and one wrong, give 0 to 1", () => {
  const { value, interval } = measuredShare(
    judged(5, 10, (i) => (i < 5 ? "a" : "b")),
    options,
  );
  assert.deepEqual([value, interval], [0.5, [0, 1]]);
});

test("no samples have no share, with the reason", () => {
  const { value, reason } = measuredShare([], options);
  assert.deepEqual([value, reason], [Number.NaN, "no samples"]);
});

test("a section for each attribute, rows by name; samples without the attribute count in the whole only", () => {
  const samples = ["a", "b", "c", "d"].map((id, i) => ({ id, hit: i }));
  const mean = (chosen: readonly { hit: number }[]) => ({
    value: chosen.reduce((sum, { hit }) => sum + hit, 0) / chosen.length,
    interval: [Number.NaN, Number.NaN] as const,
  });
  const [section, ...rest] = attributeSections(
    {
      head_pose: new Map([
        ["b", "right"],
        ["c", "left"],
        ["d", "right"],
      ]),
    },
    { samples, columns: [{ name: "hit", unit: "", measure: mean }], counted: "faces", minimum: 2 },
  );
  assert.equal(rest.length, 0);
  assert.deepEqual([section?.title, section?.columns[0]?.overall], ["By head pose", 1.5]);
  assert.deepEqual(
    section?.rows.map(({ name, count, values }) => [name, count, values[0]!.value]),
    [
      ["left", 1, 2],
      ["right", 2, 2],
    ],
  );
  assert.deepEqual(attributeSections(undefined, { samples, columns: [], counted: "faces", minimum: 2 }), []);
});
